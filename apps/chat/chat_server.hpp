// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "apps/chat/limits.hpp"
#include "apps/chat/room.hpp"
#include "parley/server.hpp"

namespace parley::chat {

struct ChatOptions {
    ServerOptions server;
    Limits limits;
    /// Told in words what happens; may be empty.
    Function<void(std::string_view)> log;
};

/// A group chat on an application: its page, and the Socket.IO server behind the page.
///
/// `/` is the room "lobby", `/r/<name>` the room of that name. Nothing is stored: a room lives while somebody is in it.
/// The application must outlive the chat.
class ChatServer {
 public:
    ChatServer(Application& app, ChatOptions options);

 private:
    struct Person;

    void serve_page(Application& app);
    void admit(const Socket& socket, const SocketNext& next);
    void greet(const Socket& socket);
    Result<Receipt> post(const Socket& socket, Person& person, Draft draft);
    void say_goodbye(const Socket& socket, const Person& person);
    void log(const std::string& line);

    ChatOptions options_;
    Rooms rooms_;
    Server io_;
};

}  // namespace parley::chat
