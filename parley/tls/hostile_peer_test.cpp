// SPDX-License-Identifier: MIT
//
// Peers that speak TLS, and mean no good.
#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <utility>

#include "parley/net/backend/test_worlds.hpp"
#include "parley/tls/server_context.hpp"
#include "parley/tls/stream.hpp"
#include "tests/support/certificates.hpp"

namespace parley::tls {
namespace {

using net::test::End;
using net::test::EpollWorld;
using net::test::run_until;
using net::test::SimulatedTestWorld;

/// A server of ours, and a client of OpenSSL alone that says what it likes.
struct Attack {
    explicit Attack(net::Loop& on_loop) : loop(on_loop) {
        const parley::test::Identity identity = parley::test::make_identity();
        server_context =
            ServerContext::make({.certificate = identity.certificate, .private_key = identity.private_key}).value();
        listener = loop.listen(net::Endpoint::loopback(0), {},
                               [this](std::unique_ptr<net::Stream> stream) {
                                   auto own = server_context->make_session();
                                   session = own.get();
                                   server.take(std::make_unique<TlsStream>(std::move(stream), std::move(own)));
                               })
                       .value();
        SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
        SSL_set_connect_state(ssl.get());
        client.events.when_data = [this] { read(); };
        attempt = loop.connect(listener->endpoint(), {}, [this](Result<std::unique_ptr<net::Stream>> result) {
            client.take(std::move(result).value());
            SSL_do_handshake(ssl.get());
            send();
        });
        run_until(loop, [this] { return SSL_is_init_finished(ssl.get()) == 1; });
    }

    void read() {
        BIO_write(SSL_get_rbio(ssl.get()), client.events.last_data.data(),
                  static_cast<int>(client.events.last_data.size()));
        if (SSL_is_init_finished(ssl.get()) == 0) SSL_do_handshake(ssl.get());
        send();
    }

    // What the library has to say.
    void send() {
        const char* octets = nullptr;
        const long size = BIO_get_mem_data(SSL_get_wbio(ssl.get()), &octets);
        client.send({octets, static_cast<std::size_t>(size)});
        BIO_reset(SSL_get_wbio(ssl.get()));
    }

    net::Loop& loop;
    std::shared_ptr<ServerContext> server_context;
    Session* session = nullptr;  // the server's; lives as long as its stream
    const Owned<SSL_CTX> context{SSL_CTX_new(TLS_client_method())};
    const Owned<SSL> ssl{SSL_new(context.get())};
    End server;
    End client;
    std::unique_ptr<net::Listener> listener;
    std::unique_ptr<net::Pending> attempt;
};

}  // namespace

TEST_CASE_TEMPLATE("tls: nothing is kept of what comes behind close_notify", World, EpollWorld, SimulatedTestWorld) {
    World world;
    Attack attack(world.loop);
    SSL_write(attack.ssl.get(), "hello", 5);
    SSL_shutdown(attack.ssl.get());
    attack.send();
    attack.client.send(std::string(3'000'000, 'x'));
    REQUIRE(run_until(world.loop, [&] { return attack.client.stream->outbox().empty(); }));
    net::test::count_turns(world.loop, std::chrono::milliseconds(50));
    CHECK(attack.server.events.received == "hello");
    CHECK(attack.server.events.ends == 1);
    CHECK(attack.server.events.closes == 0);
    CHECK_FALSE(attack.session->has_input());
}

TEST_CASE_TEMPLATE("tls: who has it answer and does not take the answers is gone", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    Attack attack(world.loop);
    attack.server.events.closing.stall_timeout = Milliseconds(50);
    attack.client.stream->pause_reading();
    for (int i = 0; i < 400'000 && attack.server.events.closes == 0; ++i) {
        SSL_key_update(attack.ssl.get(), SSL_KEY_UPDATE_REQUESTED);
        SSL_do_handshake(attack.ssl.get());
        if (i % 2000 > 0) continue;
        attack.send();
        run_until(world.loop,
                  [&] { return attack.client.stream->outbox().empty() || attack.server.events.closes > 0; });
        REQUIRE(attack.server.stream->outbox().empty());
    }
    REQUIRE(attack.server.events.closes == 1);
    CHECK(attack.server.events.error->code == ErrorCode::limit_exceeded);
    CHECK(attack.server.events.received.empty());
}

}  // namespace parley::tls
