// SPDX-License-Identifier: MIT
#pragma once

#include "apps/parley/command.hpp"

namespace parley {

/// Adds the command to the program, which prints the licences of what is inside it.
void add_licenses(CLI::App& program, Chosen& chosen);

}  // namespace parley
