// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

namespace CLI {
class App;
}

namespace parley {

/// What the command line asks for: does it, and returns the exit status. Empty while nothing was asked for.
using Chosen = std::function<int()>;

/// Has `run`, called with `command`, chosen when the command line names `app`. The options of `app` are read into
/// `command`.
void choose(CLI::App& app, Chosen& chosen, std::function<int()> run);

/// Checks a value for CLI11: empty if it is a port, else what is wrong with it.
std::string check_port(const std::string& text);

}  // namespace parley
