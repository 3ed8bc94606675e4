// SPDX-License-Identifier: MIT
// Functions that are none: what registers refuses them at once, what replaces a handler takes it away, what runs one
// later does not.
#include <doctest/doctest.h>

#include <functional>
#include <string_view>
#include <vector>

#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

namespace {

template <typename Handle>
void check_refused(const Handle& handle) {
    void (*const null)(int) = nullptr;
    constexpr Event<void(int)> number{"number"};
    CHECK_THROWS_AS(handle.on("e", std::function<void(Socket, int)>()), SetupError);
    CHECK_THROWS_AS(handle.on("e", null), SetupError);
    CHECK_THROWS_AS(handle.on(number, null), SetupError);
    CHECK_THROWS_AS(handle.once("e", Function<void(int)>()), SetupError);
    CHECK_THROWS_AS(handle.once(number, std::function<void(int)>()), SetupError);
    CHECK_THROWS_AS(handle.on_any(std::function<void(std::string_view, Arguments)>()), SetupError);
    CHECK_THROWS_AS(handle.prepend_any(std::function<void(Socket&, std::string_view, Arguments)>()), SetupError);
    CHECK_THROWS_AS(handle.on_disconnect(std::function<void()>()), SetupError);
    CHECK_THROWS_AS(handle.on_disconnecting(std::function<void(Socket, DisconnectReason)>()), SetupError);
}

}  // namespace

TEST_CASE("a handler or a middleware without a function is refused when it is registered") {
    World world;
    Server& io = *world.io;
    check_refused(static_cast<const Namespace&>(io));
    CHECK_THROWS_WITH_AS(io.on("e", std::function<void()>()), "Namespace::on() needs a function: this one is empty.",
                         SetupError);
    CHECK_THROWS_AS(io.on_connection(std::function<void(Socket)>()), SetupError);
    CHECK_THROWS_AS(io.use(std::function<void(Socket, SocketNext)>()), SetupError);
    io.on_connection([](Socket& socket) { check_refused(socket); });
    WebSocketClient client(world);
    client.join();
    CHECK(client.ask(R"(420["e",1])").empty());
    CHECK(world.failures.empty());
}

TEST_CASE("an empty function behind an emit asks for no acknowledgement") {
    World world;
    WebSocketClient client(world);
    const Socket socket = world.io->find_socket(client.join());
    CHECK(socket.emit("a", 1, std::function<void(Result<int>)>()));
    CHECK(socket.emit("b", Function<void(int)>()));
    CHECK(socket.emit("c", std::function<void(Result<void>, int)>()));
    CHECK(world.io->emit("d", std::function<void(std::vector<int>)>()));
    CHECK(world.io->emit("e", std::function<void(Result<std::vector<int>>)>()));
    CHECK(world.io->emit("f", std::function<void(Result<void>, std::vector<int>)>()));
    CHECK(client.receive() ==
          Words{R"(42["a",1])", R"(42["b"])", R"(42["c"])", R"(42["d"])", R"(42["e"])", R"(42["f"])"});
}

TEST_CASE("a hook of which there is one is taken away by an empty function") {
    World world(ServerOptions{.allow_request = std::function<bool(const Handshake&)>()});
    world.io->on_error(nullptr);
    world.io->post(std::function<void()>());
    WebSocketClient client(world);
    CHECK(client.join().size() == 20);
    CHECK(world.failures.empty());
}
