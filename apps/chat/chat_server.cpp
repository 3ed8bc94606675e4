// SPDX-License-Identifier: MIT
#include "apps/chat/chat_server.hpp"

#include <chrono>
#include <optional>
#include <span>

#include "apps/chat/wording.hpp"
#include "parley/web/embedded_file.hpp"

namespace parley::embedded {
extern const std::span<const EmbeddedFile> chat_page;
}

namespace parley::chat {

namespace {

constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws: wss:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::int64_t now_in_milliseconds() {
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
}

void send_page_file(std::string_view name, Request& request, Response& response) {
    const EmbeddedFile* file = find_embedded(embedded::chat_page, name);
    response.set("Content-Security-Policy", content_security_policy).set("Referrer-Policy", "no-referrer");
    send_embedded(*file, request, response, "no-cache");
}

/// At most so many messages in each window of time.
class MessageRate {
 public:
    explicit MessageRate(const Limits& limits) : limits_(limits) {}

    bool allows_one_more(std::int64_t now) {
        if (now - window_start_ >= limits_.window_seconds * 1000LL) {
            window_start_ = now;
            messages_ = 0;
        }
        return ++messages_ <= limits_.messages_per_window_max;
    }

 private:
    const Limits& limits_;
    std::int64_t window_start_ = 0;
    std::size_t messages_ = 0;
};

}  // namespace

/// One connection of somebody, for as long as it lasts.
struct ChatServer::Person {
    Member member;
    std::string room;
    MessageRate rate;
};

ChatServer::ChatServer(Application& app, ChatOptions options)
    : options_(std::move(options)), rooms_(options_.limits), io_(app, std::move(options_.server)) {
    serve_page(app);
    io_.use([this](Socket socket, SocketNext next) { admit(socket, next); });
    io_.on_connection([this](Socket socket) { greet(socket); });
}

void ChatServer::serve_page(Application& app) {
    const auto page = [](Request& request, Response& response) { send_page_file("index.html", request, response); };
    app.get("/", page);
    app.get("/r/:room", page);
    for (const EmbeddedFile& file : embedded::chat_page) {
        app.get("/" + std::string(file.name),
                [&file](Request& request, Response& response) { send_page_file(file.name, request, response); });
    }
}

void ChatServer::admit(const Socket& socket, const SocketNext& next) {
    const std::size_t characters_max = options_.limits.name_characters_max;
    const Result<std::string> name = clean_name(socket.auth()["name"].as_string().value_or(""), characters_max);
    if (!name) return next.refuse(name.error().message, Json::object({{"field", "name"}}));
    const Result<std::string> room = clean_name(socket.auth()["room"].as_string().value_or("lobby"), characters_max);
    if (!room) return next.refuse("There can be no room of that name.", Json::object({{"field", "room"}}));

    const Room* there = rooms_.find(*room);
    if (there != nullptr && there->is_full())
        return next.refuse("The room is full.", Json::object({{"field", "room"}}));
    socket.data() = Json::object({{"name", *name}, {"room", *room}});
    next();
}

void ChatServer::greet(const Socket& socket) {
    const std::string name(socket.data()["name"].as_string().value_or(""));
    const std::string room_name(socket.data()["room"].as_string().value_or(""));
    const auto person = std::make_shared<Person>(Person{{socket.id(), name}, room_name, MessageRate(options_.limits)});

    Room* room = rooms_.open(room_name, now_in_milliseconds());
    if (room == nullptr) {
        socket.disconnect(true);
        return log("refused " + name + ": too many rooms");
    }
    room->enter(person->member);
    socket.join(room_name);
    socket.emit("welcome", room->welcome(room_name, person->member));
    socket.to(room_name).emit("joined", person->member, now_in_milliseconds());
    log(name + " joined #" + room_name);

    socket.on("message",
              [this, person](Socket sender, Draft draft) { return post(sender, *person, std::move(draft)); });
    socket.on("typing", [person](Socket sender, bool active) {
        sender.to(person->room).volatile_().emit("typing", person->member, active);
    });
    socket.on_disconnect([this, person](Socket gone) { say_goodbye(gone, *person); });
}

Result<Receipt> ChatServer::post(const Socket& socket, Person& person, Draft draft) {
    Result<std::string> text = clean_text(draft.text, options_.limits.text_characters_max);
    if (!text) return std::unexpected(text.error());
    if (draft.key.empty() || draft.key.size() > options_.limits.key_bytes_max) {
        return std::unexpected(Error{ErrorCode::invalid_argument, "The message has no usable key."});
    }
    const std::int64_t now = now_in_milliseconds();
    if (!person.rate.allows_one_more(now)) {
        return std::unexpected(Error{ErrorCode::limit_exceeded, "You are writing too fast. Wait a few seconds."});
    }
    draft.text = std::move(*text);
    const Room::Posted posted = rooms_.find(person.room)->post(person.member, std::move(draft), now);
    if (posted.is_new) socket.to(person.room).emit("message", posted.message);
    return Receipt{posted.message};
}

void ChatServer::say_goodbye(const Socket& socket, const Person& person) {
    rooms_.find(person.room)->leave(person.member.id);
    socket.nsp().to(person.room).emit("left", person.member, now_in_milliseconds());
    rooms_.close_if_empty(person.room);
    log(person.member.name + " left #" + person.room);
}

void ChatServer::log(const std::string& line) {
    if (options_.log) options_.log(line);
}

}  // namespace parley::chat
