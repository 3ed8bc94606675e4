// SPDX-License-Identifier: MIT
// Every member of a handle whose thing has gone: a no-op with a neutral answer, or SetupError, and never more.
#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tests/support/descriptors.hpp"
#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

namespace {

// Where the server still lives, the others in the namespace can be reached.
void check_nobody(const Socket& socket, bool reaches_others = false) {
    CHECK_FALSE(socket.connected());
    CHECK_FALSE(socket.emit("e", 1));
    CHECK_FALSE(socket.emit("e", [](Result<int>) { FAIL("called"); }));
    CHECK_FALSE(socket.send("e"));
    CHECK_FALSE(socket.join("a"));
    CHECK_FALSE(socket.leave("a"));
    CHECK_FALSE(socket.disconnect());
    CHECK_FALSE(socket.disconnect(true));
    CHECK(socket.rooms().empty());
    CHECK(socket.transport() == Transport::polling);
    CHECK(socket.broadcast().emit("e") == reaches_others);
    CHECK(socket.to("a").emit("e") == reaches_others);
    CHECK(socket.except("a").emit("e") == reaches_others);
    CHECK(socket.local().emit("e") == reaches_others);
    CHECK_FALSE(socket.timeout(1s).emit("e"));
    CHECK_FALSE(socket.volatile_().emit("e"));
    CHECK_FALSE(socket.auth().contains("token"));
    CHECK(socket.data().is_null());
    static_cast<void>(socket.handshake());
    static_cast<void>(socket.id());
    socket.on("e", [socket] {});
    socket.once("e", [socket] {});
    socket.on_any([socket](std::string_view, Arguments) {});
    socket.prepend_any([socket](std::string_view, Arguments) {});
    socket.on_disconnect([socket] {});
    socket.on_disconnecting([socket] {});
    socket.off("e");
    socket.off_any();
}

// `keeps` handlers where the server still lives: they must not own what owns them.
void check_nobody(const Namespace& nsp, bool keeps) {
    CHECK_FALSE(nsp.emit("e", 1));
    CHECK_FALSE(nsp.emit("e", [](std::vector<int>) { FAIL("called"); }));
    CHECK_FALSE(nsp.send("e"));
    CHECK_FALSE(nsp.server_side_emit("e", [](std::vector<int>) { FAIL("called"); }));
    CHECK_FALSE(nsp.to("a").except("b").volatile_().local().timeout(1s).emit("e"));
    CHECK(nsp.local_sockets().empty());
    CHECK_FALSE(nsp.fetch_sockets([](const std::vector<RemoteSocket>&) { FAIL("called"); }));
    nsp.sockets_join("a");
    nsp.sockets_leave("a");
    nsp.disconnect_sockets(true);
    CHECK(nsp.rooms().empty());
    CHECK(nsp.sockets_count() == 0);
    CHECK_FALSE(nsp.find_socket("x"));
    static_cast<void>(nsp.name());
    if (!keeps) {
        nsp.on("e", [nsp] {});
        nsp.once("e", [nsp] {});
        nsp.on_any([nsp](std::string_view, Arguments) {});
        nsp.prepend_any([nsp](std::string_view, Arguments) {});
        nsp.on_connection([nsp](Socket) {});
        nsp.on_disconnect([nsp] {});
        nsp.on_disconnecting([nsp] {});
        nsp.use([nsp](Socket, SocketNext) {});
    }
    nsp.off("e");
    nsp.off_any();
}

}  // namespace

TEST_CASE("the handles of nobody do nothing") {
    check_nobody(Socket());
    check_nobody(Namespace(), false);
    Ack().operator()(1);
    SocketNext()();
    SocketNext().refuse("no");
    HandshakeNext()();
    HandshakeNext().refuse("no");
    ScheduledCall().cancel();
    CHECK_FALSE(ScheduledCall().is_pending());
}

TEST_CASE("handles that were moved from do nothing, but for a socket, which is copied; gone ones do nothing, too") {
    World world;
    WebSocketClient client(world);
    Socket socket = world.io->find_socket(client.join());
    Namespace nsp = *world.io;
    BroadcastOperator everybody = nsp.everybody();
    const Socket kept = socket;
    const Namespace kept_nsp = nsp;
    {
        const Socket taken = std::move(socket);
        const Namespace taken_nsp = std::move(nsp);
        const BroadcastOperator taken_everybody = std::move(everybody);
        CHECK(socket == taken);  // NOLINT(bugprone-use-after-move)
        CHECK(socket.connected());
        check_nobody(nsp, false);          // NOLINT(bugprone-use-after-move)
        CHECK_FALSE(everybody.emit("e"));  // NOLINT(bugprone-use-after-move)
        CHECK(everybody.local_sockets().empty());
    }
    client.vanish();
    check_nobody(kept, true);
    world.io.reset();
    check_nobody(kept);
    check_nobody(kept_nsp, false);
}

