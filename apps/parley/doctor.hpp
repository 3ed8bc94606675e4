// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "apps/parley/command.hpp"
#include "apps/parley/connect.hpp"

namespace parley {

/// What `parley doctor` is to examine.
struct DoctorCommand {
    ConnectOptions connect;
    std::string path = "/socket.io/";  ///< of the engine
    std::string origin;                ///< of a page that wants to connect; empty: none
    bool as_json = false;
};

/// Connects step by step, and prints what is wrong and what to do. 0 if all is well, else 1.
int examine(const DoctorCommand& command);

/// Adds the command to the program.
void add_doctor(CLI::App& program, Chosen& chosen);

}  // namespace parley
