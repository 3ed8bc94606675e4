// SPDX-License-Identifier: MIT
#include <parley/server.hpp>

parley::ServerOptions make_options();

void every_shape(parley::Application& app) {
    parley::Server plain;
    parley::Server designated{{.path = "/chat"}};
    parley::Server made{make_options()};
    parley::ServerOptions options;
    options.path = "/chat";
    parley::Server moved{std::move(options)};
    parley::Server on_application{app};
    parley::Server with_options{app, {.cors = {.origin = "https://chat.example"}}};
    parley::Server with_made(app, make_options());
}
