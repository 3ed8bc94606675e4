// SPDX-License-Identifier: MIT
#include "parley/tls/stream.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/net/backend/test_worlds.hpp"
#include "parley/tls/client_context.hpp"
#include "parley/tls/server_context.hpp"
#include "tests/support/certificates.hpp"

namespace parley::tls {
namespace {

using namespace std::chrono_literals;
using net::test::count_turns;
using net::test::End;
using net::test::EpollWorld;
using net::test::pattern;
using net::test::run_until;
using net::test::SimulatedTestWorld;
using parley::test::Identity;
using parley::test::make_identity;

const Identity& identity() {
    static const Identity made = make_identity();
    return made;
}

TlsServerOptions server_options(const Identity& of = identity()) {
    return {.certificate = of.certificate, .private_key = of.private_key};
}

TlsClientOptions client_options(const Identity& trusted = identity()) {
    return {.authorities = trusted.certificate};
}

/// A port that gives its connections to `accept`, in TLS.
std::unique_ptr<net::Listener> listen_tls(net::Loop& loop, const ServerContext& context,
                                          Function<void(std::unique_ptr<TlsStream>)> accept) {
    return loop
        .listen(net::Endpoint::loopback(0), {},
                [&context, accept = std::move(accept)](std::unique_ptr<net::Stream> stream) mutable {
                    accept(std::make_unique<TlsStream>(std::move(stream), context.make_session()));
                })
        .value();
}

struct PairOptions {
    TlsServerOptions server = server_options();
    TlsClientOptions client = client_options();
    std::string host = "localhost";
};

/// Two ends of one connection in TLS, both on `loop`.
struct TlsPair {
    explicit TlsPair(net::Loop& on_loop, const PairOptions& options = {})
        : loop(on_loop),
          server_context(ServerContext::make(options.server).value()),
          client_context(ClientContext::make(options.client).value()) {
        listener = listen_tls(loop, *server_context,
                              [this](std::unique_ptr<TlsStream> stream) { server.take(std::move(stream)); });
        attempt = loop.connect(listener->endpoint(), {}, [this, options](Result<std::unique_ptr<net::Stream>> result) {
            auto stream =
                std::make_unique<TlsStream>(std::move(result).value(), client_context->make_session(options.host));
            stream->on_established([this] { is_established = true; });
            client.take(std::move(stream));
        });
        run_until(loop, [this] {
            return server.stream != nullptr && client.stream != nullptr &&
                   (is_established || client.events.closes > 0 || server.events.closes > 0);
        });
    }

    net::Loop& loop;
    std::shared_ptr<ServerContext> server_context;
    std::shared_ptr<const ClientContext> client_context;
    End server;
    End client;
    std::unique_ptr<net::Listener> listener;
    std::unique_ptr<net::Pending> attempt;
    bool is_established = false;
};

}  // namespace

TEST_CASE_TEMPLATE("tls: octets arrive whole and in order, both ways at once", World, EpollWorld, SimulatedTestWorld) {
    World world;
    TlsPair pair(world.loop);
    REQUIRE(pair.is_established);
    CHECK(pair.client.stream->is_secure());
    const std::string up = pattern(3'000'000);
    const std::string down = "x" + pattern(2'000'000);
    pair.client.send(up);
    pair.server.send(down);
    REQUIRE(run_until(world.loop, [&] {
        return pair.server.events.received.size() >= up.size() && pair.client.events.received.size() >= down.size();
    }));
    CHECK(pair.server.events.received == up);
    CHECK(pair.client.events.received == down);
    CHECK(pair.client.stream->outbox().empty());
    CHECK(run_until(world.loop, [&] { return pair.client.events.drains == 1; }));
    CHECK(count_turns(world.loop, 30ms) <= 4);
}

TEST_CASE_TEMPLATE("tls: what is said before the handshake is over follows it", World, EpollWorld, SimulatedTestWorld) {
    World world;
    const auto server_context = ServerContext::make(server_options()).value();
    const auto client_context = ClientContext::make(client_options()).value();
    End server;
    End client;
    const auto listener = listen_tls(world.loop, *server_context,
                                     [&](std::unique_ptr<TlsStream> stream) { server.take(std::move(stream)); });
    const auto attempt = world.loop.connect(listener->endpoint(), {}, [&](Result<std::unique_ptr<net::Stream>> result) {
        client.take(std::make_unique<TlsStream>(std::move(result).value(), client_context->make_session("127.0.0.1")));
        client.send("at once");
    });
    CHECK(run_until(world.loop, [&] { return server.events.received == "at once"; }));
}

TEST_CASE_TEMPLATE("tls: small appends, shared and large ones keep their order", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    TlsPair pair(world.loop);
    std::string expected;
    const SharedBuffer shared(pattern(40'000));
    for (int i = 0; i < 500; ++i) {
        const std::string text = std::to_string(i) + ",";
        pair.client.send(text);
        expected += text;
        if (i % 50 == 0) {
            pair.client.stream->outbox().append(shared);
            expected += shared.view();
        }
    }
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.received.size() >= expected.size(); }));
    CHECK(pair.server.events.received == expected);
}

