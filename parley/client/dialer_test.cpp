// SPDX-License-Identifier: MIT
#include "parley/client/dialer.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/client/address_race.hpp"
#include "parley/net/backend/test_worlds.hpp"
#include "parley/tls/server_context.hpp"
#include "parley/tls/stream.hpp"
#include "tests/support/certificates.hpp"

namespace parley::client {
namespace {

using namespace std::chrono_literals;
using net::Endpoint;
using net::Reachability;
using net::test::run_until;

Endpoint v4(std::uint8_t last) {
    return Endpoint::ipv4({192, 0, 2, last}, 0);
}

Endpoint v6(std::uint8_t last) {
    std::array<std::uint8_t, 16> octets{0x20, 0x01, 0x0d, 0xb8};
    octets.back() = last;
    return Endpoint::ipv6(octets, 0);
}

/// What a dial was told, and how often.
struct Answer {
    OnDialed note() {
        return [this](Result<std::unique_ptr<net::Stream>> result) {
            ++times;
            if (result) {
                stream = std::move(*result);
            } else {
                error = result.error();
            }
        };
    }
    [[nodiscard]] std::string message() const { return error ? error->message : ""; }

    int times = 0;
    std::unique_ptr<net::Stream> stream;
    std::optional<Error> error;
};

/// A port that keeps whoever comes.
struct Server {
    explicit Server(net::Loop& loop) {
        listener = loop.listen(Endpoint::loopback(0), {},
                               [this](std::unique_ptr<net::Stream> stream) { accepted.push_back(std::move(stream)); })
                       .value();
    }
    [[nodiscard]] http::Url url(const std::string& host) const {
        return http::parse_url("http://" + host + ":" + std::to_string(listener->port())).value();
    }

    std::vector<std::unique_ptr<net::Stream>> accepted;
    std::unique_ptr<net::Listener> listener;
};

/// A Unix-domain socket of its own, as any daemon has one.
struct LocalSocket {
    LocalSocket() : folder(std::filesystem::temp_directory_path() / ("parley-" + std::to_string(getpid()))) {
        std::filesystem::create_directory(folder);
        path = folder / "socket";
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof(address.sun_path) - 1);
        REQUIRE(bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0);
        REQUIRE(listen(descriptor, 8) == 0);
    }
    LocalSocket(const LocalSocket&) = delete;
    LocalSocket& operator=(const LocalSocket&) = delete;
    ~LocalSocket() { std::filesystem::remove_all(folder); }

    void echo_four(net::Loop& loop) const {
        const int peer = accept(descriptor, nullptr, nullptr);
        std::array<char, 4> octets{};
        REQUIRE(
            run_until(loop, [&] { return recv(peer, octets.data(), octets.size(), MSG_PEEK | MSG_DONTWAIT) == 4; }));
        CHECK(send(peer, octets.data(), octets.size(), MSG_NOSIGNAL) == 4);
        ::close(peer);
    }
    void close() const { ::close(descriptor); }

    std::filesystem::path folder;
    std::string path;
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
};

struct SimulatedSite {
    net::SimulatedNetwork network{7, {.delay = false}};
    net::Loop& loop = network.loop();
    Server server{loop};
};

}  // namespace

TEST_CASE("addresses are tried by turns of their families, each once, and no more than the limit") {
    const auto order = [](const std::vector<Endpoint>& addresses, std::size_t most) {
        std::string text;
        for (const Endpoint& address : in_trying_order(addresses, most))
            text +=
                (address.is_ipv6() ? "6." : "4.") + std::to_string(address.octets()[address.is_ipv6() ? 15 : 3]) + " ";
        return text;
    };
    CHECK(order({v6(1), v6(2), v6(3), v4(4), v4(5)}, 9) == "6.1 4.4 6.2 4.5 6.3 ");
    CHECK(order({v4(1), v4(2), v6(3)}, 9) == "4.1 6.3 4.2 ");
    CHECK(order({v4(1), v4(1), v4(2), v4(1)}, 9) == "4.1 4.2 ");
    CHECK(order({v6(1), v6(2), v4(3)}, 2) == "6.1 4.3 ");
    CHECK(order({v6(1), v6(2), v4(3)}, 3) == "6.1 4.3 6.2 ");
    CHECK(order({v6(1), v6(2)}, 0) == "6.1 ");
    CHECK(order({}, 9).empty());
}

