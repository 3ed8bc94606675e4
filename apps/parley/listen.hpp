// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "apps/parley/command.hpp"
#include "apps/parley/connect.hpp"

namespace parley {

/// What `parley listen` shows.
struct ListenCommand {
    ConnectOptions connect;
    std::vector<std::string> events;  ///< none: all
    bool as_json = false;             ///< a JSON array a line, the name first
};

/// Connects and prints the events that come, until it is ended, or put out or refused by the server: then 1.
int listen(const ListenCommand& command);

/// Adds the command to the program.
void add_listen(CLI::App& program, Chosen& chosen);

}  // namespace parley
