// SPDX-License-Identifier: MIT
// A server that one of its own handlers destroys: the call comes back, and nobody is called any more.
#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>

#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

namespace {

// What goes with a handler: touched behind the destruction, to show that the handler itself is still there.
struct Baggage {
    std::string text = std::string(100, 'x');
};

// A world whose server is destroyed by `kill()`, called from wherever the test likes.
struct Mortal {
    explicit Mortal(ServerOptions options = {}) : world(std::move(options)) {
        world.io->on_disconnect([this] { ++calls_after; });
    }

    auto kill() {
        return [this, baggage = Baggage()] {
            world.io.reset();
            killed += baggage.text == std::string(100, 'x') ? 1 : 100;
        };
    }

    // Nothing is left, and the application goes on.
    void check_gone() {
        world.settle();
        CHECK(killed == 1);
        CHECK(calls_after == 0);
        net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
        peer.send("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: simulated\r\nConnection: close\r\n\r\n");
        world.settle();
        CHECK(peer.received().starts_with("HTTP/1.1 404"));
    }

    World world;
    int killed = 0;
    int calls_after = 0;
};

}  // namespace

TEST_CASE("a handler of an event over WebSocket may destroy its server") {
    Mortal mortal;
    WebSocketClient other(mortal.world);
    other.join();
    WebSocketClient client(mortal.world);
    mortal.world.io->on("kill", mortal.kill());
    mortal.world.io->on("kill", [&] { ++mortal.calls_after; });
    mortal.world.io->on("late", [&] { ++mortal.calls_after; });
    const Socket socket = mortal.world.io->find_socket(client.join());
    socket.on("kill", [&] { ++mortal.calls_after; });
    socket.emit("ask", [&](Result<void>) { ++mortal.calls_after; });
    client.receive();
    client.send_soon(R"(42["kill"])");
    client.send_soon(R"(42["late"])");
    client.send_soon(R"(430[])");
    mortal.check_gone();
    CHECK_FALSE(socket.connected());
    CHECK_FALSE(socket.emit("e"));
    CHECK(client.receive().back().starts_with("closed"));
    CHECK(other.receive().back().starts_with("closed"));
}

TEST_CASE("a handler of an event by polling may destroy its server") {
    Mortal mortal;
    mortal.world.io->on("kill", mortal.kill());
    mortal.world.io->on("late", [&] { ++mortal.calls_after; });
    PollingClient client(mortal.world);
    client.post("40");
    client.get();
    client.start_get();
    CHECK(client.post("421[\"kill\"]\x1e"
                      "42[\"late\"]") == "ok");
    CHECK(client.take_get() == "1");
    mortal.check_gone();
}

TEST_CASE("a handler that destroys its server and throws is still reported by the application") {
    Mortal mortal;
    int reports = 0;
    mortal.world.app.on_error([&](const HandlerFailure&) { ++reports; });
    mortal.world.io->on("kill", [&, kill = mortal.kill()]() mutable {
        kill();
        throw std::runtime_error("ouch");
    });
    WebSocketClient client(mortal.world);
    client.join();
    client.send(R"(421["kill"])");
    mortal.check_gone();
    CHECK(reports == 1);
    CHECK(mortal.world.failures.empty());
}

TEST_CASE("a handler of a connection or of its end may destroy the server") {
    for (const std::string_view moment : {"connection", "disconnecting", "disconnect"}) {
        for (const bool of_socket : {false, true}) {
            CAPTURE(moment);
            Mortal mortal;
            mortal.world.io->off("disconnect");
            mortal.world.io->on_connection([&](Socket socket) {
                if (of_socket) socket.on(moment, mortal.kill());
                socket.emit("ask", [&](Result<void>) { ++mortal.calls_after; });
            });
            if (!of_socket) mortal.world.io->on(moment, mortal.kill());
            if (moment == "connection" && of_socket) continue;
            WebSocketClient client(mortal.world);
            WebSocketClient other(mortal.world);
            other.send("40");
            if (moment == "connection") {
                mortal.check_gone();
                continue;
            }
            client.send("40");
            client.vanish();
            mortal.check_gone();
        }
    }
}

