// SPDX-License-Identifier: MIT
// Every member of a handle whose thing has gone: a no-op with a neutral answer, or SetupError, and never more.
#include <doctest/doctest.h>

#include <dirent.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

namespace {

std::size_t descriptors() {
    std::size_t count = 0;
    DIR* const directory = ::opendir("/proc/self/fd");
    while (::readdir(directory) != nullptr)
        ++count;
    ::closedir(directory);
    return count;
}

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
    CHECK(socket.auth().is_null());
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
    CHECK_FALSE(nsp.to("a").except("b").volatile_().local().timeout(1s).emit("e"));
    CHECK(nsp.fetch_sockets().empty());
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
    ScheduledCall().cancel();
    CHECK_FALSE(ScheduledCall().is_pending());
}

TEST_CASE("handles that were moved from, and those whose client or server has gone, do nothing") {
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
        check_nobody(socket);              // NOLINT(bugprone-use-after-move)
        check_nobody(nsp, false);          // NOLINT(bugprone-use-after-move)
        CHECK_FALSE(everybody.emit("e"));  // NOLINT(bugprone-use-after-move)
        CHECK(everybody.fetch_sockets().empty());
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
    const std::size_t before = descriptors();
    for (const bool by_application : {false, true}) {
        auto io = std::make_unique<Server>();
        io->listen({.port = 0, .host = "127.0.0.1"});
        io->post([&] { io.reset(); });
        const RunOptions how{.stop_on_signals = false};
        CHECK((by_application ? io->application().run(how) : io->run(how)) == 0);
        CHECK(io == nullptr);
        CHECK(descriptors() == before);
    }
}
