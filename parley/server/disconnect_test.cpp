// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>
#include <malloc.h>

#include <stdexcept>
#include <string>

#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

namespace {

// A world that writes down who left and why.
struct Watched {
    explicit Watched(ServerOptions options = {}) : world(std::move(options)) {
        world.io->on_disconnecting([this](Socket socket, DisconnectReason reason) {
            notes.push_back("disconnecting " + std::string(to_string(reason)) + " " +
                            std::to_string(socket.rooms().size()));
        });
        world.io->on_disconnect([this](Socket socket, std::string reason) {
            notes.push_back(reason + " " + std::to_string(socket.rooms().size()) + (socket.connected() ? " on" : ""));
        });
    }

    World world;
    Words notes;
};

}  // namespace

TEST_CASE("the reasons of a disconnect are the official words") {
    Watched watched;
    WebSocketClient client(watched.world);
    const Socket socket = watched.world.io->find_socket(client.join());
    socket.join("room");

    SUBCASE("the client leaves the namespace") {
        CHECK(client.ask("41").empty());
        CHECK(watched.notes == Words{"disconnecting client namespace disconnect 2", "client namespace disconnect 0"});
        CHECK_FALSE(client.is_closed());
        client.join();
    }
    SUBCASE("the server puts it out of the namespace") {
        CHECK(socket.disconnect());
        CHECK(client.receive() == Words{"41"});
        CHECK(watched.notes == Words{"disconnecting server namespace disconnect 2", "server namespace disconnect 0"});
        CHECK_FALSE(client.is_closed());
        CHECK_FALSE(socket.disconnect());
    }
    SUBCASE("the server closes its connection") {
        CHECK(socket.disconnect(true));
        CHECK(client.receive() == Words{"41", "closed"});
        CHECK(watched.notes == Words{"disconnecting server namespace disconnect 2", "server namespace disconnect 0"});
    }
    SUBCASE("the client closes its WebSocket") {
        client.close_frame();
        CHECK(watched.notes == Words{"disconnecting transport close 2", "transport close 0"});
    }
    SUBCASE("the connection breaks") {
        client.vanish();
        REQUIRE(watched.notes.size() == 2);
        CHECK(watched.notes[1].starts_with("transport "));
    }
    SUBCASE("the client falls silent") {
        watched.world.pass(46s);
        CHECK(watched.notes == Words{"disconnecting ping timeout 2", "ping timeout 0"});
    }
    SUBCASE("the client sends what is no Engine.IO packet") {
        client.send("abc");
        CHECK(watched.notes == Words{"disconnecting parse error 2", "parse error 0"});
    }
    SUBCASE("the client sends a ping, which is the server's to send") {
        client.send("2");
        CHECK(watched.notes == Words{"disconnecting transport error 2", "transport error 0"});
    }
    SUBCASE("the client sends what is no Socket.IO packet") {
        client.send("4abc");
        CHECK(watched.notes == Words{"disconnecting forced close 2", "forced close 0"});
    }
    SUBCASE("a message is larger than allowed") {
        client.send(std::string(1'000'001, '4'));
        CHECK(watched.notes == Words{"disconnecting transport error 2", "transport error 0"});
        const Words words = client.receive();
        REQUIRE(words.size() == 1);
        CHECK(words[0].starts_with("closed 1009"));
    }
    SUBCASE("the server is closed") {
        watched.world.io->close();
        CHECK(client.receive() == Words{"closed"});
        CHECK(watched.notes == Words{"disconnecting server shutting down 2", "server shutting down 0"});
    }
}

TEST_CASE("bad packets close the connection, as the official server does, and nobody else's") {
    const std::string_view after_connect[] = {
        "40",
        "4",
        "42[]",
        "42{}",
        "42[null]",
        R"(42["connect"])",
        R"(42["disconnecting"])",
        R"(42abc["x"])",
        R"(44{"message":"x"})",
        R"(41{"a":1})",
        "47",
        "4abc",
        R"(4511-["x"])",
        R"(450-["x"])",
        R"(45-["x"])",
        R"(42/other,["x"])",
        R"(43/other,1["x"])",
        "41/other,",
        R"(42["x"]])",
        R"(42["x",1e999])",
        "4 ",
        R"(451-["x",{"_placeholder":true,"num":1}])",
        R"(42[{"toString":"foo"}])",
        "4/",
    };
    for (const std::string_view bad : after_connect) {
        CAPTURE(bad);
        Watched watched;
        WebSocketClient client(watched.world);
        WebSocketClient other(watched.world);
        other.join();
        client.join();
        CHECK(client.ask(bad) == Words{"closed"});
        CHECK(watched.notes == Words{"disconnecting forced close 1", "forced close 0"});
        CHECK(watched.world.io->counters().packets_refused == 1);
        CHECK(watched.world.failures.size() == 1);
        CHECK(other.ask("41").empty());
    }
    for (const std::string_view bad : {R"(42["x"])", "40[]", R"(40"abc")", "41", "430[]"}) {
        CAPTURE(bad);
        World world;
        WebSocketClient client(world);
        CHECK(client.ask(bad) == Words{"closed"});
    }
}