TEST_CASE_TEMPLATE("a name, an address and localhost are connected to, on every backend", World, net::test::EpollWorld,
                   net::test::SimulatedTestWorld) {
    World world;
    Server server(world.loop);
    Dialer dialer(world.loop, {});
    for (const std::string host : {"127.0.0.1", "localhost", "[::ffff:127.0.0.1]"}) {
        CAPTURE(host);
        Answer answer;
        const auto dial = dialer.dial(server.url(host), answer.note());
        CHECK(answer.times == 0);
        REQUIRE(run_until(world.loop, [&] { return answer.times > 0; }));
        CAPTURE(answer.message());
        REQUIRE(answer.stream != nullptr);
        CHECK(answer.stream->peer() == server.listener->endpoint());
        REQUIRE(run_until(world.loop, [&] { return !server.accepted.empty(); }));
        server.accepted.clear();
    }
}

TEST_CASE_TEMPLATE("a port on which nobody listens is an error that names host and port, on every backend", World,
                   net::test::EpollWorld, net::test::SimulatedTestWorld) {
    World world;
    const std::string port = std::to_string(Server(world.loop).listener->port());  // and it is gone again
    Answer answer;
    const auto dial = Dialer(world.loop, {}).dial(http::parse_url("ws://localhost:" + port).value(), answer.note());
    REQUIRE(run_until(world.loop, [&] { return answer.times > 0; }));
    REQUIRE(answer.error);
    CHECK(answer.error->code == ErrorCode::disconnected);
    CHECK(answer.message() == "Cannot connect to localhost:" + port + ": Nothing listens on 127.0.0.1:" + port + ".");
}

namespace {

/// A port that speaks TLS as localhost, or keeps quiet.
struct SecureServer {
    SecureServer(net::Loop& loop, const test::Identity& identity, bool is_quiet = false)
        : context(tls::ServerContext::make({.certificate = identity.certificate, .private_key = identity.private_key})
                      .value()) {
        listener = loop.listen(Endpoint::loopback(0), {},
                               [this, is_quiet](std::unique_ptr<net::Stream> stream) {
                                   if (!is_quiet) {
                                       stream =
                                           std::make_unique<tls::TlsStream>(std::move(stream), context->make_session());
                                   }
                                   ends.emplace_back().take(std::move(stream));
                               })
                       .value();
        url = http::parse_url("https://localhost:" + std::to_string(listener->port())).value();
    }

    std::shared_ptr<tls::ServerContext> context;
    std::deque<net::test::End> ends;
    std::unique_ptr<net::Listener> listener;
    http::Url url;
};

}  // namespace

TEST_CASE_TEMPLATE("a secure URL is told of behind the handshake, in which the server has proved who it is", World,
                   net::test::EpollWorld, net::test::SimulatedTestWorld) {
    World world;
    const test::Identity identity = test::make_identity();
    SecureServer server(world.loop, identity);
    DialOptions options;
    options.tls.authorities = identity.certificate;
    Answer answer;
    Dialer dialer(world.loop, options);
    const auto dial = dialer.dial(server.url, answer.note());
    CHECK(answer.times == 0);
    REQUIRE(run_until(world.loop, [&] { return answer.times > 0; }));
    REQUIRE(answer.stream != nullptr);
    CHECK(answer.stream->is_secure());
    net::test::End client;
    client.take(std::move(answer.stream));
    client.send("hello");
    CHECK(run_until(world.loop, [&] { return server.ends.back().events.received == "hello"; }));

    Answer refused;
    const auto untrusted = Dialer(world.loop, {}).dial(server.url, refused.note());
    REQUIRE(run_until(world.loop, [&] { return refused.times > 0; }));
    CHECK(refused.error->code == ErrorCode::tls_failed);
    CHECK(refused.message() == "Cannot connect to " + server.url.host_and_port() +
                                   ": The certificate is not trusted: self-signed certificate.");

    options.prepared_tls = {};
    options.tls.authorities = "/no/such/file";
    Answer misled;
    const auto unreadable = Dialer(world.loop, options).dial(server.url, misled.note());
    CHECK(misled.times == 0);
    REQUIRE(run_until(world.loop, [&] { return misled.times > 0; }));
    CHECK(misled.message().find("/no/such/file cannot be read") != std::string::npos);
}

