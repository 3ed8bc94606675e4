// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/parley/command.hpp"
#include "apps/parley/connect.hpp"
#include "parley/websocket/message_handler.hpp"

namespace parley {

namespace terminal {
class Console;
}

/// What `parley ws` talks with.
struct WsCommand {
    ConnectOptions connect;
    std::string port;  ///< to listen on, instead of connecting; empty: none
    std::string host = "localhost";
    std::vector<std::string> subprotocols;
    bool is_binary = false;  ///< lines go as binary messages
};

/// Connects a WebSocket: sends each line that is typed or piped, prints each message. 0 when the input ended and the
/// server said goodbye; 1 when it could not connect, or the server ended it.
int talk_websocket(const WsCommand& command);

/// Listens for WebSockets: sends each line to all of them, prints their messages, until it is ended; then 0. Throws
/// `SetupError` when it cannot listen.
int listen_websocket(const WsCommand& command);

/// A message as a line for a person: without control characters, and octets that are no text as hexadecimal numbers.
std::string shown(WebSocketMessage message);
/// How a connection ended, in words: "1001 (the server goes away) restarting".
std::string shown_close(int code, std::string_view reason);

/// Whether a line that was typed or piped is one to send; shows it to who typed it, or says why it is not sent.
bool takes_line(terminal::Console& console, const WsCommand& command, const std::string& line);

/// Adds the command to the program.
void add_ws(CLI::App& program, Chosen& chosen);

}  // namespace parley
