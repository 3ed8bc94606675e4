// SPDX-License-Identifier: MIT
// The decision of a middleware, of `allow_request`, and the callback of a broadcast: given away and lost.
#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/support/socketio_world.hpp"

namespace parley::server::test {
namespace {

const std::string not_admitted = R"(44{"message":"not admitted"})";
const std::string failed = R"(44{"message":"internal error"})";

}  // namespace

TEST_CASE("a middleware's decision that is dropped later, or goes with a thread or a timer, refuses the client") {
    World world;
    std::optional<SocketNext> kept;
    std::string way;
    world.io->use([&](Socket&, SocketNext next) {
        if (way == "thread") std::thread([next] {}).join();
        if (way == "timer") world.io->after(1h, [next] { next(); }).cancel();
        if (way == "kept") kept = next;
    });
    for (const char* each : {"dropped", "thread", "timer"}) {
        way = each;
        WebSocketClient client(world);
        CHECK(client.ask("40") == Words{not_admitted});
    }
    way = "kept";
    WebSocketClient client(world);
    CHECK(client.ask("40").empty());
    std::thread([last = std::exchange(kept, std::nullopt)] {}).join();
    CHECK(client.receive() == Words{not_admitted});
    CHECK(world.failures.empty());
}

TEST_CASE("a middleware that throws refuses at once, whoever keeps the decision") {
    World world;
    std::vector<SocketNext> kept;
    world.io->use([&](Socket&, SocketNext next) {
        kept.push_back(next);
        throw std::string("ouch");
    });
    WebSocketClient client(world);
    CHECK(client.ask("40") == Words{failed});
    kept.front()();
    kept.clear();
    CHECK(client.receive().empty());
    CHECK(world.failures == Words{"middleware: something that is no std::exception"});
}

TEST_CASE("a decision that is lost after the end of its client or its server is nobody's any more") {
    World world;
    std::vector<SocketNext> kept;
    world.io->use([&](Socket&, SocketNext next) { kept.push_back(std::move(next)); });
    WebSocketClient gone(world);
    gone.send("40");
    gone.vanish();
    WebSocketClient waiting(world);
    waiting.send("40");
    REQUIRE(kept.size() == 2);
    kept.erase(kept.begin());
    world.settle();
    world.io.reset();
    kept.front()();
    kept.clear();
    CHECK(waiting.receive() == Words{"closed"});
    CHECK(world.failures.empty());
}

TEST_CASE("a program's check of handshakes that throws refuses them on both transports, and is reported") {
    World world(ServerOptions{.allow_request = [](const Handshake&) -> bool { throw std::runtime_error("ouch"); }});
    Words failures;
    world.app.on_error([&](const HandlerFailure& failure) { failures.emplace_back(failure.message); });
    const WebSocketClient refused(world);
    CHECK(refused.answer.starts_with("HTTP/1.1 500"));
    net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
    peer.send("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    world.settle();
    CHECK(peer.received().starts_with("HTTP/1.1 500"));
    CHECK(failures == Words{"ouch", "ouch"});
    CHECK(world.io->clients_count() == 0);
}

TEST_CASE("a broadcast that cannot be sent tells its callback, as an emit does") {
    World world;
    WebSocketClient client(world);
    client.join();
    Words told;
    const auto note = [&](Result<std::vector<Json>> answers) {
        told.push_back(answers ? "answered" : answers.error().message);
    };
    CHECK_FALSE(world.io->emit("connect", note));
    CHECK(told.empty());  // not from within
    world.settle();
    CHECK(told == Words{"this event cannot be sent"});
    const std::vector<Bytes> many(11);
    CHECK_FALSE(world.io->to("room").emit("x", many, note));
    std::thread([&] { CHECK_FALSE(world.io->local().emit("disconnect", note)); }).join();
    world.settle();
    CHECK(told.size() == 3);
    CHECK(client.receive().empty());
}

TEST_CASE("the callback of a broadcast is called once, also when everybody leaves, nobody is there, or it throws") {
    World world;
    WebSocketClient one(world);
    WebSocketClient two(world);
    one.join();
    two.join();
    int called = 0;
    const auto count = [&](Result<void>, std::vector<Json>) { ++called; };
    world.io->emit("q", count);
    world.io->to("nobody").emit("q", count);
    world.io->emit("q", [&](std::vector<Json>) {
        ++called;
        throw std::runtime_error("ouch");
    });
    world.settle();
    CHECK(called == 1);
    one.vanish();
    two.vanish();
    CHECK(called == 3);
    CHECK(world.failures == Words{"acknowledgement: ouch"});
}

}  // namespace parley::server::test
