// SPDX-License-Identifier: MIT
#include "apps/chat/chat_server.hpp"

#include <chrono>
#include <optional>
#include <span>

#include "apps/chat/wording.hpp"
#include "parley/base/base64.hpp"
#include "parley/base/sha1.hpp"
#include "parley/base/utf8.hpp"
#include "parley/http/query.hpp"
#include "parley/web/embedded_file.hpp"

namespace parley::embedded {
extern const std::span<const EmbeddedFile> chat_page;
}

namespace parley::chat {

namespace {

constexpr std::string_view content_security_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
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

/// Where the page of a room is found, seen from the path that was asked for; empty if it is there.
std::string better_address(std::string_view path, std::string_view asked_name, std::string_view room_name) {
    const bool has_slash = path.ends_with('/');
    // Browsers leave more as it is than is encoded here: names are compared, not their spellings.
    if (!has_slash && asked_name == room_name) return {};
    std::string address = has_slash ? "../" : "./";
    http::append_percent_encoded(address, room_name);
    return address;
}

/// How long changes of a lively room wait for each other.
constexpr auto changes_delay = std::chrono::seconds(1);

/// How long a message waits that could not be kept.
constexpr auto retry_pause = std::chrono::milliseconds(1000);

/// The Socket.IO room of a room of the chat. Every socket is also in a Socket.IO room named by its own id, and people
/// choose names: the prefix keeps "a room named like somebody's id" from being that somebody.
std::string channel_of(const std::string& room_name) {
    return "room:" + room_name;
}

/// The identity of whoever shows this secret; without one, of this socket alone. Identities are kept with messages, and
/// secrets are not: who reads a file of them can be nobody.
std::string identity_of(const Socket& socket, std::size_t secret_bytes_max) {
    const std::string_view secret = socket.auth()["secret"].as_string().value_or("");
    const bool is_usable = is_usable_key(secret, secret_bytes_max);
    const auto digest = sha1(is_usable ? "secret:" + std::string(secret) : "socket:" + socket.id());
    return base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

Receipt refusal(std::string why, std::optional<std::int64_t> retry_after = {}) {
    return {.message = {}, .error = std::move(why), .retry_after = retry_after};
}

HistoryPage no_page(std::string why, std::chrono::milliseconds pause) {
    return {.messages = {}, .yours = {}, .complete = false, .error = std::move(why), .retry_after = pause.count()};
}

SearchAnswer nothing_found(std::string why, std::optional<std::chrono::milliseconds> pause = {}) {
    SearchAnswer answer{.found = {}, .more = {}, .error = std::move(why), .retry_after = {}};
    if (pause) answer.retry_after = pause->count();
    return answer;
}

/// A part of the history as somebody of this identity is told it.
HistoryPage page_for(const std::string& identity, Page page) {
    HistoryPage told{.messages = {}, .yours = {}, .complete = page.is_complete, .error = {}, .retry_after = {}};
    for (Said& said : page.messages) {
        if (said.identity == identity) told.yours.push_back({said.message.id, std::move(said.key)});
        told.messages.push_back(std::move(said.message));
    }
    return told;
}

}  // namespace

/// One connection of somebody, for as long as it lasts.
struct ChatServer::Person {
    Visitor visitor;
    std::string room;
    std::string channel;
    std::shared_ptr<Allowance> allowance;
};

ChatServer::ChatServer(Application& app, History& history, ChatOptions options)
    : app_(app),
      history_(history),
      limits_(options.limits),
      write_log_(std::move(options.log)),
      debug_log_([this](std::string_view line) { write_log_(LogLevel::debug, line); }, limits_.log_lines),
      info_log_([this](std::string_view line) { write_log_(LogLevel::info, line); }, limits_.log_lines),
      error_log_([this](std::string_view line) { write_log_(LogLevel::error, line); }, limits_.log_lines),
      allowances_(limits_),
      rooms_(limits_),
      io_(app, std::move(options.server)) {
    serve_page(app);
    io_.use([this](Socket& socket, SocketNext next) { admit(socket, next); });
    io_.on_error([this](const EventFailure& failure) { log_failure(failure); });
    io_.on_connection([this](Socket& socket) { greet(socket); });
    io_.on_any([this](Socket& socket, std::string_view, const Arguments&) {
        if (!socket.state<Person>().allowance->events.take(now())) dismiss(socket);
    });
    io_.on("message", [this](Socket& socket, Draft draft, Ack ack) { post(socket, std::move(draft), ack); });
    io_.on("history", [this](Socket& socket, HistoryRequest request, Ack ack) { tell_page(socket, request, ack); });
    io_.on("rooms", [this](Socket& socket, RoomsRequest request, Ack ack) { tell_rooms(socket, request, ack); });
    io_.on("search", [this](Socket& socket, SearchRequest request, Ack ack) { find(socket, request, ack); });
    io_.on("typing", [this](Socket& socket, bool active) {
        const Person& person = socket.state<Person>();
        if (!person.allowance->typing.take(now())) return;
        socket.to(person.channel).volatile_().emit("typing", person.visitor.member, active);
    });
    io_.on_disconnect([this](Socket& socket) { say_goodbye(socket.state<Person>()); });
}

void ChatServer::serve_page(Application& app) {
    app.get("/", [](Request& request, Response& response) { send_page_file("index.html", request, response); });
    app.get("/r/:room", [this](Request& request, Response& response) { serve_room(request, response); });
    for (const EmbeddedFile& file : embedded::chat_page) {
        if (file.name.ends_with(".html")) continue;  // the page has its own addresses, and is the lobby at no other
        app.get("/" + std::string(file.name),
                [&file](Request& request, Response& response) { send_page_file(file.name, request, response); });
    }
}

void ChatServer::serve_room(Request& request, Response& response) {
    const std::string_view asked = request.parameter("room");
    if (!is_valid_utf8(asked)) {
        response.status(404).send("No room has this address: it is not UTF-8.");
        return;
    }
    // The page of a room that cannot be says so.
    const Result<std::string> name = clean_room_name(asked, limits_.name_characters_max);
    std::string better = better_address(request.path(), asked, name ? std::string_view(*name) : asked);
    if (better.empty()) return send_page_file("room.html", request, response);
    if (!request.query_string().empty()) better += "?" + std::string(request.query_string());
    response.redirect(better, 301);
}

void ChatServer::admit(const Socket& socket, const SocketNext& next) {
    const auto refuse = [&next](std::string_view why, std::string_view field) { next.refuse(why, {{"field", field}}); };
    const std::shared_ptr<Allowance> allowance = allowances_.of(socket.handshake(), now());
    if (!allowance->joins.take(now())) return refuse("You come and go too often. Wait a few seconds.", "");
    const std::size_t characters_max = limits_.name_characters_max;
    const Result<std::string> name = clean_name(socket.auth()["name"].as_string().value_or(""), characters_max);
    if (!name) return refuse(name.error().message, "name");
    const Json& asked = socket.auth()["room"];
    // Only who names no room gets the lobby: what was meant for another one would reach the wrong people there.
    const Result<std::string> room_name =
        clean_room_name(asked.is_null() ? "lobby" : asked.as_string().value_or(""), characters_max);
    if (!room_name) return refuse("There can be no room of that name.", "room");

    const Room* room = rooms_.open(*room_name, now_in_milliseconds());
    if (room == nullptr) return refuse("There are too many rooms just now.", "room");
    Arrival arrival{socket, next, *name, *room_name};
    if (room->is_loaded()) return let_in(arrival);
    std::vector<Arrival>& waiting = arrivals_[*room_name];
    waiting.push_back(std::move(arrival));
    if (waiting.size() == 1) load_room(*room_name);
}

void ChatServer::let_in(const Arrival& arrival) {
    const auto& [socket, next, name, room_name] = arrival;
    const Room& room = *rooms_.find(room_name);
    if (room.is_full()) return next.refuse("The room is full.", {{"field", "room"}});
    std::string identity = identity_of(socket, limits_.secret_bytes_max);
    if (room.is_taken(name, identity))
        return next.refuse("Somebody in this room is called that already.", {{"field", "name"}});
    socket.state<Person>() = {{{socket.id(), name}, std::move(identity)},
                              room_name,
                              channel_of(room_name),
                              allowances_.of(socket.handshake(), now())};
    next();
}

void ChatServer::load_room(const std::string& name) {
    rooms_.find(name)->hold();
    const PageQuery latest{name, {}, {}, limits_.history_messages_max, limits_.history_bytes_max};
    history_.load(latest, while_here([this, name](Result<Page> page) { open_room(name, std::move(page)); }));
}

void ChatServer::open_room(const std::string& name, Result<Page> page) {
    rooms_.find(name)->release();
    const std::vector<Arrival> waiting = std::move(arrivals_.extract(name).mapped());
    if (page) {
        rooms_.load(name, std::move(*page));
    } else {
        log(LogLevel::error, "#" + name + " cannot be read: " + page.error().message);
    }
    for (const Arrival& arrival : waiting) {
        if (page)
            let_in(arrival);
        else
            arrival.next.refuse("The server cannot read what was said here just now.", {{"field", "room"}});
    }
    rooms_.close_if_empty(name);
}

void ChatServer::greet(const Socket& socket) {
    const Person& person = socket.state<Person>();
    const Member& member = person.visitor.member;
    Room& room = *rooms_.find(person.room);  // let in in this turn
    room.enter(person.visitor);
    socket.join(person.channel);
    socket.emit("welcome", room.welcome(person.room, person.visitor));
    if (room.notices().joined(member, now())) {
        socket.to(person.channel).emit("joined", member, now_in_milliseconds());
    } else {
        tell_changes_later(person.room);
    }
    log(LogLevel::info, member.name + " joined #" + person.room);
}

void ChatServer::post(const Socket& socket, Draft draft, const Ack& ack) {
    const Person& person = socket.state<Person>();
    Result<std::string> text = clean_text(draft.text, limits_.text_characters_max);
    if (!text) return ack(refusal(std::move(text.error().message)));
    if (!is_usable_key(draft.key, limits_.key_bytes_max)) return ack(refusal("The message has no usable key."));
    TokenBucket& messages = person.allowance->messages;
    if (!messages.take(now()))
        return ack(refusal("You are writing too fast. Wait a few seconds.", messages.wait().count()));
    const auto& [id, name] = person.visitor.member;
    Room& room = *rooms_.find(person.room);
    room.hold();
    Said said{{room.next_id(), id, name, std::move(*text), now_in_milliseconds()},
              std::move(draft.key),
              person.visitor.identity};
    history_.append({person.room, room.since(), said},
                    while_here([this, room_name = person.room, said, ack](Result<Kept> kept) mutable {
                        rooms_.find(room_name)->release();
                        if (kept && kept->is_new) {
                            said.message = std::move(kept->message);
                            tell_kept(room_name, std::move(said), ack);
                        } else if (kept) {
                            ack(Receipt{.message = std::move(kept->message), .error = {}, .retry_after = {}});
                        } else {
                            log(LogLevel::error, "nothing is kept: " + kept.error().message);
                            ack(refusal("The server cannot keep messages just now.", retry_pause.count()));
                        }
                        rooms_.close_if_empty(room_name);
                    }));
}

void ChatServer::tell_kept(const std::string& room_name, Said said, const Ack& ack) {
    const Message& message = said.message;
    io_.to(channel_of(room_name)).except(message.from).emit("message", message);
    ack(Receipt{.message = message, .error = {}, .retry_after = {}});
    rooms_.add(room_name, std::move(said));
}

void ChatServer::tell_page(const Socket& socket, const HistoryRequest& request, const Ack& ack) {
    const Person& person = socket.state<Person>();
    TokenBucket& pages = person.allowance->pages;
    if (!pages.take(now())) return ack(no_page("You are reading too fast. Wait a few seconds.", pages.wait()));
    const PageQuery query{person.room, request.before, request.after, limits_.history_messages_max,
                          limits_.history_bytes_max};
    history_.load(query, while_here([this, ack, identity = person.visitor.identity](Result<Page> page) {
                      if (page) return ack(page_for(identity, std::move(*page)));
                      log(LogLevel::error, "what was said cannot be read: " + page.error().message);
                      ack(no_page("The server cannot read what was said here just now.", retry_pause));
                  }));
}

void ChatServer::tell_rooms(const Socket& socket, const RoomsRequest& request, const Ack& ack) {
    TokenBucket& pages = socket.state<Person>().allowance->pages;
    if (!pages.take(now())) {
        const std::int64_t pause = pages.wait().count();
        return ack(RoomsAnswer{{}, "You are asking too fast. Wait a few seconds.", pause});
    }
    if (request.names.size() > limits_.search_rooms_max) return ack(RoomsAnswer{{}, "Those are too many rooms.", {}});
    // The last answer brings them all.
    struct Asked {
        RoomsAnswer answer;
        std::size_t missing;
    };
    const auto asked = std::make_shared<Asked>(Asked{{}, request.names.size()});
    if (request.names.empty()) return ack(asked->answer);
    for (const std::string& name : request.names) {
        history_.load({name, {}, {}, 0, 0}, while_here([this, asked, name, ack](Result<Page> page) {
                          const Room* const room = rooms_.find(name);
                          const auto here = static_cast<std::int64_t>(room == nullptr ? 0 : room->size());
                          if (page) asked->answer.rooms.push_back({name, page->since.value_or(0), page->next_id, here});
                          if (--asked->missing == 0) ack(asked->answer);
                      }));
    }
}

void ChatServer::find(const Socket& socket, const SearchRequest& request, const Ack& ack) {
    TokenBucket& searches = socket.state<Person>().allowance->searches;
    if (!searches.take(now()))
        return ack(nothing_found("You are searching too fast. Wait a few seconds.", searches.wait()));
    Result<Search> search = parse_search(request.text, limits_.search);
    if (!search) return ack(nothing_found(std::move(search.error().message)));
    std::vector<std::string> asked = search->room.empty() ? request.rooms : std::vector{search->room};
    if (asked.size() > limits_.search_rooms_max) return ack(nothing_found("Those are too many rooms to search in."));
    SearchQuery query{std::move(*search), {}, request.behind, limits_.search_messages_max};
    for (const std::string& name : asked) {
        if (Result<std::string> room = clean_room_name(name, limits_.name_characters_max)) query.rooms.push_back(*room);
    }
    history_.search(std::move(query), while_here([this, ack](Result<SearchResult> result) {
                        if (result) {
                            return ack(SearchAnswer{std::move(result->found), result->last_place, {}, {}});
                        }
                        log(LogLevel::error, "nothing can be searched: " + result.error().message);
                        ack(nothing_found("The server cannot search just now.", retry_pause));
                    }));
}

void ChatServer::dismiss(const Socket& socket) {
    log(LogLevel::info, "dismissed " + socket.state<Person>().visitor.member.name + ": too many events");
    socket.emit("dismissed", "You did too much at once, and the chat has disconnected you.");
    socket.disconnect(true);
}

void ChatServer::say_goodbye(const Person& person) {
    const Member& member = person.visitor.member;
    Room* room = rooms_.find(person.room);
    if (room == nullptr) return;  // the greeting failed before the room was entered
    room->leave(member.id);
    if (room->notices().left(member, now())) {
        io_.to(person.channel).emit("left", member, now_in_milliseconds());
    } else {
        tell_changes_later(person.room);
    }
    rooms_.close_if_empty(person.room);
    log(LogLevel::info, member.name + " left #" + person.room);
}

void ChatServer::tell_changes_later(const std::string& room_name) {
    lively_rooms_.insert(room_name);
    if (!changes_.call.is_pending()) changes_.call = app_.after(changes_delay, [this] { tell_changes(); });
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
    return app_.now();
}

void ChatServer::log(LogLevel level, const std::string& line) {
    if (!write_log_) return;
    CappedLog& log = level == LogLevel::debug ? debug_log_ : level == LogLevel::info ? info_log_ : error_log_;
    log.add(line, now());
}

void ChatServer::log_failure(const EventFailure& failure) {
    using enum EventFailure::Kind;
    const bool is_peers_fault = failure.kind == payload_mismatch || failure.kind == bad_packet;
    std::string line = failure.event.empty() ? "" : "event \"" + std::string(failure.event.substr(0, 64)) + "\": ";
    line += failure.message;
    log(is_peers_fault ? LogLevel::debug : LogLevel::error, line);
}

}  // namespace parley::chat
