// SPDX-License-Identifier: MIT
//
// Through proxies of every temper, on the simulated network and over the loopback.
#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "parley/client/dialer.hpp"
#include "parley/net/backend/test_worlds.hpp"

namespace parley::client {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using net::test::End;
using net::test::run_until;

/// A proxy that answers the first octets, and those behind them, with what a test says.
struct ScriptedProxy {
    explicit ScriptedProxy(net::Loop& loop) {
        listener = loop.listen(net::Endpoint::loopback(0), {},
                               [this](std::unique_ptr<net::Stream> stream) {
                                   connections.push_back(std::make_unique<End>());
                                   End& end = *connections.back();
                                   end.events.when_data = [this, &end] { answer(end); };
                                   end.events.when_end = [&end] { end.stream->close(); };
                                   end.take(std::move(stream));
                               })
                       .value();
    }

    void answer(End& end) {
        for (; step < steps.size() && end.events.received.ends_with(steps[step].first); ++step)
            end.send(steps[step].second);
        if (step == steps.size() && ends) end.stream->close();
    }

    [[nodiscard]] std::string url(const std::string& scheme) const {
        return scheme + "127.0.0.1:" + std::to_string(listener->port());
    }

    std::vector<std::pair<std::string, std::string>> steps;  // what is waited for, what is said then
    std::size_t step = 0;
    bool ends = false;
    std::vector<std::unique_ptr<End>> connections;
    std::unique_ptr<net::Listener> listener;
};

struct Outcome {
    std::unique_ptr<net::Stream> stream;
    std::optional<Error> error;
};

template <typename World>
Outcome dial_through(World& world, const DialOptions& options, std::string_view server = "http://chat.example:81/") {
    Outcome outcome;
    bool is_told = false;
    const auto dial = Dialer(world.loop, options).dial(http::parse_url(server).value(), [&](auto result) {
        is_told = true;
        if (result) {
            outcome.stream = std::move(*result);
        } else {
            outcome.error = result.error();
        }
    });
    CHECK(run_until(world.loop, [&] { return is_told; }));
    return outcome;
}

template <typename World>
void check_ping(World& world, const Outcome& outcome) {
    CAPTURE((outcome.error ? outcome.error->message : ""));
    REQUIRE(outcome.stream != nullptr);
    net::test::Recorder events;
    outcome.stream->set_handler(events);
    outcome.stream->outbox().append("ping");
    outcome.stream->flush_soon();
    CHECK(run_until(world.loop, [&] { return events.received == "pong"; }));
}

constexpr std::string_view connect = "CONNECT chat.example:81 HTTP/1.1\r\nHost: chat.example:81\r\n\r\n";

}  // namespace

TEST_CASE_TEMPLATE("an HTTP proxy connects, and what comes then is the server's, on every backend", World,
                   net::test::EpollWorld, net::test::SimulatedTestWorld) {
    World world;
    ScriptedProxy proxy(world.loop);
    proxy.steps = {{std::string(connect), "HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\n"},
                   {"ping", "pong"}};
    const Outcome outcome = dial_through(world, {.proxy = proxy.url("http://")});
    check_ping(world, outcome);
    CHECK(proxy.connections.at(0)->events.received == std::string(connect) + "ping");
}

TEST_CASE_TEMPLATE("a SOCKS5 proxy connects, with user and password, on every backend", World, net::test::EpollWorld,
                   net::test::SimulatedTestWorld) {
    World world;
    ScriptedProxy proxy(world.loop);
    proxy.steps = {{std::string("\5\2\0\2"sv), std::string("\5\2"sv)},
                   {std::string("\1\2al\3ice"sv), std::string("\1\0"sv)},
                   {std::string("\5\1\0\3\x0c"
                                "chat.example\0\x51"sv),
                    std::string("\5\0\0\1\1\2\3\4\0\7"sv)},
                   {"ping", "pong"}};
    const Outcome outcome = dial_through(world, {.proxy = proxy.url("socks5://al:ice@")});
    check_ping(world, outcome);
}

