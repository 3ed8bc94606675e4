// SPDX-License-Identifier: MIT
#include <parley/server.hpp>
#include <parley/web.hpp>

using namespace std::chrono_literals;

void every_shape(parley::Application& app, parley::Socket socket) {
    parley::Server io{
        app, {.ping_interval = 300ms, .cookie = {.name = "io", .max_age = 1h}, .websocket = {.frame_timeout = 5s}}};
    parley::ServerOptions options;
    options.ping_timeout = 20s;
    options.upgrade_timeout = parley::Milliseconds(10'000);
    options.connect_timeout = options.ping_timeout + 500ms;
    const std::chrono::milliseconds kept = options.connect_timeout;
    const bool is_longer = kept > options.ping_timeout && options.ping_timeout.count() == 20'000;
    parley::WebSocketServer server{{.ping_interval = std::chrono::minutes(1)}};
    io.every(33ms, [] {});
    io.after(1.5s, [] {});
    io.every(1s / 30.0, [] {});
    app.after(is_longer ? parley::Duration(1s) : 2s, [] {});
    socket.timeout(5s).emit("question", [](parley::Result<int>) {});
    io.timeout(300ms).emit("question", [](std::vector<int>) {});
}