TEST_CASE("a disconnect that the program asked for may destroy the server") {
    Mortal mortal;
    mortal.world.io->off("disconnect");
    mortal.world.io->on_disconnect(mortal.kill());
    mortal.world.io->on("out", [](Socket socket) { socket.disconnect(true); });
    mortal.world.io->on("all out", [&] { mortal.world.io->disconnect_sockets(true); });
    WebSocketClient client(mortal.world);
    WebSocketClient other(mortal.world);
    client.join();
    other.join();
    SUBCASE("of one") {
        client.send(R"(42["out"])");
    }
    SUBCASE("of all") {
        client.send(R"(42["all out"])");
    }
    SUBCASE("by closing the server") {
        mortal.world.io->close();
    }
    mortal.world.settle();
    CHECK(mortal.killed == 1);
    CHECK_FALSE(mortal.world.io);
}

TEST_CASE("an acknowledgement's callback may destroy the server, called by the answer or by the deadline") {
    for (const bool answers : {true, false}) {
        Mortal mortal;
        WebSocketClient client(mortal.world);
        const Socket socket = mortal.world.io->find_socket(client.join());
        socket.timeout(10ms).emit("ask", [kill = mortal.kill()](Result<int>) mutable { kill(); });
        socket.timeout(10ms).emit("ask", [&](Result<int>) { ++mortal.calls_after; });
        mortal.world.io->timeout(10ms).emit("ask", [&](std::vector<int>) { ++mortal.calls_after; });
        client.receive();
        if (answers) client.send("430[1]");
        mortal.world.pass(1s);
        mortal.check_gone();
    }
}

TEST_CASE("a middleware may destroy the server, and decide or not") {
    for (const int decision : {0, 1, 2}) {
        Mortal mortal;
        mortal.world.io->use([&, decision, kill = mortal.kill()](Socket, const SocketNext& next) mutable {
            kill();
            if (decision == 1) next();
            if (decision == 2) next.refuse("no");
        });
        mortal.world.io->use([&](Socket, SocketNext) { ++mortal.calls_after; });
        mortal.world.io->on_connection([&] { ++mortal.calls_after; });
        WebSocketClient client(mortal.world);
        client.send("40");
        mortal.check_gone();
    }
}

TEST_CASE("whoever hears of a failure may destroy the server") {
    for (const std::string_view message : {R"(42["throws"])", R"(421["number","text"])", "4abc", ""}) {
        CAPTURE(message);
        Mortal mortal;
        mortal.world.io->on_error([kill = mortal.kill()](const EventFailure&) mutable { kill(); });
        mortal.world.io->on("throws", [] { throw std::runtime_error("ouch"); });
        mortal.world.io->on("number", [](int) {});
        WebSocketClient client(mortal.world);
        if (message.empty()) {
            mortal.world.pass(46s);  // the connect timeout
        } else {
            client.join();
            client.send(message);
        }
        mortal.check_gone();
    }
}

TEST_CASE("whoever is asked about a handshake may destroy the server") {
    for (const std::string_view transport : {"websocket", "polling"}) {
        Mortal* self = nullptr;
        Mortal mortal(ServerOptions{.allow_request = [&](const Handshake&) {
            self->kill()();
            return true;
        }});
        self = &mortal;
        net::SimulatedPeer& peer = mortal.world.network.connect(static_cast<std::uint16_t>(mortal.world.app.port()));
        peer.send("GET /socket.io/?EIO=4&transport=" + std::string(transport) + " HTTP/1.1\r\nHost: simulated\r\n" +
                  (transport == "polling" ? "\r\n"
                                          : "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                                            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        mortal.world.settle();
        CAPTURE(transport);
        CHECK(peer.received().substr(0, 12) == (transport == "polling" ? "HTTP/1.1 403" : "HTTP/1.1 400"));
        mortal.check_gone();
    }
}

TEST_CASE("a handler may replace its server by another one at the same path") {
    World world;
    int joined = 0;
    world.io->on("again", [&] {
        world.io.reset();
        world.io.emplace(world.app);
        world.io->on_connection([&] { ++joined; });
    });
    WebSocketClient client(world);
    client.join();
    client.send(R"(42["again"])");
    WebSocketClient other(world);
    other.join();
    CHECK(joined == 1);
    CHECK(world.io->clients_count() == 1);
}

TEST_CASE("a server with an application of its own may be destroyed by its own handler, and its run ends") {
    auto io = std::make_unique<Server>();
    io->listen({.port = 0, .host = "127.0.0.1"});
    io->application().loop().post([&] { io.reset(); });
    CHECK(io->run({.stop_on_signals = false}) == 0);
    CHECK(io == nullptr);
}