TEST_CASE("a server whose application has gone does nothing, or says so") {
    net::SimulatedNetwork network(1);
    std::optional<Application> app(std::in_place, network.loop());
    Server io(*app);
    const Namespace admin = io.of("/admin");
    app.reset();
    CHECK_THROWS_AS(static_cast<void>(io.application()), SetupError);
    CHECK_THROWS_AS(io.listen(0), SetupError);
    CHECK_THROWS_AS(io.listen(ListenOptions{}), SetupError);
    CHECK_FALSE(io.try_listen({}));
    CHECK_THROWS_AS(io.run(), SetupError);
    CHECK(io.port() == 0);
    io.stop();
    io.close();
    io.post([] { FAIL("called"); });
    CHECK_FALSE(io.after(1ms, [] { FAIL("called"); }).is_pending());
    CHECK_FALSE(io.every(1ms, [] { FAIL("called"); }).is_pending());
    CHECK(io.clients_count() == 0);
    CHECK(io.counters().events_received == 0);
    io.on_error([](const EventFailure&) {});
    check_nobody(io.of("/new"), false);
    check_nobody(io, true);
    check_nobody(admin, true);
    network.run_until_idle();
}

TEST_CASE("a function that is none is not called") {
    World world;
    world.io->post(nullptr);
    CHECK_FALSE(world.io->after(1ms, {}).is_pending());
    CHECK_FALSE(world.io->every(1ms, nullptr).is_pending());
    world.pass(10ms);
    CHECK(world.failures.empty());
}

TEST_CASE("a server that its own handler destroys leaves nothing behind, however it was run") {
    const std::size_t before = parley::test::count_descriptors();
    for (const std::string_view way : {"server", "application", "by hand"}) {
        auto io = std::make_unique<Server>();
        io->listen({.port = 0, .host = "127.0.0.1"});
        io->post([&] { io.reset(); });
        const RunOptions how{.stop_on_signals = false};
        net::Loop& loop = io->application().loop();
        if (way == "server") CHECK(io->run(how) == 0);
        if (way == "application") CHECK(io->application().run(how) == 0);
        while (io != nullptr)
            loop.run_turn(loop.now() + 1s);
        CHECK(parley::test::count_descriptors() == before);
    }
}

TEST_CASE("a handler of a server may destroy the application, the server with it, or the server alone, in any order") {
    for (const std::string_view doomed : {"application", "application, server", "server, application"}) {
        for (const std::string_view moment : {"event", "connection", "disconnecting", "disconnect", "ack", "post"}) {
            CAPTURE(doomed);
            CAPTURE(moment);
            net::SimulatedNetwork network(1);
            std::optional<Application> app(std::in_place, network.loop());
            std::optional<Server> io(std::in_place, *app);
            app->listen(ListenOptions{.port = 80, .host = "127.0.0.1"});
            int ended = 0;
            const auto kill = [&, baggage = std::string(100, 'x')] {
                if (!app) return;
                if (doomed.starts_with("server")) io.reset();
                app.reset();
                if (doomed.ends_with("server")) io.reset();
                CHECK(baggage == std::string(100, 'x'));
            };
            const auto at = [&, kill](std::string_view now) {
                if (now == moment) kill();
            };
            io->on("event", [at] { at("event"); });
            io->on_connection([at](Socket& socket) {
                at("connection");
                socket.timeout(10ms).emit("ask", [at](Result<int>) { at("ack"); });
                socket.on_disconnecting([at] { at("disconnecting"); });
            });
            io->on_disconnect([&, at] {
                ++ended;
                at("disconnect");
            });
            for (const bool polls : {false, true}) {
                if (!app) break;
                net::SimulatedPeer& peer = network.connect(80);
                const std::string tail = polls ? "\r\n"
                                               : "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: "
                                                 "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
                peer.send(std::string("GET /socket.io/?EIO=4&transport=") + (polls ? "polling" : "websocket") +
                          " HTTP/1.1\r\nHost: simulated\r\n" + tail);
                network.run_until_idle();
                if (polls) continue;
                const auto text = [](std::string_view packet) {
                    return std::string{'\x81', static_cast<char>(0x80 | packet.size()), 0, 0, 0, 0}.append(packet);
                };
                peer.send(text("40"));
                peer.send(text(R"(42["event"])"));
                network.run_until_idle();
                if (moment == "ack") network.run_for(1s);
                if (moment.starts_with("disconnect")) peer.reset();
                network.run_until_idle();
            }
            if (moment == "post") io->post(kill);
            network.run_for(100ms);
            CHECK_FALSE(app);
            if (!io) continue;
            // Its clients were told, or were telling.
            CHECK(ended == 1);
            CHECK(io->clients_count() == 0);
            CHECK(io->port() == 0);
        }
    }
}