TEST_CASE_TEMPLATE("a server that keeps quiet in the handshake has as long as the whole connection", World,
                   net::test::EpollWorld, net::test::SimulatedTestWorld) {
    World world;
    SecureServer server(world.loop, test::make_identity(), true);
    DialOptions options;
    options.connect_timeout = 50ms;
    Answer answer;
    const auto dial = Dialer(world.loop, options).dial(server.url, answer.note());
    REQUIRE(run_until(world.loop, [&] { return answer.times > 0; }));
    CHECK(answer.error->code == ErrorCode::timed_out);
    Answer never;
    auto cancelled = Dialer(world.loop, {}).dial(server.url, never.note());
    REQUIRE(run_until(world.loop, [&] { return server.ends.size() == 2; }));
    cancelled.reset();
    net::test::count_turns(world.loop, 20ms);
    CHECK(never.times == 0);
}

TEST_CASE("a name that does not exist, or has no address, is an error that names it") {
    SimulatedSite site;
    site.network.add_host("empty.example", {});
    const auto error_for = [&](const std::string& host) {
        Answer answer;
        const auto dial = Dialer(site.loop, {}).dial(site.server.url(host), answer.note());
        site.network.run_until_idle();
        CHECK(answer.times == 1);
        return answer.error.value();
    };
    CHECK(error_for("nowhere.example").code == ErrorCode::not_found);
    CHECK(error_for("nowhere.example").message.ends_with("The name \"nowhere.example\" does not exist."));
    CHECK(error_for("empty.example").code == ErrorCode::not_found);
}

TEST_CASE("the next address is tried when one refuses, and after a while beside one that says nothing") {
    SimulatedSite site;
    site.network.add_host("chat.example", {v6(1), v4(2), v4(3)});
    const auto dial_and_see = [&](const DialOptions& options) {
        const TimePoint began = site.network.now();
        Answer answer;
        TimePoint told{};
        const auto dial = Dialer(site.loop, options).dial(site.server.url("chat.example"), [&](auto result) {
            told = site.network.now();
            answer.note()(std::move(result));
        });
        site.network.run_for(1min);
        CHECK(answer.times == 1);
        const Duration took = told - began;
        return std::pair(answer.stream == nullptr ? "" : answer.stream->peer().address(), took);
    };
    CHECK(dial_and_see({}) == std::pair(v6(1).address(), Duration::zero()));

    site.network.set_reachability(v6(1), Reachability::refused);
    CHECK(dial_and_see({}) == std::pair(v4(2).address(), Duration::zero()));

    site.network.set_reachability(v6(1), Reachability::silent);
    const auto [second, after] = dial_and_see({.fallback_delay = 300ms});
    CHECK(second == v4(2).address());
    CHECK(after >= 300ms);
    CHECK(after <= 300ms + net::timer_slack);

    site.network.set_reachability(v4(2), Reachability::silent);
    const auto [third, later] = dial_and_see({.fallback_delay = 300ms});
    CHECK(third == v4(3).address());
    CHECK(later >= 600ms);
    CHECK(later <= 600ms + 2 * net::timer_slack);

    CHECK(dial_and_see({.fallback_delay = 300ms, .addresses_max = 2}).first.empty());
    CHECK(dial_and_see({.fallback_delay = 300ms, .addresses_max = 3}).first == v4(3).address());
    // Who answers before the next is tried is the only one who was asked.
    site.network.set_reachability(v6(1), Reachability::reached);
    const std::size_t accepted = site.server.accepted.size();
    dial_and_see({.fallback_delay = 300ms});
    CHECK(site.server.accepted.size() == accepted + 1);
}

TEST_CASE("when no address answers in time the dial is over, and when all refuse the first error is told") {
    SimulatedSite site;
    site.network.add_host("chat.example", {v4(1), v6(2)});
    site.network.set_reachability(v4(1), Reachability::silent);
    site.network.set_reachability(v6(2), Reachability::refused);
    const auto dial_for = [&](Duration timeout, Duration pass) {
        auto answer = std::make_unique<Answer>();
        const auto dial =
            Dialer(site.loop, {.connect_timeout = timeout}).dial(site.server.url("chat.example"), answer->note());
        site.network.run_for(pass);
        return answer;
    };
    CHECK(dial_for(5s, 5s - 1ms)->times == 0);
    const auto answer = dial_for(5s, 5s + net::timer_slack);
    CHECK(answer->times == 1);
    REQUIRE(answer->error);
    CHECK(answer->error->code == ErrorCode::timed_out);
    CHECK(answer->message().find("chat.example:") != std::string::npos);

    site.network.set_reachability(v4(1), Reachability::refused);
    const auto refused = dial_for(5s, 1s);
    REQUIRE(refused->error);
    CHECK(refused->error->code == ErrorCode::disconnected);
    CHECK(refused->message().ends_with("Nothing listens on " +
                                       v4(1).with_port(site.server.listener->port()).to_string() + "."));
}

