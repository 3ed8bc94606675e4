// SPDX-License-Identifier: MIT
// expect: parley: an HTTP handler returns nothing: it answers by its Response, as in
#include <parley/web.hpp>

void misuse(parley::Application& app, parley::WebSocketServer& server) {
    app.use([&](parley::Request&, parley::Response, parley::Next) { return server.broadcast("somebody came"); });
}
