// SPDX-License-Identifier: MIT
#include "apps/parley/command.hpp"

#include <CLI/CLI.hpp>
#include <utility>

#include "parley/base/text.hpp"

namespace parley {

void choose(CLI::App& app, Chosen& chosen, std::function<int()> run) {
    // Not run here: the command line may be wrong further on.
    app.callback([&chosen, run = std::move(run)] { chosen = run; });
}

std::string check_port(const std::string& text) {
    const auto port = parse_decimal(text);
    if (port && *port <= 65535) return {};
    const bool is_number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return "\"" + text + "\" is " + (is_number ? "too large" : "not a whole number") + ". Give a port from 0 to 65535.";
}

}  // namespace parley
