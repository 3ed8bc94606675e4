// SPDX-License-Identifier: MIT
#include "apps/chat/chat_server.hpp"

#include <chrono>
#include <optional>
#include <span>

#include "apps/chat/wording.hpp"
#include "parley/net/loop.hpp"
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

/// How long changes of a lively room wait for each other.
constexpr auto changes_delay = std::chrono::seconds(1);

/// The Socket.IO room of a room of the chat. Every socket is also in a Socket.IO room named by its own id, and people
/// choose names: the prefix keeps "a room named like somebody's id" from being that somebody.
std::string channel_of(const std::string& room_name) {
    return "room:" + room_name;
}

}  // namespace

/// One connection of somebody, for as long as it lasts.
struct ChatServer::Person {
    Member member;
    std::string room;
    std::string channel;
    TokenBucket messages;
    TokenBucket typing;
    TokenBucket events;
};

ChatServer::ChatServer(Application& app, ChatOptions options)
    : app_(app),
      limits_(options.limits),
      log_(std::move(options.log), limits_.log_lines),
      rooms_(limits_),
      changes_timer_(app.loop(), [this] { tell_changes(); }),
      io_(app, std::move(options.server)) {
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
    const std::size_t characters_max = limits_.name_characters_max;
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
    const auto person = std::make_shared<Person>(Person{{socket.id(), name},
                                                        room_name,
                                                        channel_of(room_name),
                                                        TokenBucket(limits_.messages),
                                                        TokenBucket(limits_.typing),
                                                        TokenBucket(limits_.events)});

    Room* room = rooms_.open(room_name, now_in_milliseconds());
    if (room == nullptr) {
        socket.disconnect(true);
        return log("refused " + name + ": too many rooms");
    }
    room->enter(person->member);
    socket.join(person->channel);
    socket.emit("welcome", room->welcome(room_name, person->member));
    if (room->notices().joined(person->member, now())) {
        socket.to(person->channel).emit("joined", person->member, now_in_milliseconds());
    } else {
        tell_changes_later(room_name);
    }
    log(name + " joined #" + room_name);
    listen_to(socket, person);
}

void ChatServer::listen_to(const Socket& socket, const std::shared_ptr<Person>& person) {
    socket.on_any([this, person](Socket sender, std::string_view, const Arguments&) {
        if (!person->events.take(now())) dismiss(sender, *person);
    });
    socket.on("message",
              [this, person](Socket sender, Draft draft) { return post(sender, *person, std::move(draft)); });
    socket.on("typing", [this, person](Socket sender, bool active) {
        if (!person->typing.take(now())) return;
        sender.to(person->channel).volatile_().emit("typing", person->member, active);
    });
    socket.on_disconnect([this, person] { say_goodbye(*person); });
}

Result<Receipt> ChatServer::post(const Socket& socket, Person& person, Draft draft) {
    Result<std::string> text = clean_text(draft.text, limits_.text_characters_max);
    if (!text) return std::unexpected(text.error());
    if (!is_usable_key(draft.key, limits_.key_bytes_max)) {
        return std::unexpected(Error{ErrorCode::invalid_argument, "The message has no usable key."});
    }
    if (!person.messages.take(now())) {
        return std::unexpected(Error{ErrorCode::limit_exceeded, "You are writing too fast. Wait a few seconds."});
    }
    draft.text = std::move(*text);
    const Room::Posted posted = rooms_.find(person.room)->post(person.member, std::move(draft), now_in_milliseconds());
    if (posted.is_new) socket.to(person.channel).emit("message", posted.message);
    return Receipt{posted.message};
}

void ChatServer::dismiss(const Socket& socket, const Person& person) {
    log("dismissed " + person.member.name + ": too many events");
    socket.emit("dismissed",
                "You did too much at once, and the chat has disconnected you. Reload the page to come back.");
    socket.disconnect(true);
}

void ChatServer::say_goodbye(const Person& person) {
    Room* room = rooms_.find(person.room);
    room->leave(person.member.id);
    if (room->notices().left(person.member, now())) {
        io_.to(person.channel).emit("left", person.member, now_in_milliseconds());
    } else {
        tell_changes_later(person.room);
    }
    rooms_.close_if_empty(person.room);
    log(person.member.name + " left #" + person.room);
}

void ChatServer::tell_changes_later(const std::string& room_name) {
    lively_rooms_.insert(room_name);
    if (!changes_timer_.is_running()) changes_timer_.start(changes_delay);
}

void ChatServer::tell_changes() {
    for (const std::string& room_name : std::exchange(lively_rooms_, {})) {
        Room* room = rooms_.find(room_name);
        if (room == nullptr) continue;
        const Changes changes = room->notices().take();
        if (changes.joined.empty() && changes.left.empty()) continue;
        io_.to(channel_of(room_name)).emit("changed", changes, now_in_milliseconds());
    }
}

TimePoint ChatServer::now() {
    return app_.loop().now();
}

void ChatServer::log(const std::string& line) {
    log_.add(line, now());
}

}  // namespace parley::chat
