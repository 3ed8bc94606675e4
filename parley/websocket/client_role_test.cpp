// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <cstddef>
#include <string>

#include "parley/websocket/test_support.hpp"
#include "tests/support/every_cut.hpp"

namespace parley::websocket::test {
namespace {

// Gives the same four octets for ever: those of the examples in RFC 6455 §5.7.
class ExampleKeys final : public EntropySource {
 public:
    void fill(std::span<std::byte> bytes) override {
        ++draws;
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = std::byte{test_key.octets[i % 4]};
    }
    int draws = 0;
};

struct Client {
    ExampleKeys keys;
    Driver driver{Options{}, keys};
};

std::string server_text(std::string_view text) {
    return server_frame(Opcode::text, text);
}

}  // namespace

TEST_CASE("client role: every frame that it sends is masked with a key of its own") {
    Client client;
    Driver& it = client.driver;
    CHECK(it.connection.send_text("Hello", it.outbox));
    CHECK(it.take_sent() == octets({0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}));
    CHECK(it.connection.send_text('4', "Hello", it.outbox));
    CHECK(it.take_sent() == client_text("4Hello"));
    CHECK(it.connection.send_text('2', "", it.outbox));
    CHECK(it.take_sent() == client_text("2"));
    CHECK(it.connection.send_binary("\x01\x02", it.outbox));
    CHECK(it.take_sent() == client_binary("\x01\x02"));
    CHECK(it.connection.ping("p", it.outbox));
    CHECK(it.take_sent() == client_ping("p"));
    CHECK(it.connection.send_text("", it.outbox));
    CHECK(it.take_sent() == client_text(""));
    for (const std::size_t size : {std::size_t{125}, std::size_t{126}, std::size_t{65'535}, std::size_t{65'536}}) {
        const std::string text(size, 'x');
        CHECK(it.connection.send_text(text, it.outbox));
        CHECK(it.take_sent() == client_text(text));
    }
    CHECK(client.keys.draws == 10);
}

TEST_CASE("client role: what a server sends comes in unmasked, however it is cut") {
    const std::string stream = server_text("Hello") + server_frame(Opcode::binary, "\x01\xFF") + octets({0x01, 3}) +
                               "Hel" + octets({0x80, 2}) + "lo" + server_text("K\xC3\xB6ln") +
                               server_frame(Opcode::pong, "x") + server_text(std::string(300, 'y')) +
                               server_close(1000, "bye");
    parley::test::for_every_cut(stream, [&](const auto& pieces) {
        Client client;
        for (const auto& piece : pieces)
            client.driver.receive(piece);
        CHECK(client.driver.events == Lines{"text Hello", "binary \x01\xFF", "text Hello", "text K\xC3\xB6ln",
                                            "text " + std::string(300, 'y'), "closed 1000 closed_by_peer: bye"});
        CHECK(client.driver.sent() == client_close(1000, "bye"));
    });
}

TEST_CASE("client role: a masked frame of a server ends it with 1002 (RFC 6455 5.1)") {
    for (const std::string& frame : {client_text("x"), client_ping(), client_close(1000), client_text("")}) {
        Client client;
        client.driver.receive(frame);
        CHECK(client.driver.events == Lines{"closed 1002 protocol_error: a frame of a server is masked"});
        CHECK(client.driver.sent() == client_close(1002));
    }
}

TEST_CASE("client role: pings are answered, and what breaks a rule is refused, in masked frames") {
    Client client;
    client.driver.receive(server_frame(Opcode::ping, "are you there"));
    CHECK(client.driver.take_sent() == client_frame(0x8A, "are you there"));
    client.driver.receive(server_text("\xC3"));
    CHECK(client.driver.events == Lines{"closed 1007 protocol_error: text that is not UTF-8"});
    CHECK(client.driver.sent() == client_close(1007));
}

TEST_CASE("client role: it begins to close, and waits for the answer of the server") {
    Client client;
    Driver& it = client.driver;
    CHECK(it.connection.close({CloseCode::going_away, "done"}, it.now, it.outbox));
    CHECK(it.take_sent() == client_close(1001, "done"));
    CHECK_FALSE(it.connection.send_text("x", it.outbox));
    it.receive(server_text("late") + server_close(1001));
    CHECK(it.events == Lines{"closed 1001 closed_by_us"});
    CHECK(it.sent().empty());
}

TEST_CASE("client role: both ends of one connection understand each other") {
    Client client;
    Driver server;
    Driver& its = client.driver;
    for (int round = 0; round < 3; ++round) {
        CHECK(its.connection.send_text("to the server", its.outbox));
        server.receive(its.take_sent());
        CHECK(server.connection.send_binary("to the client", server.outbox));
        its.receive(server.take_sent());
    }
    CHECK(its.connection.close({CloseCode::normal, {}}, its.now, its.outbox));
    server.receive(its.take_sent());
    its.receive(server.take_sent());
    CHECK(server.events ==
          Lines{"text to the server", "text to the server", "text to the server", "closed 1000 closed_by_peer"});
    CHECK(its.events ==
          Lines{"binary to the client", "binary to the client", "binary to the client", "closed 1000 closed_by_us"});
}

}  // namespace parley::websocket::test
