// SPDX-License-Identifier: MIT
// Every member of the handles, called from another thread than the one that runs the server: those that belong to that
// thread are refused, all others go on.
#include <doctest/doctest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/foreign_call.hpp"
#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;
using parley::test::ForeignCall;
using parley::test::ForeignMember;

namespace {

// A world with one client, and all that may be called in it.
struct Foreign {
    Foreign() : client(world), socket(world.io->find_socket(client.join())) {}

    ForeignCall call(Function<bool()>& function) {
        return parley::test::call_from_elsewhere(world.network.loop(), [this] { world.settle(); }, function);
    }

    World world;
    WebSocketClient client;
    Socket socket;
};

// What a call that returns nothing says: it came back.
template <typename F>
Function<bool()> returns(F function) {
    return [function]() mutable {
        function();
        return true;
    };
}

template <typename F>
Function<bool()> throws_setup_error(F function) {
    return [function]() mutable {
        try {
            function();
        } catch (const SetupError&) {
            return true;
        }
        return false;
    };
}

// Those of the server and of its namespaces that belong to its thread.
std::vector<ForeignMember> members_of_server(Server& io, Socket& socket) {
    std::vector<ForeignMember> members;
    const auto add = [&](std::string_view name, Function<bool()> call) { members.push_back({name, std::move(call)}); };
    add("Server::of()", [&] { return io.of("/new").name().empty(); });
    add("Server::on_error()", returns([&] { io.on_error([](const EventFailure&) {}); }));
    add("ServerEngine::use()", returns([&] { io.engine().use([](Request&, Response, const Next& next) { next(); }); }));
    add("ServerEngine::on_headers()", returns([&] { io.engine().on_headers([](ResponseHeaders&, Request&) {}); }));
    add("ServerEngine::on_initial_headers()",
        returns([&] { io.engine().on_initial_headers([](ResponseHeaders&, Request&) {}); }));
    add("Application::listen()", throws_setup_error([&] { io.listen(0); }));
    add("Application::listen()", throws_setup_error([&] { io.listen(ListenOptions{}); }));
    add("Application::listen()", [&] { return !io.try_listen({}); });
    add("Namespace::on()", returns([&] { io.on("e", [] {}); }));
    add("Namespace::on()", returns([&] { io.on_connection([] {}); }));
    add("Namespace::on()", returns([&] { io.on_disconnect([] {}); }));
    add("Namespace::on()", returns([&] { io.on_disconnecting([] {}); }));
    add("Namespace::once()", returns([&] { io.once("e", [] {}); }));
    add("Namespace::off()", returns([&] { io.off("e"); }));
    add("Namespace::on_any()", returns([&] { io.on_any([](std::string_view, Arguments) {}); }));
    add("Namespace::prepend_any()", returns([&] { io.prepend_any([](std::string_view, Arguments) {}); }));
    add("Namespace::off_any()", returns([&] { io.off_any(); }));
    add("Namespace::on_server_side()", returns([&] { io.on_server_side("e", [] {}); }));
    add("Namespace::use()", returns([&] { io.use([](Socket, const SocketNext& next) { next(); }); }));
    add("Namespace::rooms()", [&] { return io.rooms().empty(); });
    add("Namespace::find_socket()", [&] { return !io.find_socket(socket.id()); });
    add("BroadcastOperator::local_sockets()", [&] { return io.local_sockets().empty(); });
    add("BroadcastOperator::local_sockets()", [&] { return io.to("room").local_sockets().empty(); });
    return members;
}

std::vector<ForeignMember> members_of_socket(Socket& socket) {
    std::vector<ForeignMember> members;
    const auto add = [&](std::string_view name, Function<bool()> call) { members.push_back({name, std::move(call)}); };
    add("Socket::transport()", [&] { return socket.transport() == Transport::polling; });
    add("Socket::data()", [&] { return socket.data().is_null(); });
    add("Socket::rooms()", [&] { return socket.rooms().empty(); });
    add("Socket::on()", returns([&] { socket.on("e", [] {}); }));
    add("Socket::on()", returns([&] { socket.on_disconnect([] {}); }));
    add("Socket::on()", returns([&] { socket.on_disconnecting([] {}); }));
    add("Socket::once()", returns([&] { socket.once("e", [] {}); }));
    add("Socket::off()", returns([&] { socket.off("e"); }));
    add("Socket::on_any()", returns([&] { socket.on_any([](std::string_view, Arguments) {}); }));
    add("Socket::prepend_any()", returns([&] { socket.prepend_any([](std::string_view, Arguments) {}); }));
    add("Socket::off_any()", returns([&] { socket.off_any(); }));
    return members;
}

// Those that any thread may call.
std::vector<ForeignMember> members_of_any_thread(Server& io, Socket& socket) {
    std::vector<ForeignMember> members;
    const auto add = [&](std::string_view name, Function<bool()> call) { members.push_back({name, std::move(call)}); };
    add("Server::application()", returns([&] { static_cast<void>(io.application()); }));
    add("Server::port()", [&] { return io.port() > 0; });
    add("Server::counters()", [&] { return io.counters().handlers_failed == 0; });
    add("Server::clients_count()", returns([&] { static_cast<void>(io.clients_count()); }));
    add("Namespace::sockets_count()", returns([&] { static_cast<void>(io.sockets_count()); }));
    add("Server::post()", returns([&] { io.post([] {}); }));
    add("Server::after()", [&] { return io.after(1h, [] {}).is_pending(); });
    add("Server::every()", returns([&] { io.every(1h, [] {}).cancel(); }));
    add("Server::stop()", returns([&] { io.stop(); }));
    add("Server::close()", returns([&] { io.close(); }));
    add("Namespace::name()", [&] { return io.name() == "/"; });
    add("Namespace::emit()", [&] { return io.emit("e", 1) && io.emit("e", [](std::vector<int>) {}); });
    add("Namespace::server_side_emit()", [&] { return io.server_side_emit("e", [](std::vector<int>) {}) == true; });
    add("Namespace::send()", [&] { return io.send("e") == true; });
    add("BroadcastOperator", [&] {
        return io.to("a").in("b").except("c").volatile_().local().timeout(1s).emit("e") && io.in("a").emit("e") &&
               io.except("a").emit("e") && io.volatile_().emit("e") && io.local().emit("e") && io.timeout(1s).send("e");
    });
    add("BroadcastOperator::fetch_sockets()",
        [&] { return io.fetch_sockets([](std::vector<RemoteSocket>) {}) && io.in("a").fetch_sockets([](auto) {}); });
    add("BroadcastOperator", returns([&] {
            io.sockets_join("a");
            io.sockets_leave("a");
            io.disconnect_sockets();
        }));
    add("Socket::id()", [&] { return socket.id().size() == 20 && socket.connected() && socket.auth().is_object(); });
    add("Socket::nsp()",
        [&] { return socket.nsp().name() == "/" && socket.handshake().url.starts_with("/socket.io"); });
    add("Socket::join()", [&] { return socket.join("a") && socket.leave("a"); });
    add("Socket::emit()", [&] {
        return socket.emit("e", 1) && socket.emit("e", [](Result<int>) {}) && socket.send(1) &&
               socket.timeout(1s).emit("e") && socket.volatile_().emit("e");
    });
    add("Socket::broadcast()", [&] {
        return socket.broadcast().emit("e") && socket.to("a").emit("e") && socket.in("a").emit("e") &&
               socket.except("a").emit("e") && socket.local().emit("e");
    });
    add("Socket::disconnect()", [&] { return socket.disconnect() && socket.disconnect(true); });
    return members;
}

}  // namespace

