// SPDX-License-Identifier: MIT
// expect: parley: a Server takes its options over: write Server io{std::move(options)}
#include <parley/server.hpp>

void misuse(parley::Application& app) {
    const parley::ServerOptions options;
    parley::Server io(app, options);
}
