// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <stdexcept>

#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

namespace {

// A world with one client in it, and a note of what the callbacks were told.
struct Asked {
    explicit Asked(ServerOptions options = {}) : world(std::move(options)), client(world) {
        socket = world.io->find_socket(client.join());
    }

    auto note() {
        return [this](Result<std::string> answer) {
            notes.push_back(answer ? "answer " + *answer : "error " + answer.error().message);
        };
    }

    World world;
    WebSocketClient client;
    Socket socket;
    Words notes;
};

}  // namespace

TEST_CASE("an answer reaches the callback as the values or as the result that it takes") {
    Asked asked;
    int sum = 0;
    std::string rest;
    CHECK(asked.socket.emit("ask", 1, asked.note()));
    CHECK(asked.socket.emit("ask", [&](int a, std::optional<int> b) { sum = a + b.value_or(100); }));
    CHECK(asked.socket.emit("ask", [&](Json any, std::string_view text) { rest = to_json(any) + std::string(text); }));
    CHECK(asked.socket.emit("ask", [&](Result<void> done) { rest += done ? "!" : "?"; }));
    CHECK(asked.client.receive() == Words{R"(420["ask",1])", R"(421["ask"])", R"(422["ask"])", R"(423["ask"])"});
    asked.client.send(R"(432[[1],"x"])");
    asked.client.send(R"(430["yes"])");
    asked.client.send("431[7]");
    asked.client.send("433[]");
    CHECK(asked.notes == Words{"answer yes"});
    CHECK(sum == 107);
    CHECK(rest == "[1]x!");
}

TEST_CASE("a callback may take the outcome in front of the values, and is then always called") {
    Asked asked;
    const auto note = [&](Result<void> outcome, std::string_view text, const std::optional<int>& number) {
        asked.notes.push_back((outcome ? "ok " : outcome.error().message + " ") + std::string(text) +
                              std::to_string(number.value_or(0)));
    };
    for (int i = 0; i < 3; ++i)
        CHECK(asked.socket.timeout(50ms).emit("ask", note));
    asked.client.send(R"(430["a",1])");
    asked.client.send(R"(431[2])");
    asked.world.pass(200ms);
    REQUIRE(asked.notes.size() == 3);
    CHECK(asked.notes[0] == "ok a1");
    CHECK(asked.notes[1].starts_with("argument 1"));
    CHECK(asked.notes[2] == "operation has timed out 0");
}

TEST_CASE("ack ids are counted by the namespace, whichever socket asks") {
    Asked asked;
    WebSocketClient other(asked.world);
    const Socket second = asked.world.io->find_socket(other.join());
    CHECK(asked.socket.emit("a", asked.note()));
    CHECK(second.emit("b", asked.note()));
    CHECK(other.receive() == Words{R"(421["b"])"});
    other.send(R"(430["not mine"])");
    CHECK(asked.notes.empty());
    CHECK(asked.world.io->counters().acks_unexpected == 1);
    other.send(R"(431["mine"])");
    CHECK(asked.notes == Words{"answer mine"});
}

TEST_CASE("unknown, second and late acknowledgements are ignored and counted") {
    Asked asked;
    asked.client.send("4399[1]");
    CHECK(asked.socket.timeout(50ms).emit("ask", asked.note()));
    asked.client.send(R"(430["first"])");
    asked.client.send(R"(430["second"])");
    CHECK(asked.socket.timeout(50ms).emit("ask", asked.note()));
    asked.world.pass(200ms);
    asked.client.send(R"(431["late"])");
    CHECK(asked.notes == Words{"answer first", "error operation has timed out"});
    CHECK(asked.world.io->counters().acks_unexpected == 3);
    CHECK(asked.world.io->counters().acks_timed_out == 1);
    CHECK(asked.socket.connected());
}

TEST_CASE("without a timeout of its own an acknowledgement has the server's") {
    Asked asked(ServerOptions{.ack_timeout = 3000ms});
    CHECK(asked.socket.emit("ask", asked.note()));
    CHECK(asked.socket.timeout(1000ms).emit("ask", asked.note()));
    CHECK(asked.socket.emit("ask", [](std::string) { FAIL("called without an answer"); }));
    asked.world.pass(900ms);
    CHECK(asked.notes.empty());
    asked.world.pass(200ms);
    CHECK(asked.notes.size() == 1);
    asked.world.pass(1800ms);
    CHECK(asked.notes.size() == 1);
    asked.world.pass(200ms);
    CHECK(asked.notes == Words{"error operation has timed out", "error operation has timed out"});
}

TEST_CASE("the end of the client fails what it still owes, once") {
    Asked asked;
    CHECK(asked.socket.emit("ask", asked.note()));
    CHECK(asked.socket.emit("ask", asked.note()));
    asked.client.send(R"(430["in time"])");
    asked.client.vanish();
    CHECK(asked.notes == Words{"answer in time", "error socket has been disconnected"});
    CHECK_FALSE(asked.socket.emit("ask", asked.note()));
    CHECK(asked.notes.size() == 2);
    asked.world.settle();
    CHECK(asked.notes.size() == 3);
    CHECK(asked.notes.back() == "error socket has been disconnected");
}

