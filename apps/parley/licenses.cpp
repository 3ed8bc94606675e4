// SPDX-License-Identifier: MIT
#include "apps/parley/licenses.hpp"

#include <CLI/CLI.hpp>
#include <iostream>

#include "parley/server/client_bundle.hpp"

namespace parley {
namespace {

int print_licenses() {
    std::cout << "parley " PARLEY_VERSION ": MIT License, Copyright (c) 2026 The Parley authors\n";
    if (server::client_bundle_version().empty()) return 0;
    std::cout << "\nThe browser client inside this program is socket.io-client " << server::client_bundle_version()
              << ":\n\n"
              << server::client_bundle_license();
    return 0;
}

}  // namespace

void add_licenses(CLI::App& program, Chosen& chosen) {
    choose(*program.add_subcommand("licenses", "Print the licences of what is inside"), chosen, print_licenses);
}

}  // namespace parley
