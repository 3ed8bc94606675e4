// SPDX-License-Identifier: MIT
// What only the real backend can show: peers with the operating system's own sockets, and its limits.
#include <doctest/doctest.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "parley/net/backend/epoll/epoll_stream.hpp"
#include "parley/net/backend/posix/descriptor.hpp"
#include "parley/net/backend/posix/socket_address.hpp"
#include "parley/net/backend/test_worlds.hpp"

namespace parley::net::test {
namespace {

using namespace std::chrono_literals;
using detail::Descriptor;

Descriptor connect_raw(const Endpoint& endpoint) {
    const detail::SocketAddress address(endpoint);
    Descriptor socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::connect(socket.get(), address.get(), address.size) != 0) socket.reset();
    return socket;
}

void reset_raw(Descriptor& socket) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    socket.reset();
}

/// A server with one connection, whose other end is a plain socket.
struct RawPair {
    RawPair() {
        listener = world.loop
                       .listen(Endpoint::loopback(0), {},
                               [this](std::unique_ptr<Stream> stream) { server.take(std::move(stream)); })
                       .value();
        client = connect_raw(listener->endpoint());
        run_until(world.loop, [this] { return server.stream != nullptr; });
    }

    EpollWorld world;
    Loop& loop = world.loop;
    End server;
    std::unique_ptr<Listener> listener;
    Descriptor client;
};

enum class Situation { open, paused, output_waits, paused_output_waits, closing, lingering };

void bring_into(Situation situation, RawPair& pair) {
    Stream& stream = *pair.server.stream;
    const bool output = situation == Situation::output_waits || situation == Situation::paused_output_waits ||
                        situation == Situation::closing;
    if (situation == Situation::paused || situation == Situation::paused_output_waits) stream.pause_reading();
    if (output) pair.server.send(pattern(16'000'000));
    if (situation == Situation::closing || situation == Situation::lingering) stream.close();
    // The system's buffers grow for a while.
    for (int turns = 100; turns > 0 && count_turns(pair.loop, 20ms) > 3; --turns) {
    }
    CHECK((stream.outbox().size() > 0) == output);
}

}  // namespace

// A half-closed connection that is then reset must be neither kept nor spun on, in any state (CVE-2026-42577).
TEST_CASE("epoll: FIN and then a reset ends the connection within a second, without spinning, in every state") {
    for (const Situation situation : {Situation::open, Situation::paused, Situation::output_waits,
                                      Situation::paused_output_waits, Situation::closing, Situation::lingering}) {
        for (const bool with_data : {false, true}) {
            CAPTURE(static_cast<int>(situation));
            CAPTURE(with_data);
            RawPair pair;
            bring_into(situation, pair);
            if (with_data) CHECK(::send(pair.client.get(), "last words", 10, 0) == 10);
            shutdown(pair.client.get(), SHUT_WR);
            CHECK(count_turns(pair.loop, 100ms) <= 10);
            reset_raw(pair.client);
            const TimePoint began = pair.loop.now();
            REQUIRE(run_until(pair.loop, [&] { return pair.server.events.closes == 1; }));
            CHECK(pair.loop.now() - began < 1s);
            CHECK(count_turns(pair.loop, 50ms) <= 4);
            if (situation == Situation::open && with_data) CHECK(pair.server.events.received == "last words");
        }
    }
}

TEST_CASE("epoll: a reset alone ends the connection in every state") {
    for (const Situation situation : {Situation::open, Situation::paused, Situation::output_waits,
                                      Situation::paused_output_waits, Situation::closing, Situation::lingering}) {
        CAPTURE(static_cast<int>(situation));
        RawPair pair;
        bring_into(situation, pair);
        reset_raw(pair.client);
        REQUIRE(run_until(pair.loop, [&] { return pair.server.events.closes == 1; }));
        CHECK(pair.server.events.error.has_value() == (situation != Situation::lingering));
        if (pair.server.events.error) CHECK(pair.server.events.error->code == ErrorCode::disconnected);
        CHECK(count_turns(pair.loop, 50ms) <= 4);
    }
}