TEST_CASE("an emit that cannot be sent fails its callback, too") {
    Asked asked;
    CHECK_FALSE(asked.socket.emit("disconnect", asked.note()));
    CHECK(asked.notes.empty());
    asked.world.settle();
    CHECK(asked.notes == Words{"error this event cannot be sent"});
}

TEST_CASE("a client may owe so many acknowledgements and no more") {
    Asked asked(ServerOptions{.acks_per_socket_max = 3});
    for (int i = 0; i < 3; ++i)
        CHECK(asked.socket.emit("ask", asked.note()));
    CHECK_FALSE(asked.socket.emit("ask", asked.note()));
    CHECK(asked.client.receive().size() == 3);
    asked.world.settle();
    CHECK(asked.notes == Words{"error the client owes too many acknowledgements"});
    asked.client.send(R"(431["x"])");
    CHECK(asked.socket.emit("ask", asked.note()));
}

TEST_CASE("an answer that does not fit is an error of the result, or a report for who takes values") {
    Asked asked;
    asked.socket.emit("ask", asked.note());
    asked.socket.emit("ask", [](int) { FAIL("called with text"); });
    asked.client.send("430[1]");
    asked.client.send(R"(431["text"])");
    REQUIRE(asked.notes.size() == 1);
    CHECK(asked.notes[0].starts_with("error argument 1"));
    REQUIRE(asked.world.failures.size() == 1);
    CHECK(asked.world.failures[0].starts_with("acknowledgement: argument 1"));
    CHECK(asked.world.io->counters().payloads_mismatched == 1);
}

TEST_CASE("a callback that throws is contained") {
    Asked asked;
    asked.socket.emit("ask", [](Result<Json>) { throw std::runtime_error("ouch"); });
    asked.client.send("430[]");
    CHECK(asked.world.failures == Words{"acknowledgement: ouch"});
    CHECK(asked.socket.connected());
}

TEST_CASE("a callback may ask again, and disconnect the client that it waited for") {
    Asked asked;
    asked.socket.emit("ask", [&](std::string first) {
        asked.socket.emit("again", first, [&](Result<Json>) { asked.socket.disconnect(); });
        asked.socket.timeout(1000ms).emit("never", asked.note());
    });
    asked.client.receive();
    CHECK(asked.client.ask(R"(430["x"])") == Words{R"(421["again","x"])", R"(422["never"])"});
    CHECK(asked.client.ask("431[]") == Words{"41"});
    CHECK(asked.notes == Words{"error socket has been disconnected"});
}

TEST_CASE("a timed-out callback may end the client") {
    Asked asked;
    asked.socket.timeout(10ms).emit("a", [&](Result<void>) { asked.socket.disconnect(true); });
    asked.socket.timeout(10ms).emit("b", asked.note());
    asked.world.pass(200ms);
    CHECK(asked.notes == Words{"error socket has been disconnected"});
    CHECK_FALSE(asked.socket.connected());
}

TEST_CASE("a broadcast collects the first value of each answer, in the order of arrival") {
    World world;
    WebSocketClient a(world);
    WebSocketClient b(world);
    a.join();
    b.join();
    Words notes;
    CHECK(world.io->timeout(1000ms).emit("ask", "x", [&](Result<std::vector<int>> answers) {
        notes.push_back(answers ? to_json(*answers) : answers.error().message);
    }));
    CHECK(a.receive() == Words{R"(420["ask","x"])"});
    CHECK(b.receive() == Words{R"(420["ask","x"])"});
    b.send("430[2,3]");
    CHECK(notes.empty());
    a.send("430[1]");
    CHECK(notes == Words{"[2,1]"});
}

TEST_CASE("a broadcast's callback learns who was missing and still gets the answers that came") {
    World world;
    WebSocketClient a(world);
    WebSocketClient b(world);
    a.join();
    b.join();
    Words notes;
    const auto note = [&](Result<void> outcome, const std::vector<Json>& answers) {
        notes.push_back((outcome ? "all " : outcome.error().message + " ") + to_json(answers));
    };
    world.io->timeout(1000ms).emit("ask", note);
    a.send("430[\"a\"]");
    world.pass(1100ms);
    CHECK(notes == Words{R"(operation has timed out ["a"])"});
    world.io->timeout(1000ms).emit("ask", note);
    a.send("431[\"a\"]");
    b.vanish();
    CHECK(notes.back() == R"(socket has been disconnected ["a"])");
    world.io->to("nobody").emit("ask", note);
    world.settle();
    CHECK(notes.back() == "all []");
    CHECK(notes.size() == 3);
    CHECK(world.io->counters().acks_timed_out == 1);
}

TEST_CASE("ten thousand broadcasts to a client that never answers leave nothing behind") {
    World world;
    WebSocketClient client(world);
    client.join();
    int called = 0;
    for (int round = 0; round < 100; ++round) {
        for (int i = 0; i < 100; ++i)
            world.io->timeout(10ms).emit("ask", [&](Result<void>, const std::vector<Json>&) { ++called; });
        world.pass(100ms);
        client.receive();
    }
    CHECK(called == 10'000);
    CHECK(world.io->counters().acks_timed_out == 10'000);
}
