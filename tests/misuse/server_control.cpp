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
    parley::Server asking{{.allow_request = [](const parley::Handshake& handshake) { return !handshake.xdomain; }}};
    parley::Server asking_later{
        {.allow_request = [](const parley::Handshake&, parley::HandshakeNext next) { next.refuse("no"); }}};
    parley::Server asking_nobody{{.allow_request = nullptr}};
    plain.engine().use([](parley::Request&, parley::Response, parley::Next next) { next(); });
    plain.engine().on_headers([](auto& headers, const parley::Request&) { headers.set("X-Instance", "7"); });
}