TEST_CASE("epoll: bytes that arrived before a reset are delivered first") {
    RawPair pair;
    const std::string octets = pattern(30'000);
    CHECK(::send(pair.client.get(), octets.data(), octets.size(), 0) == static_cast<ssize_t>(octets.size()));
    reset_raw(pair.client);
    REQUIRE(run_until(pair.loop, [&] { return pair.server.events.closes == 1; }));
    CHECK(pair.server.events.received == octets);
}

TEST_CASE("epoll: sending to a peer that went away in this turn is an error, not a signal that ends the process") {
    RawPair pair;
    pair.loop.post([&] {
        shutdown(pair.client.get(), SHUT_WR);
        reset_raw(pair.client);
        pair.server.send(pattern(200'000));
        CHECK(pair.server.events.closes == 0);  // not from inside the call
    });
    REQUIRE(run_until(pair.loop, [&] { return pair.server.events.closes == 1; }));
    REQUIRE(pair.server.events.error.has_value());
    CHECK(pair.server.events.error->code == ErrorCode::disconnected);
}

TEST_CASE("epoll: a peer that neither reads nor writes costs no turns") {
    RawPair pair;
    bring_into(Situation::output_waits, pair);
    CHECK(count_turns(pair.loop, 100ms) <= 4);
    CHECK(pair.loop.now() - pair.server.stream->last_progress() >= 100ms);
}

TEST_CASE("epoll: a flooding connection does not keep the others waiting") {
    RawPair pair;
    Descriptor other = connect_raw(pair.listener->endpoint());
    End second;
    const auto flood = pattern(1 << 20);
    int other_turn = 0;
    // The flood fills the buffer in each turn; the other's byte must come through in the same turn or the next.
    pair.listener.reset();
    const auto listener =
        pair.loop
            .listen(Endpoint::loopback(0), {}, [&](std::unique_ptr<Stream> stream) { second.take(std::move(stream)); })
            .value();
    other = connect_raw(listener->endpoint());
    REQUIRE(run_until(pair.loop, [&] { return second.stream != nullptr; }));
    ::send(pair.client.get(), flood.data(), flood.size(), MSG_DONTWAIT);
    CHECK(::send(other.get(), "x", 1, 0) == 1);
    while (second.events.received.empty() && other_turn < 10) {
        pair.loop.run_turn(pair.loop.now() + 1s);
        ++other_turn;
    }
    CHECK(other_turn <= 2);
}

TEST_CASE("epoll: a dual-stack listener takes IPv4 and IPv6, and shows IPv4 addresses as such") {
    EpollWorld world;
    std::vector<std::string> peers;
    const auto listener =
        world.loop
            .listen(Endpoint::any(0), {},
                    [&](std::unique_ptr<Stream> stream) { peers.push_back(stream->peer().address()); })
            .value();
    const Descriptor v4 = connect_raw(Endpoint::loopback(listener->port()));
    REQUIRE(v4);
    REQUIRE(run_until(world.loop, [&] { return peers.size() == 1; }));
    CHECK(peers[0] == "127.0.0.1");
    const Descriptor v6 = connect_raw(Endpoint::parse("::1", listener->port()).value());
    if (!listener->endpoint().is_ipv6() || !v6) return;  // a machine without IPv6
    REQUIRE(run_until(world.loop, [&] { return peers.size() == 2; }));
    CHECK(peers[1] == "::1");
}

TEST_CASE("epoll: listening on someone else's address or a privileged port says what to do") {
    EpollWorld world;
    const auto foreign = world.loop.listen(Endpoint::parse("192.0.2.1", 0).value(), {}, [](std::unique_ptr<Stream>) {});
    REQUIRE_FALSE(foreign.has_value());
    CHECK(foreign.error().message.find("does not have the address 192.0.2.1") != std::string::npos);
}

TEST_CASE("epoll: a connection attempt that nobody answers times out") {
    EpollWorld world;
    // A listener that never accepts, with its queue full: later handshakes are not answered.
    Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const detail::SocketAddress address(Endpoint::loopback(0));
    REQUIRE(bind(socket.get(), address.get(), address.size) == 0);
    REQUIRE(::listen(socket.get(), 0) == 0);
    const Endpoint endpoint = detail::local_endpoint(socket.get());
    int timed_out = 0;
    int told = 0;
    std::vector<std::unique_ptr<Pending>> attempts;
    for (int i = 0; i < 4; ++i) {
        attempts.push_back(world.loop.connect(endpoint, {.timeout = 50ms}, [&](auto result) {
            ++told;
            timed_out += !result.has_value() && result.error().code == ErrorCode::timed_out ? 1 : 0;
        }));
    }
    REQUIRE(run_until(world.loop, [&] { return told == 4; }));
    CHECK(timed_out >= 2);
}

TEST_CASE("epoll: an idle connection owns hardly any memory") {
    CHECK(sizeof(detail::EpollStream) <= 224);
    struct Echo final : StreamHandler {
        void on_data(std::span<char> bytes) override {
            stream->outbox().append({bytes.data(), bytes.size()});
            stream->flush_soon();
        }
        void on_end() override {}
        void on_closed(std::optional<Error>) override {}
        std::unique_ptr<Stream> stream;
    };
    constexpr std::size_t count = 300;
    EpollWorld world;
    std::vector<Echo> handlers(count);
    std::size_t accepted = 0;
    const auto listener = world.loop
                              .listen(Endpoint::loopback(0), {},
                                      [&](std::unique_ptr<Stream> stream) {
                                          handlers[accepted].stream = std::move(stream);
                                          handlers[accepted].stream->set_handler(handlers[accepted]);
                                          ++accepted;
                                      })
                              .value();
    std::vector<Descriptor> clients(count);
    const std::size_t before = mallinfo2().uordblks;
    for (Descriptor& client : clients) {
        client = connect_raw(listener->endpoint());
        CHECK(::send(client.get(), "hello", 5, 0) == 5);
    }
    REQUIRE(run_until(world.loop, [&] { return accepted == count; }));
    count_turns(world.loop, 50ms);
    for (const Descriptor& client : clients) {
        std::array<char, 5> echo{};
        CHECK(recv(client.get(), echo.data(), echo.size(), MSG_WAITALL | MSG_DONTWAIT) == 5);
    }
    // All have received and sent, and now rest. (The sanitizers' heap does not count; there this is 0.)
    CHECK((mallinfo2().uordblks - before) / count <= 256);
}

namespace {

/// Lets this process open `more` descriptors and not one more.
bool allow_descriptors(rlim_t more) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    const int next_free = dup(0);
    close(next_free);
    limit.rlim_cur = static_cast<rlim_t>(next_free) + more;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/// Runs `part` in a child, whose limits are its own, and returns what it returns.
int run_in_child(int (*part)()) {
    const pid_t child = fork();
    if (child == 0) _exit(part());
    int status = -1;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// The child's part: a server that runs out of descriptors. Returns 0 when all is well, else the number of what is not.
int run_out_of_descriptors() {
    EpollWorld world;
    Loop& loop = world.loop;
    End live;
    std::vector<std::unique_ptr<Stream>> accepted;
    const auto listener = loop.listen(Endpoint::loopback(0), {},
                                      [&](std::unique_ptr<Stream> stream) {
                                          if (live.stream == nullptr) return live.take(std::move(stream));
                                          accepted.push_back(std::move(stream));
                                      })
                              .value();
    int exhausted = 0;
    listener->on_exhausted([&] { ++exhausted; });
    const Descriptor canary = connect_raw(listener->endpoint());
    if (!run_until(loop, [&] { return live.stream != nullptr; })) return 1;

    std::vector<Descriptor> clients;
    for (int i = 0; i < 150; ++i)
        clients.push_back(connect_raw(listener->endpoint()));
    if (!allow_descriptors(50)) return 2;
    if (!run_until(loop, [&] { return exhausted > 0; })) return 3;

    // Exhausted: few turns, and the live connection is served as ever.
    const int turns = count_turns(loop, 350ms);
    if (turns > 20) return 4;
    if (exhausted > 5) return 5;
    if (listener->turned_away() == 0) return 6;
    if (::send(canary.get(), "ping", 4, 0) != 4) return 7;
    if (!run_until(loop, [&] { return live.events.received == "ping"; })) return 8;
    live.send("pong");
    loop.run_turn(loop.now());
    std::array<char, 4> answer{};
    if (recv(canary.get(), answer.data(), answer.size(), MSG_WAITALL) != 4) return 9;

    // Room again: the next ones are accepted within a second.
    accepted.clear();
    clients.clear();
    const std::size_t before = accepted.size();
    const TimePoint began = loop.now();
    const Descriptor late = connect_raw(listener->endpoint());
    if (!late) return 10;
    if (!run_until(loop, [&] { return accepted.size() > before; })) return 11;
    return loop.now() - began < 1s ? 0 : 12;
}

/// The child's part: those who are turned away are told so, also when they have spoken already.
int refuse_with_words() {
    EpollWorld world;
    const auto listener =
        world.loop.listen(Endpoint::loopback(0), {.refusal = "come back later"}, [](std::unique_ptr<Stream>) {})
            .value();
    const Descriptor quiet = connect_raw(listener->endpoint());
    const Descriptor eager = connect_raw(listener->endpoint());
    if (::send(eager.get(), "hello", 5, 0) != 5) return 1;
    if (!allow_descriptors(0)) return 2;
    if (!run_until(world.loop, [&] { return listener->turned_away() == 2; })) return 3;
    for (const Descriptor* client : {&quiet, &eager}) {
        std::array<char, 64> answer{};
        const auto size = recv(client->get(), answer.data(), answer.size(), 0);
        if (size < 0 || std::string_view(answer.data(), static_cast<std::size_t>(size)) != "come back later") return 4;
        if (recv(client->get(), answer.data(), answer.size(), 0) != 0) return 5;
    }
    return 0;
}

/// The child's part: the reserved descriptor is lost to somebody else, and then there are free ones again.
int lose_the_reserve() {
    EpollWorld world;
    std::vector<std::unique_ptr<Stream>> accepted;
    const auto listener = world.loop
                              .listen(Endpoint::loopback(0), {},
                                      [&](std::unique_ptr<Stream> stream) { accepted.push_back(std::move(stream)); })
                              .value();
    int exhausted = 0;
    listener->on_exhausted([&] { ++exhausted; });
    std::vector<Descriptor> clients;
    for (int i = 0; i < 150; ++i)
        clients.push_back(connect_raw(listener->endpoint()));
    rlimit none{};
    getrlimit(RLIMIT_NOFILE, &none);
    none.rlim_cur = 3;
    if (setrlimit(RLIMIT_NOFILE, &none) != 0) return 1;
    if (!run_until(world.loop, [&] { return exhausted > 0; })) return 2;
    if (listener->turned_away() != 0) return 3;
    if (!allow_descriptors(1)) return 4;
    run_until(world.loop, [&] { return listener->turned_away() > 0 || !accepted.empty(); });
    return listener->turned_away() > 0 ? 0 : 5;
}

}  // namespace

TEST_CASE("epoll: out of descriptors it neither spins nor hurts live connections, and recovers") {
    CHECK(run_in_child(run_out_of_descriptors) == 0);
}

TEST_CASE("epoll: those who are turned away get the refusal and an orderly end") {
    CHECK(run_in_child(refuse_with_words) == 0);
}

TEST_CASE("epoll: the descriptor kept for turning connections away is taken again when there are free ones") {
    CHECK(run_in_child(lose_the_reserve) == 0);
}

}  // namespace parley::net::test