TEST_CASE("a proxy that refuses, floods, says too much, is silent or goes is an error that names it") {
    const auto error_of = [](const std::string& answer, bool ends = false, const std::string& scheme = "http://") {
        net::test::SimulatedTestWorld world;
        ScriptedProxy proxy(world.loop);
        proxy.ends = ends;
        proxy.steps = {{scheme == "http://" ? std::string(connect) : std::string("\5\1\0"sv), answer}};
        const Outcome outcome = dial_through(world, {.connect_timeout = 5s, .proxy = proxy.url(scheme)});
        REQUIRE(outcome.error);
        CHECK(outcome.error->message.starts_with("Cannot connect to chat.example:81 through the proxy 127.0.0.1:"));
        world.network.run_until_idle();
        CHECK(world.network.open_streams() <= 1);  // the proxy's own, which keeps what it is not told to end
        return *outcome.error;
    };
    CHECK(error_of("HTTP/1.1 407 Authentication\r\nContent-Length: 0\r\n\r\n").code == ErrorCode::permission_denied);
    CHECK(error_of("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n").code == ErrorCode::permission_denied);
    CHECK(error_of("HTTP/1.1 502 No\r\nContent-Length: 0\r\n\r\n").message.ends_with("The proxy refuses (502)."));
    CHECK(error_of("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n").code == ErrorCode::invalid_input);
    CHECK(error_of("SSH-2.0\r\n").code == ErrorCode::invalid_input);
    CHECK(error_of("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x')).code == ErrorCode::limit_exceeded);
    std::string interim;
    for (int i = 0; i < 1'000; ++i)
        interim += "HTTP/1.1 102 Wait\r\n\r\n";
    CHECK(error_of(interim).code == ErrorCode::limit_exceeded);
    CHECK(error_of("HTTP/1.1 200 OK\r\n").code == ErrorCode::timed_out);
    CHECK(error_of("HTTP/1.1 200 OK\r\n", true).code == ErrorCode::disconnected);
    CHECK(error_of("", true).code == ErrorCode::disconnected);
    CHECK(error_of("HTTP/1.1 400 No\r\n\r\n", false, "socks5://").code == ErrorCode::invalid_input);
    CHECK(error_of("\5\xff", false, "socks5://").code == ErrorCode::permission_denied);
    CHECK(error_of("\5", false, "socks5://").code == ErrorCode::timed_out);
}

TEST_CASE("the head of a proxy's answer may be as large as the limit, and no octet larger") {
    const std::string front = "HTTP/1.1 200 OK\r\nX: ";
    for (const std::size_t size : {199U, 200U, 201U}) {
        net::test::SimulatedTestWorld world;
        ScriptedProxy proxy(world.loop);
        proxy.steps = {{std::string(connect), front + std::string(size - front.size() - 4, 'x') + "\r\n\r\n"}};
        const Outcome outcome = dial_through(world, {.proxy = proxy.url("http://"), .proxy_head_bytes_max = 200});
        CHECK((outcome.stream != nullptr) == (size <= 200));
    }
}

TEST_CASE("a proxy that cannot be is an error, and one that is not to be asked is not") {
    net::test::SimulatedTestWorld world;
    CHECK(dial_through(world, {.proxy = "ftp://p"}).error.value().code == ErrorCode::invalid_argument);
    CHECK(dial_through(world, {.proxy = "socks5://" + std::string(256, 'a') + "@p"}).error.value().code ==
          ErrorCode::invalid_argument);
    CHECK(dial_through(world, {.proxy = "127.0.0.1:1"}).error.value().message ==
          "Cannot connect to chat.example:81 through the proxy 127.0.0.1:1: Nothing listens on 127.0.0.1:1.");
    ScriptedProxy server(world.loop);
    const std::string url = "http://127.0.0.1:" + std::to_string(server.listener->port());
    CHECK(dial_through(world, {.proxy = "127.0.0.1:1", .no_proxy = {"127.0.0.1"}}, url).stream != nullptr);
}

TEST_CASE("a dial through a proxy that is destroyed says nothing, at whatever step") {
    for (int step = 0; step < 60; ++step) {
        CAPTURE(step);
        net::test::SimulatedTestWorld world;
        ScriptedProxy proxy(world.loop);
        proxy.steps = {{std::string(connect), "HTTP/1.1 200 Connection established\r\n\r\n"}};
        int times = 0;
        std::unique_ptr<Dial> dial;
        dial = Dialer(world.loop, {.proxy = proxy.url("http://")})
                   .dial(http::parse_url("http://chat.example:81/").value(), [&](auto) {
                       ++times;
                       dial.reset();
                   });
        world.network.run_for(step * 1ms);
        const int before = times;
        dial.reset();
        world.network.run_for(1min);
        CHECK(times == before);
        proxy.connections.clear();
        world.network.run_until_idle();
        CHECK(world.network.open_streams() == 0);
    }
}

}  // namespace parley::client