TEST_CASE("another thread that calls what belongs to the server's is told so by name, and breaks nothing") {
    Foreign foreign;
    foreign.socket.data() = Json();
    std::vector<ForeignMember> members = members_of_server(*foreign.world.io, foreign.socket);
    for (ForeignMember& member : members_of_socket(foreign.socket))
        members.push_back(std::move(member));
    for (ForeignMember& member : members) {
        const ForeignCall call = foreign.call(member.call);
        CAPTURE(member.name);
        CAPTURE(call.says);
#if defined(NDEBUG)
        if (member.name.ends_with("_count()")) continue;  // a number, which costs nothing to read
#endif
        CHECK(parley::test::is_refused(call, member.name));
    }
}

#if !defined(NDEBUG)
TEST_CASE("another thread that destroys a server which runs is told so") {
    Foreign foreign;
    Function<bool()> destroy = returns([&] { foreign.world.io.reset(); });
    const ForeignCall call = foreign.call(destroy);
    CHECK(call.is_aborted);
    CHECK(call.says ==
          "parley: ~Server() was called from another thread than the one that runs the loop: call close(), and destroy "
          "it when run() has returned\n");
}
#endif

TEST_CASE("what any thread may call is not refused to one") {
    Foreign foreign;
    for (ForeignMember& member : members_of_any_thread(*foreign.world.io, foreign.socket)) {
        const ForeignCall call = foreign.call(member.call);
        CAPTURE(member.name);
        CHECK(call.says == "");
        CHECK(call.is_neutral);
    }
}

TEST_CASE("before run() and behind it, every member is anybody's") {
    Foreign foreign;
    Server& io = *foreign.world.io;
    std::jthread([&] {
        CHECK(io.local_sockets().size() == 1);
        CHECK(io.rooms().size() == 1);
        CHECK(io.find_socket(foreign.socket.id()) == foreign.socket);
        CHECK(foreign.socket.rooms().size() == 1);
        CHECK(foreign.socket.transport() == Transport::websocket);
        foreign.socket.data() = Json(true);
        io.on("e", [&] { io.emit("heard"); });
    }).join();
    CHECK(foreign.client.ask(R"(42["e"])") == Words{R"(42["heard"])"});
}

#if defined(NDEBUG)
TEST_CASE("what another thread registers while the server runs is registered a little later") {
    Foreign foreign;
    Server& io = *foreign.world.io;
    Function<bool()> do_register = returns([&] {
        io.on("e", [&] { io.emit("heard by all"); });
        foreign.socket.on("e", [&] { io.emit("heard by one"); });
    });
    CHECK(
        parley::test::call_in_foreign_turn(foreign.world.network.loop(), [&] { foreign.world.settle(); }, do_register));
    CHECK(foreign.client.ask(R"(42["e"])") == Words{R"(42["heard by all"])", R"(42["heard by one"])"});
}
#endif