TEST_CASE_TEMPLATE("tls: a receive window gets the octets, the thread's buffer the rest", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    TlsPair pair(world.loop);
    net::test::Recorder& server = pair.server.events;
    std::vector<char> message(100'000);
    std::size_t filled = 0;
    server.window = message;
    server.when_data = [&] {
        if (server.window.empty()) return;
        CHECK(server.last_data.data() == server.window.data());
        filled += server.last_data.size();
        server.window = std::span(message).subspan(filled);
    };
    const std::string octets = pattern(150'000);
    pair.client.send(octets);
    REQUIRE(run_until(world.loop, [&] { return server.received.size() == octets.size(); }));
    CHECK(filled == message.size());
    CHECK(server.received == octets);
    int sum = 0;
    for (std::size_t i = 0; i < 64; ++i)
        sum += *(server.last_data.data() + server.last_data.size() + i) != 0;
    CHECK(sum <= 64);
}

TEST_CASE_TEMPLATE("tls: on_drained feeds a large transfer piece by piece", World, EpollWorld, SimulatedTestWorld) {
    World world;
    TlsPair pair(world.loop);
    constexpr int pieces = 40;
    const std::string piece = pattern(100'000);
    int sent = 1;
    pair.server.events.when_drained = [&] {
        CHECK(pair.server.stream->outbox().empty());
        if (sent++ < pieces) pair.server.send(piece);
    };
    pair.server.send(piece);
    REQUIRE(run_until(world.loop, [&] { return pair.client.events.received.size() == pieces * piece.size(); }));
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.drains == pieces; }));
    CHECK(count_turns(world.loop, 30ms) <= 4);
}

TEST_CASE_TEMPLATE("tls: a paused one delivers nothing, holds the sender up, and goes on where it stopped", World,
                   EpollWorld, SimulatedTestWorld) {
    World world;
    TlsPair pair(world.loop);
    net::test::Recorder& server = pair.server.events;
    server.when_data = [&] { pair.server.stream->pause_reading(); };
    pair.client.send("first");
    REQUIRE(run_until(world.loop, [&] { return !server.received.empty(); }));
    const std::string before = server.received;
    const std::string octets = pattern(16'000'000);  // more than the system's buffers take: some 4 MB
    pair.client.send(octets);
    CHECK(count_turns(world.loop, 100ms) <= 200);
    CHECK(server.received == before);
    CHECK(pair.client.stream->outbox().size() > 4'000'000);  // what waits is seen
    server.when_data = nullptr;
    pair.server.stream->resume_reading();
    REQUIRE(run_until(world.loop, [&] { return server.received.size() == 5 + octets.size(); }));
    CHECK(server.received == "first" + octets);
}

TEST_CASE_TEMPLATE("tls: pausing in each piece and resuming in a later turn loses nothing", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    TlsPair pair(world.loop);
    std::vector<char> small(3000);  // less than a record: what was decrypted waits, too
    pair.server.events.window = small;
    pair.server.events.when_data = [&] {
        pair.server.stream->pause_reading();
        world.loop.post([&] { pair.server.stream->resume_reading(); });
    };
    const std::string octets = pattern(300'000);
    pair.client.send(octets);
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.received.size() == octets.size(); }));
    CHECK(pair.server.events.received == octets);
}

