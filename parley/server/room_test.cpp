// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

namespace {

// Three clients in the root namespace: a and b in room "ab", b and c in room "bc".
struct Three {
    Three() : a(world), b(world), c(world) {
        socket_a = world.io->find_socket(a.join());
        socket_b = world.io->find_socket(b.join());
        socket_c = world.io->find_socket(c.join());
        socket_a.join("ab");
        CHECK(socket_b.join({"ab", "bc"}));
        socket_c.join("bc");
    }

    // Who got what since the last time, one letter each.
    std::string heard() {
        std::string text;
        for (const std::string& word : a.receive())
            text += "a" + word.substr(2);
        for (const std::string& word : b.receive())
            text += "b" + word.substr(2);
        for (const std::string& word : c.receive())
            text += "c" + word.substr(2);
        return text;
    }

    World world;
    WebSocketClient a, b, c;
    Socket socket_a, socket_b, socket_c;
};

}  // namespace

TEST_CASE("broadcasts reach whom their operators mean, each once") {
    Three three;
    Server& io = *three.world.io;
    io.emit("e");
    CHECK(three.heard() == R"(a["e"]b["e"]c["e"])");
    io.to("ab").emit("e", 1);
    CHECK(three.heard() == R"(a["e",1]b["e",1])");
    io.to("ab").to("bc").emit("e");
    CHECK(three.heard() == R"(a["e"]b["e"]c["e"])");
    io.to({"ab", "bc"}).except("bc").emit("e");
    CHECK(three.heard() == R"(a["e"])");
    io.except({"ab", "nobody"}).emit("e");
    CHECK(three.heard() == R"(c["e"])");
    io.in(three.socket_b.id()).emit("e");
    CHECK(three.heard() == R"(b["e"])");
    io.to("nobody").emit("e");
    CHECK(three.heard().empty());
    io.local().emit("e");
    CHECK(three.heard() == R"(a["e"]b["e"]c["e"])");
    io.send("hi");
    CHECK(three.heard() == R"(a["message","hi"]b["message","hi"]c["message","hi"])");
}

TEST_CASE("a socket broadcasts to everybody but itself") {
    Three three;
    three.socket_a.broadcast().emit("e");
    CHECK(three.heard() == R"(b["e"]c["e"])");
    three.socket_a.to("ab").emit("e");
    CHECK(three.heard() == R"(b["e"])");
    three.socket_a.to({"ab", "bc"}).emit("e");
    CHECK(three.heard() == R"(b["e"]c["e"])");
    three.socket_a.except("bc").emit("e");
    CHECK(three.heard().empty());
    three.socket_b.local().emit("e");
    CHECK(three.heard() == R"(a["e"]c["e"])");
    three.socket_c.in(three.socket_a.id()).emit("e");
    CHECK(three.heard() == R"(a["e"])");
}

TEST_CASE("operators leave the selection that they are made from as it was") {
    Three three;
    const BroadcastOperator ab = three.world.io->to("ab");
    static_cast<void>(ab.except("bc"));
    static_cast<void>(ab.to("bc"));
    ab.emit("e");
    CHECK(three.heard() == R"(a["e"]b["e"])");
}

TEST_CASE("binary in a broadcast stays with its text for everybody") {
    Three three;
    three.world.io->emit("e", to_bytes("xyz"), Json::object({{"deep", to_bytes("12")}}));
    const Words expected{R"(452-["e",{"_placeholder":true,"num":0},{"deep":{"_placeholder":true,"num":1}}])", "<xyz>",
                         "<12>"};
    CHECK(three.a.receive() == expected);
    CHECK(three.b.receive() == expected);
    CHECK(three.c.receive() == expected);
}

TEST_CASE("sockets know their rooms, and leave them") {
    Three three;
    CHECK(three.socket_b.rooms() == Words{three.socket_b.id(), "ab", "bc"});
    CHECK(three.socket_b.leave("ab"));
    CHECK_FALSE(three.socket_b.leave("ab"));
    CHECK(three.socket_b.rooms() == Words{three.socket_b.id(), "bc"});
    CHECK_FALSE(three.socket_b.join(std::string(256, 'r')));
    CHECK(three.socket_b.join(std::string(255, 'r')));
}

