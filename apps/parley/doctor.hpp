// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "apps/parley/command.hpp"
#include "apps/parley/connect.hpp"

namespace parley {

/// What `parley doctor` looks at.
struct DoctorCommand {
    ConnectOptions connect;
    std::string path = "/socket.io/";
    std::string origin;    ///< of a page that wants to connect; empty: none
    bool as_json = false;  ///< one object instead of lines
};

/// Adds the command to the program.
void add_doctor(CLI::App& program, Chosen& chosen);

/// Connects step by step, and says of each how it went and what to do. 0 if nothing failed. Throws `SetupError` for
/// options that cannot be.
int diagnose(const DoctorCommand& command);

}  // namespace parley