TEST_CASE_TEMPLATE("tls: close sends what waits, then both ends end without an error", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    TlsPair pair(world.loop);
    const std::string octets = pattern(4'000'000);
    pair.client.events.when_end = [&] { pair.client.stream->close(); };
    pair.server.stream->outbox().append(octets);
    pair.server.stream->close();
    CHECK(pair.server.events.closes == 0);
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.closes > 0 && pair.client.events.closes > 0; }));
    CHECK(pair.client.events.received == octets);
    CHECK(pair.client.events.ends == 1);
    CHECK(pair.server.events.ends == 0);
    CHECK_FALSE(pair.server.events.error.has_value());
    CHECK_FALSE(pair.client.events.error.has_value());
}

TEST_CASE_TEMPLATE("tls: the peer's close_notify leaves the other direction open", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    TlsPair pair(world.loop);
    pair.client.stream->close();
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.ends == 1; }));
    CHECK(count_turns(world.loop, 50ms) <= 20);
    pair.server.send("still here");
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.drains == 1; }));
    pair.server.stream->close();
    REQUIRE(run_until(world.loop, [&] { return pair.server.events.closes == 1; }));
    CHECK_FALSE(pair.server.events.error.has_value());
    CHECK(pair.server.events.ends == 1);
}

TEST_CASE_TEMPLATE("tls: an end that TLS did not announce is an error to a client", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    TlsPair pair(world.loop);
    pair.server.stream.reset();
    REQUIRE(run_until(world.loop, [&] { return pair.client.events.closes == 1; }));
    CHECK(pair.client.events.ends == 0);
    REQUIRE(pair.client.events.error.has_value());
}