TEST_CASE("text among attachments, a stray attachment and a deep payload close the connection") {
    World world;
    {
        WebSocketClient client(world);
        client.join();
        client.send_soon(R"(451-["x",{"_placeholder":true,"num":0}])");
        CHECK(client.ask(R"(42["y"])") == Words{"closed"});
    }
    {
        WebSocketClient client(world);
        client.join();
        client.send_binary("x");
        CHECK(client.receive() == Words{"closed"});
    }
    {
        WebSocketClient client(world);
        client.join();
        const auto nested = [](int depth) {
            return "42[\"m\"," + std::string(static_cast<std::size_t>(depth), '[') +
                   std::string(static_cast<std::size_t>(depth), ']') + "]";
        };
        world.io->on("m", [](Socket socket, Json value) { socket.emit("m", value); });
        CHECK(client.ask(nested(127)) == Words{nested(127)});
        CHECK(client.ask(nested(128)) == Words{"closed"});
    }
    CHECK(world.io->clients_count() == 0);
}

TEST_CASE("packets that are odd but allowed close nothing") {
    World world;
    WebSocketClient client(world);
    client.join();
    for (const std::string_view odd :
         {"42", R"(42[1,"a"])", "4399[\"x\"]", "4399", R"(42["error",{}])", "0", "3", "5", "6"}) {
        CAPTURE(odd);
        CHECK(client.ask(odd).empty());
    }
    CHECK_FALSE(client.is_closed());
}

TEST_CASE("events behind a disconnect of the server's are dropped, and the client may come back") {
    World world;
    int events = 0;
    world.io->on("e", [&](Socket socket) {
        ++events;
        socket.disconnect();
    });
    WebSocketClient client(world);
    client.join();
    client.send_soon(R"(42["e"])");
    client.send_soon(R"(42["e"])");
    CHECK(client.receive() == Words{"41"});
    CHECK(events == 1);
    client.join();
    client.send(R"(42["e"])");
    CHECK(events == 2);
}

TEST_CASE("handlers of the end may throw, emit, and end it again") {
    World world;
    Words notes;
    world.io->on_disconnecting([&](Socket socket) {
        CHECK_FALSE(socket.emit("too late"));
        CHECK_FALSE(socket.disconnect(true));
        socket.to("room").emit("left", socket.id() == "");
        throw std::runtime_error("ouch");
    });
    world.io->on_disconnect([&](Socket socket) { notes.push_back(socket.connected() ? "on" : "off"); });
    WebSocketClient a(world);
    WebSocketClient b(world);
    world.io->find_socket(a.join()).join("room");
    world.io->find_socket(b.join()).join("room");
    a.vanish();
    CHECK(b.receive() == Words{R"(42["left",false])"});
    CHECK(notes == Words{"off"});
    CHECK(world.failures == Words{"disconnecting: ouch"});
}

TEST_CASE("a connection that ends takes all its namespaces with it") {
    World world;
    Words notes;
    world.io->on_disconnect([&] { notes.push_back("/"); });
    world.io->of("/admin").on_disconnect([&](Socket socket) { notes.push_back(socket.nsp().name()); });
    WebSocketClient client(world);
    client.join();
    client.join("/admin");
    SUBCASE("by the client") {
        client.vanish();
    }
    SUBCASE("by the server") {
        world.io->disconnect_sockets(true);
        CHECK(client.receive() == Words{"41", "41/admin,", "closed"});
    }
    CHECK(notes == Words{"/", "/admin"});
}

TEST_CASE("closing over polling says goodbye behind what was said before") {
    World world;
    world.io->on("bye", [](Socket socket) {
        socket.emit("last words");
        socket.disconnect(true);
    });
    PollingClient client(world);
    client.start_get();
    client.post("40");
    client.take_get();
    client.post("42[\"bye\"]");
    CHECK(world.io->sockets_count() == 0);
    // Clients act on a goodbye before they look at what stands before it in the same payload.
    CHECK(client.get() ==
          "42[\"last words\"]\x1e"
          "41");
    CHECK(client.get() ==
          "6\x1e"
          "1");
}

TEST_CASE("a middleware that lets a socket in after its connection was closed lets nobody in") {
    World world;
    SocketNext waiting;
    int connections = 0;
    world.io->use([&](Socket, SocketNext next) { waiting = next; });
    world.io->on_connection([&](Socket) { ++connections; });
    WebSocketClient client(world);
    client.send("40");
    client.send("4abc");
    waiting();
    world.settle();
    CHECK(connections == 0);
    CHECK(world.io->sockets_count() == 0);
}

TEST_CASE("a client that leaves and joins again, or is put out, keeps nothing of the sockets it had") {
    World world;
    WebSocketClient client(world);
    const std::string join = "40{\"says\":\"" + std::string(8'000, 'x') + "\"}";
    const auto cycle = [&](int times) {
        for (int i = 0; i < times; ++i) {
            REQUIRE(client.ask(join).size() == 1);
            if (i % 2 == 0) {
                client.send("41");
            } else {
                world.io->disconnect_sockets();
                REQUIRE(client.receive() == Words{"41"});
            }
            CHECK(world.io->sockets_count() == 0);
        }
    };
    cycle(8);
    const std::size_t before = mallinfo2().uordblks;
    cycle(20);
    // The sanitizers' heap does not count; there this is 0.
    CHECK(mallinfo2().uordblks < before + 40'000);
}
