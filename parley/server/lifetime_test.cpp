// SPDX-License-Identifier: MIT
// What is still there, and what is not, when sockets, servers and applications end.
#include <doctest/doctest.h>

#include <optional>

#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

TEST_CASE("a handle outlives its socket, and does nothing any more") {
    World world;
    WebSocketClient client(world);
    const Socket socket = world.io->find_socket(client.join());
    socket.data() = "kept";
    client.vanish();
    CHECK_FALSE(socket.connected());
    CHECK_FALSE(socket.emit("e"));
    CHECK_FALSE(socket.join("room"));
    CHECK_FALSE(socket.leave("room"));
    CHECK_FALSE(socket.disconnect());
    CHECK(socket.rooms().empty());
    CHECK(socket.data() == "kept");
    CHECK(socket.id().size() == 20);
    socket.on("e", [socket] {});
    world.io.reset();
    CHECK_FALSE(socket.emit("e", [](Result<Json>) {}));
    CHECK_FALSE(socket.broadcast().emit("e"));
    CHECK(socket.nsp().name() == "/");
    const Socket nobody;
    CHECK_FALSE(nobody);
    CHECK_FALSE(nobody.emit("e", 1));
    CHECK(nobody.id().empty());
    CHECK(nobody.data().is_null());
    CHECK_FALSE(nobody.broadcast().emit("e"));
    CHECK(nobody.broadcast().local_sockets().empty());
    nobody.nsp().on("e", [] {});
    CHECK(nobody.nsp().name().empty());
}

TEST_CASE("handlers that own their socket do not keep it for ever") {
    struct Witness {
        explicit Witness(int& alive_count) : alive(&alive_count) { ++*alive; }
        Witness(const Witness& other) : alive(other.alive) { ++*alive; }
        Witness& operator=(const Witness&) = delete;
        ~Witness() { --*alive; }
        int* alive;
    };
    int alive = 0;
    World world;
    world.io->on_connection([&](Socket socket) {
        socket.on("e", [socket, witness = Witness(alive)] {});
        socket.on_disconnect([socket, witness = Witness(alive)] {});
        socket.emit("ask", [socket, witness = Witness(alive)](Json) {});
    });
    WebSocketClient client(world);
    client.join();
    CHECK(alive == 3);
    client.vanish();
    CHECK(alive == 0);
}

TEST_CASE("destroying the server cuts everybody and calls nobody") {
    World world;
    int calls = 0;
    WebSocketClient client(world);
    world.io->on_disconnect([&] { ++calls; });
    const Socket socket = world.io->find_socket(client.join());
    const Namespace root = *world.io;
    CHECK(root.local_sockets().size() == 1);
    socket.emit("ask", [&](Result<Json>) { ++calls; });
    client.receive();
    world.io.reset();
    CHECK(root.local_sockets().empty());
    CHECK_FALSE(root.find_socket(socket.id()));
    CHECK_FALSE(root.emit("e"));
    world.settle();
    CHECK(calls == 0);
    CHECK_FALSE(socket.connected());
}

TEST_CASE("closing the server tells every socket, and its application ends") {
    World world;
    std::vector<DisconnectReason> reasons;
    world.io->on_disconnect([&](DisconnectReason reason) { reasons.push_back(reason); });
    WebSocketClient client(world);
    client.join();
    PollingClient poller(world);
    poller.start_get();
    poller.post("40");
    poller.take_get();
    poller.start_get();
    world.io->close();
    CHECK(client.receive() == Words{"closed"});
    CHECK(poller.take_get() == "1");
    CHECK(reasons == std::vector(2, DisconnectReason::server_shutting_down));
    CHECK(world.io->clients_count() == 0);
    net::SimulatedPeer& late = world.network.connect(1);
    world.settle();
    CHECK(late.is_closed());
}

TEST_CASE("closing the server ends each run, not only the first") {
    World world;
    for (int run = 0; run < 2; ++run) {
        CAPTURE(run);
        WebSocketClient client(world);
        client.join();
        world.io->close();
        world.app.run({.stop_on_signals = false});
        world.settle();
        CHECK(client.is_closed());
        CHECK(world.app.port() == 0);
        world.app.listen(ListenOptions{.port = 0, .host = "127.0.0.1"});
    }
}

TEST_CASE("a disconnect handler may close the server again, and disconnect the others") {
    World world;
    Words reasons;
    world.io->on_disconnect([&](Socket, DisconnectReason reason) {
        reasons.emplace_back(to_string(reason));
        world.io->close();
        world.io->disconnect_sockets(true);
    });
    WebSocketClient first(world);
    WebSocketClient second(world);
    first.join();
    second.join();
    world.io->close();
    world.settle();
    REQUIRE(reasons.size() == 2);
    CHECK(reasons[0] == "server shutting down");
    CHECK(world.io->clients_count() == 0);
}

TEST_CASE("whoever hears of a bad packet may close the server") {
    for (const bool joins : {true, false}) {
        World world;
        int failures = 0;
        world.io->on_error([&](const EventFailure&) {
            ++failures;
            world.io->close();
        });
        WebSocketClient client(world);
        if (joins) {
            client.join();
            client.send("4abc");
        } else {
            world.pass(46s);  // the connect timeout
        }
        world.settle();
        CHECK(failures == 1);
        CHECK(world.io->clients_count() == 0);
    }
}

TEST_CASE("a client that comes in the middle of a stop is gone when the run has ended") {
    net::SimulatedNetwork network(1, {.cut = false, .delay = false});
    Application app(network.loop());
    Server io(app);
    app.listen(ListenOptions{.port = 80, .host = {}});
    net::SimulatedPeer& peer = network.connect(80);
    peer.send("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n");
    network.plan(std::chrono::seconds(1), [&] { app.stop(); });
    network.plan(std::chrono::seconds(2), [&] { peer.send("Host: x\r\n\r\n"); });
    app.run({.stop_on_signals = false});
    CHECK(peer.received().starts_with("HTTP/1.1 200"));
    CHECK(io.clients_count() == 0);
}

TEST_CASE("a server whose application is gone does nothing any more") {
    net::SimulatedNetwork network(1);
    std::optional<Application> app(std::in_place, network.loop());
    std::optional<Server> io(std::in_place, *app);
    app->listen(ListenOptions{.port = 0, .host = "127.0.0.1"});
    int calls = 0;
    Socket socket;
    io->on_connection([&](Socket joined) { socket = joined; });
    io->on_disconnect([&] { ++calls; });
    net::SimulatedPeer& peer = network.connect(static_cast<std::uint16_t>(app->port()));
    peer.send(
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    network.run_until_idle();
    peer.send(
        {"\x81\x82\0\0\0\0"
         "40",
         8});
    network.run_until_idle();
    REQUIRE(socket.connected());
    app.reset();
    CHECK_FALSE(socket.connected());
    CHECK_FALSE(socket.emit("e"));
    CHECK_FALSE(io->emit("e"));
    CHECK(io->clients_count() == 0);
    io->close();
    network.run_until_idle();
    io.reset();
}
