// SPDX-License-Identifier: MIT
// fetch_sockets on a server that is alone; with others: relay_test.cpp.
#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

namespace {

// Two clients, of which the second is in "room".
struct Two {
    Two()
        : one(world, "EIO=4&transport=websocket&token=abc", "User-Agent: one\r\nOrigin: http://else.where\r\n"),
          two(world) {
        first = one.join("/", R"({"name":"Ada"})");
        second = two.join();
        world.io->find_socket(second).join("room");
    }

    std::vector<RemoteSocket> fetch(const BroadcastOperator& target) {
        std::vector<RemoteSocket> found;
        target.fetch_sockets([&](std::vector<RemoteSocket> sockets) { found = std::move(sockets); });
        world.settle();
        return found;
    }

    World world;
    WebSocketClient one, two;
    std::string first, second;
};

}  // namespace

TEST_CASE("sockets are fetched in a later turn, as they were when that was asked") {
    Two site;
    std::size_t found = 0;
    CHECK(site.world.io->fetch_sockets([&](std::vector<RemoteSocket> sockets) { found = sockets.size(); }));
    CHECK(found == 0);
    site.world.io->disconnect_sockets();
    site.world.settle();
    CHECK(found == 2);
    CHECK(site.fetch(site.world.io->everybody()).empty());
}

TEST_CASE("a socket that was fetched says what is known of it") {
    Two site;
    site.world.io->find_socket(site.first).data() = {{"score", 7}};
    const std::vector<RemoteSocket> sockets = site.fetch(site.world.io->everybody());
    REQUIRE(sockets.size() == 2);
    const RemoteSocket& one = sockets.front();
    CHECK(one.id() == site.first);
    CHECK(one.rooms() == Words{site.first});
    CHECK(one.data() == Json{{"score", 7}});
    const Json& handshake = one.handshake();
    CHECK(handshake["auth"] == Json{{"name", "Ada"}});
    CHECK(handshake["headers"]["user-agent"] == Json("one"));
    CHECK(handshake["query"]["token"] == Json("abc"));
    CHECK(handshake["url"] == Json("/socket.io/?EIO=4&transport=websocket&token=abc"));
    CHECK(handshake["address"].is_string());
    CHECK(handshake["issued"].is_number());
    CHECK(handshake["xdomain"] == Json(true));
    CHECK(handshake["secure"] == Json(false));
    CHECK(sockets.back().rooms() == Words{site.second, "room"});
    CHECK(sockets.back().handshake()["xdomain"] == Json(false));
}

TEST_CASE("a selection of sockets is fetched, and each can be joined, emitted to and disconnected") {
    Two site;
    const std::vector<RemoteSocket> sockets = site.fetch(site.world.io->in("room"));
    REQUIRE(sockets.size() == 1);
    const RemoteSocket& two = sockets.front();
    CHECK(two.id() == site.second);
    two.join({"a", "b"});
    two.leave({"room", "a"});
    CHECK(site.world.io->find_socket(site.second).rooms() == Words{site.second, "b"});
    CHECK(two.emit("hello", 1, to_bytes("xy")));
    CHECK(two.emit("bare"));
    CHECK(site.two.receive() == Words{R"(451-["hello",1,{"_placeholder":true,"num":0}])", "<xy>", R"(42["bare"])"});
    CHECK(site.one.receive().empty());
    CHECK_FALSE(two.emit("disconnect"));
    two.disconnect();
    CHECK(site.two.receive() == Words{"41"});
    CHECK(two.emit("nobody"));
    CHECK(two.id() == site.second);
}

TEST_CASE("one that was fetched answers as a socket does, with one value") {
    Two site;
    const RemoteSocket two = site.fetch(site.world.io->in("room")).front();
    Words notes;
    const auto note = [&](Result<std::string> answer) { notes.push_back(answer ? *answer : answer.error().message); };
    CHECK(two.emit("ask", note));
    CHECK(two.emit("ask", [&](const Bytes& octets) { notes.push_back(std::to_string(octets.size())); }));
    CHECK(two.timeout(100ms).emit("ask", note));
    CHECK(two.emit("ask", [&](int) { FAIL("called with text"); }));
    CHECK(two.emit("ask", [](Result<void>) { throw std::runtime_error("ouch"); }));
    site.two.send(R"(430["yes","and more"])");
    site.two.send(R"(461-1[{"_placeholder":true,"num":0}])");
    site.two.send_binary("xyz");
    site.two.send(R"(433["text"])");
    site.two.send("434[]");
    CHECK(notes == Words{"yes", "3"});
    site.world.pass(200ms);
    CHECK(notes == Words{"yes", "3", "operation has timed out"});
    REQUIRE(site.world.failures.size() == 2);
    CHECK(site.world.failures[0].starts_with("acknowledgement: argument 1"));
    CHECK(site.world.failures[1] == "acknowledgement: ouch");
    two.disconnect();
    CHECK(two.emit("ask", note));
    site.world.settle();
    CHECK(notes.back() == "socket has been disconnected");
}

TEST_CASE("what is fetched may be taken as a result, by a reference, and as whatever it is") {
    Two site;
    int calls = 0;
    const Server& io = *site.world.io;
    io.fetch_sockets([&](Result<std::vector<RemoteSocket>> sockets) { calls += sockets && sockets->size() == 2; });
    io.fetch_sockets([&](Result<void> outcome, const std::vector<RemoteSocket>& sockets) {
        calls += outcome && sockets.size() == 2;
    });
    io.fetch_sockets([&](const std::vector<RemoteSocket>& sockets) { calls += sockets.size() == 2; });
    io.fetch_sockets([&](auto sockets) { calls += sockets.size() == 2; });
    io.in("nobody").fetch_sockets([&](Result<std::vector<RemoteSocket>> sockets) { calls += sockets->empty(); });
    site.world.settle();
    CHECK(calls == 5);
}

TEST_CASE("a callback for sockets that throws is contained, and an empty one is refused at once") {
    Two site;
    site.world.io->fetch_sockets([](const std::vector<RemoteSocket>&) { throw std::runtime_error("ouch"); });
    site.world.settle();
    CHECK(site.world.failures == Words{"acknowledgement: ouch"});
    CHECK_THROWS_AS(site.world.io->fetch_sockets(Function<void(std::vector<RemoteSocket>)>()), SetupError);
}

TEST_CASE("a server that is destroyed while sockets are fetched calls nobody") {
    Two site;
    site.world.io->fetch_sockets([](const std::vector<RemoteSocket>&) { FAIL("called"); });
    site.world.io.reset();
    site.world.settle();
}
