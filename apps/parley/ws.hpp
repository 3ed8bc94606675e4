// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "apps/parley/command.hpp"
#include "apps/parley/connect.hpp"

namespace parley {

/// What `parley ws` talks with.
struct WsCommand {
    ConnectOptions connect;
    std::vector<std::string> subprotocols;
    bool is_binary = false;  ///< lines go as binary messages
};

/// Connects a WebSocket: sends each line of the standard input, prints each message. 0 when the input ended and the
/// server said goodbye; 1 when it could not connect, or the server ended it.
int talk_websocket(const WsCommand& command);

/// Adds the command to the program.
void add_ws(CLI::App& program, Chosen& chosen);

}  // namespace parley
