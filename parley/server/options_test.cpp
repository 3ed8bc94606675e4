// SPDX-License-Identifier: MIT
// Each limit of a client that a program may choose has its effect, and what cannot be is refused by name.
#include <doctest/doctest.h>

#include <string>

#include "tests/support/socketio_world.hpp"

namespace parley::server::test {
namespace {

// What a client hears that joins and sends this: "closed", or what is answered.
std::string answer_to(ServerOptions options, std::string_view packet) {
    World world(std::move(options));
    world.io->on("echo", [](Json any) { return any; });
    world.io->on("join", [](Socket socket, std::string room) { return bool(socket.join(room)); });
    const Namespace longer = world.io->of("/long");
    WebSocketClient client(world);
    client.join();
    const Words words = client.ask(packet);
    return words.empty() ? "" : words.back();
}

std::string nested(int depth) {
    return std::string(static_cast<std::size_t>(depth), '[') + std::string(static_cast<std::size_t>(depth), ']');
}

TEST_CASE("braces without an option are the default options") {
    Server io{{}};
    CHECK_THROWS_AS(static_cast<void>(io.of("a,b")), SetupError);
    CHECK(io.clients_count() == 0);
    Application app{{}};
    Server beside{app, {}};
    CHECK(&beside.application() == &app);
}

TEST_CASE("how deep a payload may be, and how long a name, are options") {
    CHECK(answer_to({}, R"(421["echo",)" + nested(127) + "]") == "431[" + nested(127) + "]");
    CHECK(answer_to({}, R"(421["echo",)" + nested(128) + "]") == "closed");
    CHECK(answer_to({.json_depth_max = 300}, R"(421["echo",)" + nested(299) + "]") == "431[" + nested(299) + "]");
    CHECK(answer_to({.json_depth_max = 300}, R"(421["echo",)" + nested(300) + "]") == "closed");

    CHECK(answer_to({.event_name_bytes_max = 4}, R"(421["echo",1])") == "431[1]");
    CHECK(answer_to({.event_name_bytes_max = 3}, R"(421["echo",1])") == "closed");
    CHECK(answer_to({.namespace_bytes_max = 5}, "40/long").starts_with(R"(40/long,{"sid")"));
    CHECK(answer_to({.namespace_bytes_max = 5}, "40/longer") == "closed");
    CHECK(answer_to({.room_bytes_max = 3}, R"(421["join","tea"])") == "431[true]");
    CHECK(answer_to({.room_bytes_max = 3}, R"(421["join","teas"])") == "431[false]");
}

TEST_CASE("how many attachments a packet may have is an option") {
    const std::string eleven = R"(4511-1["echo"])";
    CHECK(answer_to({}, eleven) == "closed");
    CHECK(answer_to({.attachments_max = 11}, eleven) == "");
    CHECK(answer_to({.attachments_max = 11}, R"(4512-1["echo"])") == "closed");
}

TEST_CASE("how often a client may try to join is an option") {
    World world(ServerOptions{.refused_connects_max = 2});
    WebSocketClient refused(world);
    CHECK(refused.ask("40/nowhere,").back().starts_with("44/nowhere,"));
    CHECK(refused.ask("40/nowhere,").back().starts_with("44/nowhere,"));
    CHECK(refused.ask("40/nowhere,") == Words{"closed"});

    World other(ServerOptions{.connects_per_window_max = 2, .connect_window = 1s});
    WebSocketClient restless(other);
    const auto join_and_leave = [&]() -> std::string {
        const Words words = restless.ask("40");
        restless.send("41");
        return words.empty() ? "nothing" : words.back().substr(0, 6);
    };
    CHECK(join_and_leave() == R"(40{"si)");
    CHECK(join_and_leave() == R"(40{"si)");
    other.pass(1100ms);
    CHECK(join_and_leave() == R"(40{"si)");
    CHECK(join_and_leave() == R"(40{"si)");
    CHECK(join_and_leave() == "closed");
}

TEST_CASE("for how long a packet waits for its attachments is an option") {
    World world(ServerOptions{.attachments_timeout = 2s});
    WebSocketClient client(world);
    client.join();
    client.send(R"(451-["echo",{"_placeholder":true,"num":0}])");
    world.pass(1'900ms);
    CHECK(client.receive().empty());
    world.pass(200ms);
    CHECK(client.receive() == Words{"closed"});
}

TEST_CASE("the frames of clients have the limits of the options") {
    World world(ServerOptions{.websocket = {.control_burst_max = 2, .control_per_second_max = 1}});
    WebSocketClient client(world);
    client.join();
    client.peer().send(std::string("\x89\x80\0\0\0\0\x89\x80\0\0\0\0\x89\x80\0\0\0\0", 18));
    CHECK(client.receive().back() == "closed 1008 too many control frames");
}

TEST_CASE("a server of options that cannot be is refused by the name of one") {
    const auto problem = [](auto change) -> std::string {
        ServerOptions options;
        change(options);
        try {
            World world(std::move(options));
        } catch (const SetupError& error) {
            return error.what();
        }
        return "none";
    };
    CHECK(problem([](ServerOptions&) {}) == "none");
    CHECK(problem([](ServerOptions& o) { o.attachments_max = SIZE_MAX; }) == "none");
    CHECK(problem([](ServerOptions& o) { o.connect_timeout = 0s; }) == "connect_timeout must be more than zero");
    CHECK(problem([](ServerOptions& o) { o.json_depth_max = 0; }) == "json_depth_max must be more than zero");
    CHECK(problem([](ServerOptions& o) { o.json_depth_max = 1'025; }) == "json_depth_max can be 1,024 at most");
    CHECK(problem([](ServerOptions& o) { o.max_http_buffer_size = 1'073'741'825; }) ==
          "max_http_buffer_size can be 1,073,741,824 at most");
    CHECK(problem([](ServerOptions& o) { o.namespace_bytes_max = 0; }) == "namespace_bytes_max must be more than zero");
    CHECK(problem([](ServerOptions& o) { o.event_name_bytes_max = 0; }) ==
          "event_name_bytes_max must be more than zero");
    CHECK(problem([](ServerOptions& o) { o.connect_window = 0s; }) == "connect_window must be more than zero");
    CHECK(problem([](ServerOptions& o) { o.refused_connects_max = 0; }) ==
          "refused_connects_max must be more than zero");
    CHECK(problem([](ServerOptions& o) { o.connects_per_window_max = 0; }) ==
          "connects_per_window_max must be more than zero");
    CHECK(problem([](ServerOptions& o) { o.close_timeout = 0s; }) == "close_timeout must be more than zero");
    CHECK(problem([](ServerOptions& o) { o.stall_timeout = 0s; }) == "stall_timeout must be more than zero");
    CHECK(problem([](ServerOptions& o) { o.websocket.frame_timeout = 0s; }) ==
          "websocket.frame_timeout must be more than zero");
}

}  // namespace
}  // namespace parley::server::test
