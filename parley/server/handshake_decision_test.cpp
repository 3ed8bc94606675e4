// SPDX-License-Identifier: MIT
// allow_request that answers later: by whom, how often, too late, and never.
#include "parley/server/handshake_decision.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "parley/server/handshake_next.hpp"
#include "tests/support/socketio_world.hpp"
#include "tests/support/web_site.hpp"

namespace parley::server::test {
namespace {

using web::test::body_of;
using web::test::status_of;
using web::test::upgrade_request;

constexpr std::string_view forbidden = R"({"code":4,"message":"Forbidden"})";

// A server whose program keeps every question.
struct Asking {
    explicit Asking(ServerOptions options = {}) : world(with_check(std::move(options))) {}

    ServerOptions with_check(ServerOptions options) {
        options.allow_request = [this](const Handshake& handshake, HandshakeNext next) {
            handshakes.push_back(&handshake);
            questions.push_back(std::move(next));
        };
        return options;
    }

    net::SimulatedPeer& poll(std::string_view query = "EIO=4&transport=polling") {
        return begin("GET /socket.io/?" + std::string(query) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }
    net::SimulatedPeer& dial() { return begin(upgrade_request("/socket.io/?EIO=4&transport=websocket")); }
    net::SimulatedPeer& begin(std::string_view octets) {
        net::SimulatedPeer& peer = world.network.connect(static_cast<std::uint16_t>(world.app.port()));
        peer.send(octets);
        world.settle();
        return peer;
    }
    [[nodiscard]] std::size_t clients_count() const { return world.io->clients_count(); }

    std::vector<const Handshake*> handshakes;
    std::vector<HandshakeNext> questions;
    World world;
};

}  // namespace

TEST_CASE("allow_request may let a client in later, by polling and by WebSocket") {
    Asking asking;
    net::SimulatedPeer& polling = asking.poll();
    net::SimulatedPeer& dialing = asking.dial();
    asking.world.pass(1min);
    CHECK(polling.received().empty());
    CHECK(dialing.received().empty());
    CHECK(asking.clients_count() == 0);
    REQUIRE(asking.questions.size() == 2);
    for (const HandshakeNext& next : asking.questions)
        next();
    CHECK(polling.received().empty());  // not from within
    asking.world.settle();
    CHECK(status_of(polling.received()) == 200);
    CHECK(body_of(polling.received()).starts_with(R"(0{"sid":")"));
    CHECK(status_of(dialing.received()) == 101);
    CHECK(dialing.received().find(R"(0{"sid":")") != std::string::npos);
    CHECK(asking.clients_count() == 2);
}

TEST_CASE("allow_request may refuse later, with words or without, and the first decision counts") {
    Asking asking;
    net::SimulatedPeer& polling = asking.poll();
    net::SimulatedPeer& dialing = asking.dial();
    net::SimulatedPeer& plain = asking.poll();
    net::SimulatedPeer& admitted = asking.poll();
    asking.questions[0].refuse("who are \"you\"?");
    asking.questions[1].refuse("who are you?");
    asking.questions[2].refuse();
    asking.questions[3]();
    for (const HandshakeNext& next : asking.questions) {
        next();
        next.refuse("no");
    }
    asking.world.settle();
    for (const HandshakeNext& next : asking.questions)
        next();
    asking.world.settle();
    CHECK(status_of(polling.received()) == 403);
    CHECK(body_of(polling.received()) == R"({"code":4,"message":"who are \"you\"?"})");
    CHECK(status_of(dialing.received()) == 400);  // as the official server refuses an upgrade
    CHECK(body_of(dialing.received()) == "who are you?");
    CHECK(status_of(plain.received()) == 403);
    CHECK(body_of(plain.received()) == forbidden);
    CHECK(status_of(admitted.received()) == 200);
    CHECK(asking.clients_count() == 1);
}

TEST_CASE("allow_request may decide within its call, and then the answer does not wait") {
    World world(ServerOptions{.allow_request = [](const Handshake& handshake, const HandshakeNext& next) {
        handshake.query.find("token") == "yes" ? next() : next.refuse("who?");
        next();
    }});
    const WebSocketClient refused(world);
    CHECK(refused.answer.starts_with("HTTP/1.1 400"));
    WebSocketClient admitted(world, "EIO=4&transport=websocket&token=yes");
    CHECK(admitted.join().size() == 20);
}

TEST_CASE("allow_request may decide on another thread, within its call or later") {
    Asking asking;
    net::SimulatedPeer& polling = asking.poll();
    net::SimulatedPeer& dialing = asking.dial();
    std::thread([&] {
        asking.questions[0]();
        asking.questions[1].refuse("no");
    }).join();
    asking.world.settle();
    CHECK(status_of(polling.received()) == 200);
    CHECK(status_of(dialing.received()) == 400);

    World world(ServerOptions{.allow_request = [](const Handshake&, HandshakeNext next) {
        std::thread([next = std::move(next)] { next(); }).join();
    }});
    CHECK(WebSocketClient(world).answer.starts_with("HTTP/1.1 101"));
}

TEST_CASE("a decision of allow_request that is dropped, at once, later or on a thread, refuses the client") {
    World world(ServerOptions{.allow_request = [](const Handshake&, const HandshakeNext&) {}});
    CHECK(WebSocketClient(world).answer.starts_with("HTTP/1.1 400"));

    Asking asking;
    net::SimulatedPeer& polling = asking.poll();
    net::SimulatedPeer& dialing = asking.dial();
    CHECK(polling.received().empty());
    std::thread([last = std::move(asking.questions.back())] {}).join();
    asking.questions.clear();
    asking.world.settle();
    CHECK(body_of(polling.received()) == forbidden);
    CHECK(body_of(dialing.received()) == "Forbidden");
    CHECK(asking.world.failures.empty());
}

TEST_CASE("a client that goes before allow_request has decided is nobody's, and its handshake can still be read") {
    Asking asking;
    asking.poll().reset();
    asking.dial().reset();
    asking.world.settle();
    REQUIRE(asking.questions.size() == 2);
    CHECK(asking.handshakes[0]->url == "/socket.io/?EIO=4&transport=polling");
    asking.questions[0]();
    asking.questions[1].refuse("no");
    asking.world.settle();
    CHECK(asking.clients_count() == 0);
    CHECK(asking.world.failures.empty());
}

TEST_CASE(
    "who waits for allow_request when the server stops, closes or goes is answered 503, and deciding is too late") {
    for (const std::string_view how : {"stop", "close", "destroy"}) {
        Asking asking;
        net::SimulatedPeer& polling = asking.poll();
        net::SimulatedPeer& dialing = asking.dial();
        if (how == "stop") asking.world.io->stop();
        if (how == "close") asking.world.io->close();
        if (how == "destroy") asking.world.io.reset();
        asking.world.settle();
        CHECK(status_of(polling.received()) == 503);
        CHECK(status_of(dialing.received()) == 503);
        asking.questions[0]();
        asking.questions.clear();
        asking.world.settle();
        if (how != "destroy") CHECK(asking.clients_count() == 0);
        CHECK(asking.world.failures.empty());
    }
}

TEST_CASE("allow_request may destroy its server, and decide all the same") {
    std::optional<World> world;
    world.emplace(ServerOptions{.allow_request = [&](const Handshake&, const HandshakeNext& next) {
        world->io.reset();
        next();
    }});
    CHECK(WebSocketClient(*world).answer.starts_with("HTTP/1.1 400"));
}

TEST_CASE("who was let in later finds no room if others have come meanwhile") {
    Asking asking(ServerOptions{.sessions_max = 1});
    net::SimulatedPeer& first = asking.dial();
    net::SimulatedPeer& second = asking.dial();
    net::SimulatedPeer& third = asking.poll();
    for (const HandshakeNext& next : asking.questions)
        next();
    asking.world.settle();
    CHECK(status_of(first.received()) == 101);
    CHECK(status_of(second.received()) == 503);
    CHECK(status_of(third.received()) == 503);
    CHECK(asking.world.io->counters().sessions_refused == 2);
}

TEST_CASE("the protocol is asked for behind the program, also when that is later") {
    Asking asking;
    net::SimulatedPeer& old = asking.poll("EIO=3&transport=polling");
    asking.questions[0]();
    asking.world.settle();
    CHECK(status_of(old.received()) == 400);
    CHECK(body_of(old.received()) == R"({"code":5,"message":"Unsupported protocol version"})");
}

TEST_CASE("an allow_request that throws refuses at once, whoever keeps the decision") {
    std::vector<HandshakeNext> kept;
    World world(ServerOptions{.allow_request = [&](const Handshake&, HandshakeNext next) {
        kept.push_back(std::move(next));
        throw std::runtime_error("ouch");
    }});
    Words failures;
    world.app.on_error([&](const HandlerFailure& failure) { failures.emplace_back(failure.message); });
    CHECK(WebSocketClient(world).answer.starts_with("HTTP/1.1 500"));
    kept.front()();
    kept.clear();
    world.settle();
    CHECK(world.io->clients_count() == 0);
    CHECK(failures == Words{"ouch"});
}

TEST_CASE("a decision may come from a handler of another session that ends") {
    Asking asking;
    net::SimulatedPeer& first = asking.dial();
    asking.questions[0]();
    asking.world.settle();
    CHECK(status_of(first.received()) == 101);
    net::SimulatedPeer& second = asking.dial();
    asking.world.io->on_disconnect([&] { asking.questions[1](); });
    first.send(web::test::client_text("40"));
    asking.world.settle();
    REQUIRE(asking.world.io->sockets_count() == 1);
    asking.world.io->disconnect_sockets(true);
    asking.world.settle();
    CHECK(status_of(second.received()) == 101);
    CHECK(asking.clients_count() == 1);
}

}  // namespace parley::server::test