TEST_CASE("rooms may be named one by one, in braces, or by a list that the program made") {
    Three three;
    Server& io = *three.world.io;
    const std::vector<std::string> both{"ab", "bc"};
    io.to(both).emit("e");
    CHECK(three.heard() == R"(a["e"]b["e"]c["e"])");
    io.in(std::string("ab")).except(std::vector<std::string>{"bc"}).emit("e");
    CHECK(three.heard() == R"(a["e"])");
    io.to("ab").to({std::string("bc"), std::string("cd")}).except(both).emit("e");
    CHECK(three.heard().empty());
    io.to(std::vector<std::string>()).emit("e");
    CHECK(three.heard() == R"(a["e"]b["e"]c["e"])");
    io.sockets_join({"one", "two"});
    CHECK(three.socket_a.rooms() == Words{three.socket_a.id(), "ab", "one", "two"});
    io.in("bc").sockets_leave({"two", "one", "nowhere"});
    CHECK(three.socket_c.rooms() == Words{three.socket_c.id(), "bc"});
    io.sockets_leave(std::vector<std::string>{"one"});
    CHECK(three.socket_a.leave({"two", "one"}));
    CHECK_FALSE(three.socket_a.leave({"two", "one"}));
    CHECK(three.socket_a.join(both));
    CHECK(three.socket_a.leave(both));
    CHECK(three.socket_a.rooms() == Words{three.socket_a.id()});
}

TEST_CASE("a namespace lists the rooms that somebody is in") {
    Three three;
    Words rooms = three.world.io->rooms();
    std::ranges::sort(rooms);
    Words expected{three.socket_a.id(), three.socket_b.id(), three.socket_c.id(), "ab", "bc"};
    std::ranges::sort(expected);
    CHECK(rooms == expected);
    CHECK(three.world.io->of("/empty").rooms().empty());
}

TEST_CASE("a socket may be in so many rooms and no more") {
    World world(ServerOptions{.rooms_per_socket_max = 2});
    WebSocketClient client(world);
    const Socket socket = world.io->find_socket(client.join());
    CHECK(socket.join("1"));
    CHECK_FALSE(socket.join({"2", "3"}));
    CHECK(socket.join("2"));
    CHECK_FALSE(socket.join("3"));
    CHECK(socket.join("2"));
}

TEST_CASE("a selection of sockets can be fetched, moved and disconnected") {
    Three three;
    Server& io = *three.world.io;
    CHECK(io.local_sockets().size() == 3);
    REQUIRE(io.in("ab").except("bc").local_sockets().size() == 1);
    CHECK(io.in("ab").except("bc").local_sockets().front() == three.socket_a);
    io.in("ab").sockets_join("new");
    CHECK(io.in("new").local_sockets().size() == 2);
    io.in("bc").sockets_leave("new");
    CHECK(io.in("new").local_sockets() == std::vector<Socket>{three.socket_a});
    io.in("bc").disconnect_sockets();
    CHECK(three.b.receive() == Words{"41"});
    CHECK(three.c.receive() == Words{"41"});
    CHECK(io.sockets_count() == 1);
    io.disconnect_sockets(true);
    CHECK(three.a.receive() == Words{"41", "closed"});
    CHECK(io.sockets_count() == 0);
}

TEST_CASE("rooms, sockets and handlers of one namespace are not those of another") {
    Three three;
    const Namespace admin = three.world.io->of("/admin");
    int events = 0;
    admin.on("e", [&] { ++events; });
    three.a.join("/admin");
    CHECK(admin.sockets_count() == 1);
    three.a.send(R"(42["e"])");
    CHECK(events == 0);
    three.a.send(R"(42/admin,["e"])");
    CHECK(events == 1);
    admin.to("ab").emit("e");
    CHECK(three.heard().empty());
    admin.emit("e");
    CHECK(three.a.receive() == Words{R"(42/admin,["e"])"});
}

TEST_CASE("volatile events are dropped where the connection is busy, and counted") {
    World world;
    WebSocketClient busy(world);
    WebSocketClient idle(world);
    const Socket socket = world.io->find_socket(busy.join());
    idle.join();
    CHECK(socket.volatile_().emit("sent"));
    CHECK(busy.receive() == Words{R"(42["sent"])"});

    busy.peer().stop_reading();
    const std::string large(100'000, 'x');
    CHECK(socket.emit("large", large));
    world.settle();
    CHECK(socket.emit("large", large));
    CHECK(socket.volatile_().emit("dropped"));
    world.io->volatile_().emit("to whom it may reach");
    CHECK(world.io->counters().volatile_dropped == 2);
    CHECK(idle.receive() == Words{R"(42["to whom it may reach"])"});
    busy.peer().resume_reading();
    CHECK(busy.receive().size() == 2);
    CHECK(socket.volatile_().emit("again"));
    CHECK(busy.receive() == Words{R"(42["again"])"});
}

TEST_CASE("a client that does not read is closed when too much waits for it, and harms nobody") {
    World world;
    WebSocketClient slow(world);
    WebSocketClient quick(world);
    slow.join();
    quick.join();
    std::vector<DisconnectReason> reasons;
    world.io->on_disconnect([&](DisconnectReason reason) { reasons.push_back(reason); });
    slow.peer().stop_reading();
    const std::string text(100'000, 'x');
    std::size_t received = 0;
    for (int i = 0; i < 20; ++i) {
        world.io->emit("news", text);
        received += quick.receive().size();
    }
    CHECK(received == 20);
    world.pass(10s);
    CHECK(reasons.size() == 1);
    CHECK(world.io->sockets_count() == 1);
}
