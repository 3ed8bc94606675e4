// SPDX-License-Identifier: MIT
//
// What ends on one loop while others are in the middle of something.
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <optional>
#include <string_view>
#include <thread>
#include <vector>

#include "parley/web/application.hpp"
#include "parley/web/application_state.hpp"
#include "parley/web/websocket_server.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {

TEST_CASE("threads: a message that comes while another loop destroys its WebSocket server is nobody's") {
    net::SimulatedNetwork network(1, smooth);
    const std::array<net::Loop*, 3> loops{&network.loop(), &network.add_loop(), &network.add_loop()};
    Application app{LoopList(loops)};
    auto server = std::make_optional<WebSocketServer>(app, "/live");
    int messages = 0;
    server->on_message([&](WebSocket, std::string_view) {
        ++messages;
        server.reset();
    });
    app.listen({.port = 80, .host = {}});
    std::vector<net::SimulatedPeer*> peers;
    for (int i = 0; i < 6; ++i) {
        peers.push_back(&network.connect(80));
        peers.back()->send(upgrade_request("/live"));
        network.run_until_idle();
    }
    REQUIRE(server->size() == 6);
    for (net::SimulatedPeer* const peer : peers)
        peer->send(client_text("now"));
    network.run_until_idle();
    CHECK(messages == 1);
    for (const net::SimulatedPeer* const peer : peers)
        CHECK(peer->is_closed());
}

TEST_CASE("threads: a goodbye for which a loop was too busy until the run had ended is not said in the next one") {
    Application app({.threads = 2, .shutdown_timeout = Milliseconds(20)});
    std::atomic<bool> is_held = false;
    std::atomic<bool> may_go_on = false;
    app.get("/", [](Response response) { response.send("!"); });
    app.listen({.host = "127.0.0.1"});
    const int port = app.port();
    {
        std::thread server([&app] { app.run({.stop_on_signals = false}); });
        app.part(1).gate->post([&] {
            is_held = true;
            while (!may_go_on)
                std::this_thread::yield();
        });
        while (!is_held)
            std::this_thread::yield();
        app.stop();
        while (app.port() != 0)
            std::this_thread::yield();
        std::this_thread::sleep_for(Milliseconds(100));  // the first loop waits no longer
        may_go_on = true;
        server.join();
    }
    app.listen({.port = port, .host = "127.0.0.1"});
    const Running again(app);
    for (int i = 0; i < 6; ++i) {
        const Client client(app.port());
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(status_of(client.receive_until("!")) == 200);
    }
}

}  // namespace parley::web::test