TEST_CASE("a Unix-domain socket is connected to in place of the host, on the simulated network") {
    SimulatedSite site;
    site.network.add_local_socket("/run/chat.sock", site.server.listener->port());
    Answer answer;
    const auto dial = Dialer(site.loop, {.socket_path = "/run/chat.sock", .proxy = "127.0.0.1:1"})
                          .dial(http::parse_url("http://nowhere.example/").value(), answer.note());
    site.network.run_until_idle();
    CHECK(answer.stream != nullptr);
    CHECK(site.server.accepted.size() == 1);
}

TEST_CASE("a Unix-domain socket is connected to, and what is wrong with one is an error that names it") {
    const std::unique_ptr<net::Loop> loop = net::make_loop();
    const auto dial_to = [&](const std::string& path) {
        auto answer = std::make_unique<Answer>();
        const auto dial =
            Dialer(*loop, {.socket_path = path}).dial(http::parse_url("http://h/").value(), answer->note());
        CHECK(answer->times == 0);
        REQUIRE(run_until(*loop, [&] { return answer->times > 0; }));
        return answer;
    };
    const LocalSocket socket;
    const auto connected = dial_to(socket.path);
    CAPTURE(connected->message());
    REQUIRE(connected->stream != nullptr);
    CHECK(connected->stream->peer() == Endpoint());
    CHECK(connected->stream->local() == Endpoint());
    net::test::Recorder events;
    connected->stream->set_handler(events);
    connected->stream->outbox().append("ping");
    connected->stream->flush_soon();
    socket.echo_four(*loop);
    CHECK(run_until(*loop, [&] { return events.received == "ping"; }));

    CHECK(dial_to(socket.path + "-not")->error.value().code == ErrorCode::not_found);
    CHECK(dial_to(socket.path + "-not")->message() ==
          "Cannot connect to h:80: There is no socket " + socket.path + "-not.");
    socket.close();
    CHECK(dial_to(socket.path)->message() == "Cannot connect to h:80: Nothing listens on " + socket.path + ".");
    CHECK(dial_to("/" + std::string(106, 'a'))->error.value().code == ErrorCode::not_found);
    CHECK(dial_to("/" + std::string(107, 'a'))->error.value().code == ErrorCode::invalid_argument);
    CHECK(dial_to(std::string("/a\0b", 4))->error.value().code == ErrorCode::invalid_argument);
}

TEST_CASE("a dial that is destroyed says nothing, at whatever step it was") {
    for (int step = 0; step < 40; ++step) {
        CAPTURE(step);
        net::SimulatedNetwork network(7, {.delay_max = 200ms});
        Server server(network.loop());
        network.add_host("chat.example", {v6(1), v4(2)});
        network.set_reachability(v6(1), step % 2 == 0 ? Reachability::silent : Reachability::refused);
        Answer answer;
        auto dial = Dialer(network.loop(), {}).dial(server.url("chat.example"), answer.note());
        network.run_for(step * 20ms);
        const int times = answer.times;
        dial.reset();
        network.run_for(1min);
        CHECK(answer.times == times);
        answer.stream.reset();
        server.accepted.clear();
        network.run_until_idle();
        CHECK(network.open_streams() == 0);
    }
}

TEST_CASE("a dial may be destroyed by what it calls") {
    SimulatedSite site;
    for (const std::string host : {"127.0.0.1", "nowhere.example"}) {
        std::unique_ptr<Dial> dial;
        int times = 0;
        dial = Dialer(site.loop, {}).dial(site.server.url(host), [&](auto) {
            ++times;
            dial.reset();
        });
        site.network.run_for(1min);
        CHECK(times == 1);
    }
    std::unique_ptr<Dial> dial;
    dial = Dialer(site.loop, {}).dial(http::parse_url("https://h").value(), [&](auto) { dial.reset(); });
    site.network.run_for(1min);
    CHECK(dial == nullptr);
}

}  // namespace parley::client