TEST_CASE_TEMPLATE("tls: it may be destroyed in each of its callbacks", World, EpollWorld, SimulatedTestWorld) {
    for (const std::string_view when : {"data", "end", "drained", "closed"}) {
        CAPTURE(when);
        World world;
        TlsPair pair(world.loop);
        net::test::Recorder& server = pair.server.events;
        const auto destroy = [&] { pair.server.stream.reset(); };
        if (when == "data") server.when_data = destroy;
        if (when == "end") server.when_end = destroy;
        if (when == "drained") server.when_drained = destroy;
        if (when == "closed") server.when_closed = destroy;
        if (when == "data") pair.client.send("octets" + pattern(100'000));
        if (when == "end") pair.client.stream->close();
        if (when == "drained") pair.server.send("octets");
        if (when == "closed") {
            pair.client.events.when_end = [&] { pair.client.stream->close(); };
            pair.server.stream->close();
        }
        REQUIRE(run_until(world.loop, [&] { return pair.server.stream == nullptr; }));
        count_turns(world.loop, 20ms);
    }
}

TEST_CASE("tls: it may go to another loop, with what was not read yet") {
    EpollWorld here;
    EpollWorld there;
    for (const bool is_paused : {false, true}) {
        CAPTURE(is_paused);
        TlsPair pair(here.loop);
        if (is_paused) pair.server.events.when_data = [&] { pair.server.stream->pause_reading(); };
        pair.client.send("before");
        REQUIRE(run_until(here.loop, [&] { return pair.server.events.received == "before"; }));
        pair.client.send("while it goes");
        count_turns(here.loop, 20ms);
        std::unique_ptr<net::DetachedStream> detached = pair.server.stream->detach();
        REQUIRE(detached != nullptr);
        pair.server.stream->pause_reading();
        pair.server.stream->resume_reading();
        pair.server.send("nobody sends this");
        count_turns(here.loop, 5ms);
        End moved;
        moved.take(there.loop.adopt(std::move(detached)));
        const std::string rest = is_paused ? "while it goes" : "";
        CHECK(moved.stream->is_secure());
        if (is_paused) REQUIRE(run_until(there.loop, [&] { return moved.events.received == rest; }));
        moved.send("from there");
        REQUIRE(run_until(there.loop, [&] { return moved.events.drains == 1; }));
        REQUIRE(run_until(here.loop, [&] { return pair.client.events.received == "from there"; }));
        pair.client.send("and back");
        count_turns(here.loop, 5ms);
        REQUIRE(run_until(there.loop, [&] { return moved.events.received == rest + "and back"; }));
    }
}

TEST_CASE_TEMPLATE("tls: a client takes no server that cannot prove who it is", World, EpollWorld, SimulatedTestWorld) {
    World world;
    const Identity other = make_identity({.names = "DNS:other.example"});
    const auto refusal = [&](const PairOptions& options) {
        TlsPair pair(world.loop, options);
        REQUIRE(run_until(world.loop, [&] { return pair.client.events.closes + pair.is_established > 0; }));
        if (pair.is_established) return std::string();
        REQUIRE(run_until(world.loop, [&] { return pair.server.events.closes == 1; }));
        CHECK(pair.server.events.error->code == ErrorCode::tls_failed);
        CHECK(pair.client.events.error->code == ErrorCode::tls_failed);
        CHECK(pair.client.events.received.empty());
        return pair.client.events.error->message;
    };
    CHECK(refusal({}).empty());
    CHECK(refusal({.client = {}}).find("self-signed certificate") != std::string::npos);
    CHECK(refusal({.client = client_options(other)}).find("not trusted") != std::string::npos);
    CHECK(refusal({.host = "localhost.example"}).find("ostname mismatch") != std::string::npos);
    CHECK(refusal({.host = "127.0.0.2"}).find("IP address mismatch") != std::string::npos);
    CHECK(refusal({.host = "127.0.0.1"}).empty());
    CHECK(refusal({.client = {.authorities = identity().certificate, .server_name = "localhost"}, .host = "10.0.0.1"})
              .empty());
    CHECK(refusal({.client = {.insecure = true}, .host = "anybody"}).empty());
    TlsClientOptions pinned = client_options();
    pinned.pins = {other.pin, identity().pin};
    CHECK(refusal({.client = pinned}).empty());
    pinned.pins = {other.pin};
    CHECK(refusal({.client = pinned}).find("pins") != std::string::npos);
    CHECK(refusal({.client = {.pins = {identity().pin}, .insecure = true}, .host = "anybody"}).empty());
    CHECK(refusal({.client = {.pins = {other.pin}, .insecure = true}}).find("pins") != std::string::npos);
}

TEST_CASE_TEMPLATE("tls: a server may want certificates of its clients", World, EpollWorld, SimulatedTestWorld) {
    World world;
    const Identity known = make_identity({.names = "DNS:client.example"});
    const Identity stranger = make_identity({.names = "DNS:stranger.example"});
    for (const TlsVersion version : {TlsVersion::tls_1_2, TlsVersion::tls_1_3}) {
        PairOptions options;
        options.server.version_min = version;
        options.server.client_certificate = TlsClientCertificate::required;
        options.server.client_authorities = known.certificate;
        options.client.certificate = known.certificate;
        options.client.private_key = known.private_key;
        {
            TlsPair pair(world.loop, options);
            pair.client.send("hello");
            CHECK(run_until(world.loop, [&] { return pair.server.events.received == "hello"; }));
        }
        for (const bool has_one : {false, true}) {
            CAPTURE(has_one);
            options.client.certificate = has_one ? stranger.certificate : "";
            options.client.private_key = has_one ? stranger.private_key : "";
            TlsPair pair(world.loop, options);
            pair.client.send("hello");
            REQUIRE(run_until(world.loop,
                              [&] { return pair.client.events.closes == 1 && pair.server.events.closes == 1; }));
            CHECK(pair.server.events.received.empty());
            CHECK(pair.server.events.error->code == ErrorCode::tls_failed);
            CHECK(pair.client.events.error->message.find("certificate") != std::string::npos);
        }
    }
}

TEST_CASE_TEMPLATE("tls: the certificate is the one for the name, and one that was renewed is taken up", World,
                   EpollWorld, SimulatedTestWorld) {
    World world;
    const Identity other = make_identity({.names = "DNS:other.example,DNS:*.other.example"});
    PairOptions options;
    options.server.more_certificates = {{.certificate = other.certificate, .private_key = other.private_key}};
    options.client = client_options(other);
    for (const std::string host : {"other.example", "www.other.example"}) {
        options.host = host;
        CHECK(TlsPair(world.loop, options).is_established);
    }
    options.host = "localhost";
    CHECK_FALSE(TlsPair(world.loop, options).is_established);
    options.client = client_options();
    TlsPair pair(world.loop, options);
    REQUIRE(pair.is_established);
    CHECK(pair.server_context->reload());
    pair.client.send("before and after");
    CHECK(run_until(world.loop, [&] { return pair.server.events.received == "before and after"; }));
}

TEST_CASE_TEMPLATE("tls: who does not speak it is told so, and is gone", World, EpollWorld, SimulatedTestWorld) {
    for (const std::string_view said : {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\x16\x03\x01\xff\xff garbage garbage",
                                        "\0\0\0\0\0\0\0\0\0\0\0\0\0\0"}) {
        World world;
        const auto context = ServerContext::make(server_options()).value();
        End server;
        End client;
        const auto listener = listen_tls(world.loop, *context, [&](std::unique_ptr<TlsStream> stream) {
            stream->set_plain_answer("speak TLS");
            server.take(std::move(stream));
        });
        const auto attempt = world.loop.connect(
            listener->endpoint(), {},
            [&](Result<std::unique_ptr<net::Stream>> result) { client.take(std::move(result).value()); });
        client.events.when_end = [&] { client.stream->close(); };
        REQUIRE(run_until(world.loop, [&] { return client.stream != nullptr; }));
        client.send(said.empty() ? std::string(20, '\0') : std::string(said));
        REQUIRE(run_until(world.loop, [&] { return server.events.closes == 1; }));
        CHECK(server.events.error->code == ErrorCode::tls_failed);
        CHECK(server.events.received.empty());
        const bool is_http = said.starts_with("GET");
        CHECK((client.events.received == "speak TLS") == is_http);
    }
}

TEST_CASE_TEMPLATE("tls: what is closed before the handshake is over waits for it, and not for long", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    const auto context = ServerContext::make(server_options()).value();
    End server;
    server.events.closing.stall_timeout = Milliseconds(50);
    End client;
    const auto listener = listen_tls(world.loop, *context, [&](std::unique_ptr<TlsStream> stream) {
        server.take(std::move(stream));
        server.send("nobody hears this");
        server.stream->close();
        server.stream->close();
    });
    const auto attempt = world.loop.connect(listener->endpoint(), {}, [&](Result<std::unique_ptr<net::Stream>> result) {
        client.take(std::move(result).value());
    });
    client.events.when_end = [&] { client.stream->close(); };
    REQUIRE(run_until(world.loop, [&] { return server.events.closes == 1; }));
    CHECK(client.events.received.empty());
}

TEST_CASE("tls: certificates that cannot be used are refused with a sentence") {
    const Identity other = make_identity();
    const Identity locked = make_identity({.password = "secret"});
    const Identity expired = make_identity({.valid_seconds = -60});
    const auto problem = [](TlsServerOptions options) {
        const auto made = ServerContext::make(std::move(options));
        return made ? std::string() : made.error().message;
    };
    CHECK(problem(server_options()).empty());
    CHECK(problem({.certificate = identity().certificate + identity().private_key}).empty());
    CHECK(problem({.certificate = "/no/such/file"}) ==
          "The certificate /no/such/file cannot be read: No such file or directory.");
    CHECK(problem({.certificate = identity().certificate, .private_key = other.private_key}) ==
          "The private key the given text is not that of the certificate the given text.");
    CHECK(problem({.certificate = identity().certificate}).starts_with("There is no private key in"));
    CHECK(problem({.certificate = "-----BEGIN nothing"}).find("is no PEM certificate") != std::string::npos);
    CHECK(problem({.certificate = locked.certificate, .private_key = locked.private_key}).ends_with("none was given."));
    CHECK(problem({.certificate = locked.certificate, .private_key = locked.private_key, .password = "wrong"})
              .ends_with("it is not the one that was given."));
    CHECK(
        problem({.certificate = locked.certificate, .private_key = locked.private_key, .password = "secret"}).empty());
    CHECK(problem({.certificate = expired.certificate, .private_key = expired.private_key})
              .ends_with("has expired. Renew it."));
    TlsServerOptions wants = server_options();
    wants.client_certificate = TlsClientCertificate::required;
    CHECK(problem(wants).find("client_authorities") != std::string::npos);
    wants.client_authorities = "-----BEGIN nothing";
    CHECK(problem(wants).starts_with("There is no certificate of an authority"));
    CHECK(ClientContext::make({.pins = {"sha256/short"}}).error().message.find("is no pin") != std::string::npos);
}

}  // namespace parley::tls
