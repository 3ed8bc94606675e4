// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "apps/parley/command.hpp"
#include "apps/parley/connect.hpp"

namespace parley {

/// What `parley emit` sends.
struct EmitCommand {
    ConnectOptions connect;
    std::string event;
    std::vector<std::string> values;  ///< JSON each, or text where it is none
    std::string binary_file;          ///< whose octets are a last value; empty: none
    bool wants_ack = false;           ///< waits for the acknowledgement and prints it
};

/// Connects, emits one event, and leaves. 0; or 1 when it could not be delivered, or was not answered in time.
int emit(const EmitCommand& command);

/// Adds the command to the program.
void add_emit(CLI::App& program, Chosen& chosen);

}  // namespace parley
