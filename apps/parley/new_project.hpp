// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "apps/parley/command.hpp"

namespace parley {

/// Writes a project that builds, as `parley new` does: CMakeLists.txt, main.cpp and page/index.html, named as the
/// folder. Gives the name.
///
/// The folder is made, or is empty. Throws `std::runtime_error` with a sentence if the name can name no project,
/// something is there already, or it cannot be written.
std::string write_new_project(const std::string& folder);

/// Adds the command to the program.
void add_new(CLI::App& program, Chosen& chosen);

}  // namespace parley
