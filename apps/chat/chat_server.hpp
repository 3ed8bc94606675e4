// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apps/chat/allowances.hpp"
#include "apps/chat/capped_log.hpp"
#include "apps/chat/history.hpp"
#include "apps/chat/limits.hpp"
#include "apps/chat/room.hpp"
#include "parley/server.hpp"

namespace parley::chat {

/// What a line of the log is: what peers did wrong, what happens, what the chat did wrong.
enum class LogLevel { debug, info, error };

struct ChatOptions {
    ServerOptions server;
    Limits limits;
    /// Told in words what happens; may be empty.
    Function<void(LogLevel, std::string_view)> log;
};

/// A group chat on an application: its page, and the Socket.IO server behind the page.
///
/// `/` is the room "lobby", `/r/<name>` the room of that name; another spelling of that is redirected to the one
/// address that a room has. All addresses in the page are relative, so that a proxy may put the chat beneath a path of
/// its own.
///
/// What is said goes into the history first: only when it is kept do its sender and the others hear of it. So whatever
/// somebody has seen, or was told to have been sent, is there after the server's end, too. The application and the
/// history must outlive the chat.
class ChatServer {
 public:
    ChatServer(Application& app, History& history, ChatOptions options);

 private:
    struct Person;
    /// Somebody who wants to enter a room.
    struct Arrival {
        Socket socket;
        SocketNext next;
        std::string name;
        std::string room;
    };

    /// A call that comes no more once its owner is gone.
    struct OwnedCall {
        ~OwnedCall() { call.cancel(); }
        ScheduledCall call;
    };

    void serve_page(Application& app);
    void serve_room(Request& request, Response& response);
    void admit(const Socket& socket, const SocketNext& next);
    void let_in(const Arrival& arrival);
    void load_room(const std::string& name);
    void open_room(const std::string& name, Result<Page> page);
    void greet(const Socket& socket);
    void post(const Socket& socket, Draft draft, const Ack& ack);
    void tell_kept(const std::string& room_name, Said said, const Ack& ack);
    void tell_page(const Socket& socket, const HistoryRequest& request, const Ack& ack);
    void tell_rooms(const Socket& socket, const RoomsRequest& request, const Ack& ack);
    void find(const Socket& socket, const SearchRequest& request, const Ack& ack);
    void dismiss(const Socket& socket);
    void say_goodbye(const Person& person);
    void tell_changes_later(const std::string& room_name);
    void tell_changes();
    [[nodiscard]] TimePoint now();
    /// The function, for as long as the chat is there.
    template <typename F>
    [[nodiscard]] auto while_here(F function) const {
        return [here = std::weak_ptr<const char>(here_), function = std::move(function)](auto&&... arguments) mutable {
            if (!here.expired()) function(std::forward<decltype(arguments)>(arguments)...);
        };
    }
    void log(LogLevel level, const std::string& line);
    void log_failure(const EventFailure& failure);

    Application& app_;
    History& history_;
    std::shared_ptr<const char> here_ = std::make_shared<const char>();
    Limits limits_;
    Function<void(LogLevel, std::string_view)> write_log_;
    CappedLog debug_log_;  // one for each level: what peers do wrong shall not push out what happens
    CappedLog info_log_;
    CappedLog error_log_;
    Allowances allowances_;
    Rooms rooms_;
    std::map<std::string, std::vector<Arrival>> arrivals_;  // who waits until the latest messages of a room are read
    std::set<std::string> lively_rooms_;                    // where changes wait to be told together
    OwnedCall changes_;                                     // by then
    Server io_;  // last, so that it ends first: whoever is connected then still leaves a room
};

}  // namespace parley::chat
