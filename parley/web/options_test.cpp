// SPDX-License-Identifier: MIT
// Each limit that a program may choose has its effect, and what cannot be is refused by name.
#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/web/websocket_server.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

template <typename Make>
std::string refusal_of(Make&& make) {
    try {
        make();
    } catch (const SetupError& error) {
        return error.what();
    }
    return "none";
}

std::string post(std::string_view lines, std::string_view body) {
    return "POST / HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n" + std::string(body);
}

TEST_CASE("each limit of a head and of a body in chunks is an option") {
    struct Row {
        std::string_view name;
        std::function<void(ApplicationOptions&, std::size_t)> set;
        std::size_t limit;
        std::function<std::string(std::size_t)> request;  // of which so much is what the limit is about
        int status;
    };
    const std::string chunked = "Transfer-Encoding: chunked\r\n";
    const std::vector<Row> rows{
        {"request_line_bytes_max", [](auto& o, std::size_t n) { o.request_line_bytes_max = n; }, 40,
         [](std::size_t n) { return "GET /" + std::string(n - 14, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n"; }, 414},
        {"method_bytes_max", [](auto& o, std::size_t n) { o.method_bytes_max = n; }, 40,
         [](std::size_t n) { return std::string(n, 'M') + " / HTTP/1.1\r\nHost: a\r\n\r\n"; }, 501},
        {"headers_max", [](auto& o, std::size_t n) { o.headers_max = n; }, 300,
         [](std::size_t n) {
             std::string request = "GET / HTTP/1.1\r\nHost: a\r\n";
             for (std::size_t i = 1; i < n; ++i)
                 request += "X: y\r\n";
             return request + "\r\n";
         },
         431},
        {"trailer_bytes_max", [](auto& o, std::size_t n) { o.trailer_bytes_max = n; }, 30'000,
         [&](std::size_t n) { return post(chunked, "0\r\nX: " + std::string(n - 4, 'a') + "\r\n\r\n"); }, 431},
        {"chunk_extension_bytes_max", [](auto& o, std::size_t n) { o.chunk_extension_bytes_max = n; }, 1'000,
         [&](std::size_t n) { return post(chunked, "1;" + std::string(n - 1, 'e') + "\r\nx\r\n0\r\n\r\n"); }, 400},
        {"chunk_overhead_bytes_max", [](auto& o, std::size_t n) { o.chunk_overhead_bytes_max = n; }, 40'000,
         [&](std::size_t n) {
             std::string body;
             for (std::size_t i = 0; i < n / 4; ++i)  // each octet comes with five of framing and earns one
                 body += "1\r\nx\r\n";
             return post(chunked, body + std::string(n % 4, '0') + "\r\n\r\n");
         },
         400},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        ApplicationOptions options;
        options.head_bytes_max = 65'535;
        row.set(options, row.limit);
        Site site(options);
        site.app.all("/*path", [](Response response) { response.send("taken"); });
        if (row.name != "chunk_overhead_bytes_max") CHECK(status_of(site.ask(row.request(row.limit))) == 200);
        CHECK(status_of(site.ask(row.request(row.limit + 1))) == row.status);
    }
}

TEST_CASE("an application of options that cannot be is refused by the name of one") {
    const auto problem = [](auto change) {
        ApplicationOptions options;
        change(options);
        return refusal_of([&] { Application app(options); });
    };
    CHECK(problem([](ApplicationOptions&) {}) == "none");
    CHECK(problem([](ApplicationOptions& o) { o.headers_max = SIZE_MAX; }) == "none");
    CHECK(problem([](ApplicationOptions& o) { o.answer_bytes_waiting_max = 0; }) ==
          "answer_bytes_waiting_max must be more than zero");
    CHECK(problem([](ApplicationOptions& o) { o.closing.stall_timeout = 0s; }) ==
          "closing.stall_timeout must be more than zero");
    CHECK(problem([](ApplicationOptions& o) { o.closing.bytes_per_second_min = 0; }) ==
          "closing.bytes_per_second_min must be more than zero");
    CHECK(problem([](ApplicationOptions& o) { o.closing.linger_timeout = -1ms; }) ==
          "closing.linger_timeout must be more than zero");
    CHECK(problem([](ApplicationOptions& o) { o.closing.read_bytes_max = 0; }) ==
          "closing.read_bytes_max must be more than zero");
    CHECK(problem([](ApplicationOptions& o) { o.closing.read_interval = 0ms; }) ==
          "closing.read_interval must be more than zero");
    CHECK(problem([](ApplicationOptions& o) { o.head_bytes_max = 0; }) == "head_bytes_max must be more than zero");
    CHECK(problem([](ApplicationOptions& o) { o.head_bytes_max = 65'536; }) == "head_bytes_max can be 65,535 at most");
    CHECK(problem([](ApplicationOptions& o) { o.request_line_bytes_max = 0; }) ==
          "request_line_bytes_max must be more than zero");
    CHECK(problem([](ApplicationOptions& o) { o.method_bytes_max = 0; }) == "method_bytes_max must be more than zero");
    CHECK(problem([](ApplicationOptions& o) { o.headers_max = 0; }) == "headers_max must be more than zero");
    CHECK(problem([](ApplicationOptions& o) { o.head_timeout = -1s; }) == "head_timeout must be more than zero");
    CHECK(problem([](ApplicationOptions& o) { o.keep_alive_timeout = 0s; }) ==
          "keep_alive_timeout must be more than zero");
    CHECK(problem([](ApplicationOptions& o) { o.chunk_overhead_bytes_max = 63; }) ==
          "chunk_overhead_bytes_max must be 64 at least");
}

TEST_CASE("65,536 fragments of 64 octets are one message to a server whose options allow them") {
    const std::string piece(64, 'x');
    std::string message = client_frame(websocket::Opcode::text, piece);
    message[0] = 0x01;
    std::string more = client_frame(websocket::Opcode::continuation, piece);
    more[0] = 0x00;
    for (int i = 0; i < 65'534; ++i)
        message += more;
    message += client_frame(websocket::Opcode::continuation, piece);

    const auto received_by = [&](const WebSocketServerOptions& options) {
        net::SimulatedNetwork network(1, smooth);
        Application app(network.loop());
        WebSocketServer server(app, "/", options);
        std::size_t received = 0;
        server.on_message([&](WebSocket, std::string_view text) { received = text.size(); });
        app.listen({.port = 80, .host = {}});
        net::SimulatedPeer& peer = network.connect(80);
        peer.send(upgrade_request("/") + message);
        network.run_until_idle();
        if (received == 0) CHECK(peer.received().ends_with(server_close(1008)));
        return received;
    };
    CHECK(received_by({.message_bytes_max = 4 * 1024 * 1024, .limits = {.fragments_max = 65'536}}) == 65'536 * 64);
    CHECK(received_by({.message_bytes_max = 4 * 1024 * 1024, .limits = {.fragments_max = 65'535}}) == 0);
    CHECK(received_by({.message_bytes_max = 4 * 1024 * 1024}) == 0);
}

TEST_CASE("a WebSocket server of options that cannot be is refused by the name of one") {
    const auto problem = [](auto change) {
        WebSocketServerOptions options;
        change(options);
        return refusal_of([&] { WebSocketServer server(options); });
    };
    CHECK(problem([](WebSocketServerOptions&) {}) == "none");
    CHECK(problem([](WebSocketServerOptions& o) { o.ping_interval = 0s; }) == "none");
    CHECK(problem([](WebSocketServerOptions& o) { o.message_bytes_max = 0; }) ==
          "message_bytes_max must be more than zero");
    CHECK(problem([](WebSocketServerOptions& o) { o.message_bytes_max = 1'073'741'824; }) == "none");
    CHECK(problem([](WebSocketServerOptions& o) { o.message_bytes_max = 1'073'741'825; }) ==
          "message_bytes_max can be 1,073,741,824 at most");
    CHECK(problem([](WebSocketServerOptions& o) { o.ping_timeout = 0s; }) == "ping_timeout must be more than zero");
    CHECK(problem([](WebSocketServerOptions& o) { o.stall_timeout = 0s; }) == "stall_timeout must be more than zero");
    CHECK(problem([](WebSocketServerOptions& o) { o.limits.fragments_max = 0; }) ==
          "limits.fragments_max must be more than zero");
    CHECK(problem([](WebSocketServerOptions& o) {
              o.origins = {"https://a.example/"};
          }).starts_with("origins has an origin that no browser sends: \"https://a.example/\""));
}

}  // namespace
}  // namespace parley::web::test
