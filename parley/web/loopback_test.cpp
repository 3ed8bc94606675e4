// SPDX-License-Identifier: MIT
//
// The whole way over real sockets: everything else about these classes is tested on the simulated network.
#include <doctest/doctest.h>

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "parley/web/application.hpp"
#include "parley/web/websocket_server.hpp"
#include "tests/support/loopback.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

TEST_CASE("an application serves over the loopback") {
    Application app;
    app.get("/", [](Request& request, Response response) { response.send("hello " + request.remote_address()); });
    app.listen({.host = "127.0.0.1"});
    CHECK(app.port() > 0);
    const Running running(app);
    const Client client(app.port());
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(body_of(client.receive_until("127.0.0.1")) == "hello 127.0.0.1");
}

TEST_CASE("10,000 pipelined requests over the loopback are answered") {
    Application app;
    app.get("/", [](Response response) { response.send("!"); });
    app.listen(0);
    const Running running(app);
    const Client client(app.port());
    std::thread sender([&] {
        std::string requests;
        for (int i = 0; i < 9'999; ++i)
            requests += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
        client.send(requests + "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    });
    CHECK(count(client.receive_until(""), "HTTP/1.1 200 OK") == 10'000);
    sender.join();
}

TEST_CASE("a WebSocket server alone echoes messages of all sizes and answers pages 426") {
    WebSocketServer server;
    server.on_message([](WebSocket socket, WebSocketMessage message) {
        if (message.is_binary) {
            socket.send_binary(as_bytes(message.data));
        } else {
            socket.send(message.data);
        }
    });
    server.listen(0);
    const Running running(server);
    const Client client(server.port());
    client.send(upgrade_request("/any/path"));
    CHECK(status_of(client.receive_until("\r\n\r\n")) == 101);
    for (const std::size_t size : {0, 1, 125, 126, 65'535, 65'536, 1'000'000}) {
        const std::string text(size, 'x');
        client.send(client_text(text));
        CHECK(client.receive_until(server_text(text)) == server_text(text));
        client.send(client_frame(websocket::Opcode::binary, text));
        const std::string expected = server_frame(websocket::Opcode::binary, text);
        CHECK(client.receive_until(expected) == expected);
    }
    const Client browser(server.port());
    browser.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    const std::string answer = browser.receive_until("");
    CHECK(status_of(answer) == 426);
    CHECK(has_line(answer, "Upgrade: websocket"));
    CHECK(has_line(answer, "Sec-WebSocket-Version: 13"));
    CHECK(body_of(answer) == "Upgrade Required");
}

TEST_CASE("other threads send to a WebSocket while its loop runs") {
    WebSocketServer server;
    std::atomic<bool> is_connected = false;
    std::optional<WebSocket> socket;
    server.on_connection([&](WebSocket connected) {
        socket = connected;
        is_connected = true;
        is_connected.notify_one();
    });
    server.listen(0);
    Running running(server);
    const Client client(server.port());
    client.send(upgrade_request("/"));
    client.receive_until("\r\n\r\n");
    is_connected.wait(false);
    std::vector<std::thread> senders;
    for (int i = 0; i < 4; ++i) {
        senders.emplace_back([copy = *socket] {
            for (int n = 0; n < 500; ++n)
                copy.send("m");
        });
    }
    for (std::thread& sender : senders)
        sender.join();
    std::string expected;
    for (int n = 0; n < 2000; ++n)
        expected += server_text("m");
    CHECK(client.receive_until(expected).size() == expected.size());
    client.send(client_close(1000));
    running.stop();
    CHECK_FALSE(socket->is_open());
    CHECK_FALSE(socket->send("late"));
}

TEST_CASE("a response may be answered by way of another thread, and dropped on one") {
    Application app;
    std::vector<std::thread> workers;
    app.on_error([](const HandlerFailure&) {});
    app.get("/work", [&](Response response) {
        workers.emplace_back([&app, response = std::move(response)]() mutable {
            app.post([response = std::move(response)] { response.send("worked"); });
        });
    });
    app.get("/drop", [&](Response response) { workers.emplace_back([response = std::move(response)] {}); });
    app.listen(0);
    Running running(app);
    const Client client(app.port());
    client.send("GET /work HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(body_of(client.receive_until("worked")) == "worked");
    client.send("GET /drop HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(status_of(client.receive_until("Error")) == 500);
    running.stop();
    for (std::thread& worker : workers)
        worker.join();
}

TEST_CASE("stop() lets an answer go out, says goodbye to WebSockets, and accepts nobody more") {
    Application app;
    WebSocketServer server(app, "/live");
    std::optional<Response> held;
    std::atomic<bool> is_held = false;
    app.get("/hold", [&](Response response) {
        held = response;
        is_held = true;
        is_held.notify_one();
    });
    app.listen(0);
    const int port = app.port();
    Running running(app);
    const Client idle(port);
    auto waiting = std::make_unique<Client>(port);
    const Client live(port);
    live.send(upgrade_request("/live"));
    live.receive_until("\r\n\r\n");
    waiting->send("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    is_held.wait(false);
    app.stop();
    CHECK(live.receive_until(server_close(1001, "going away")) == server_close(1001, "going away"));
    CHECK(idle.receive_until("") == "");
    app.post([&] { std::exchange(held, std::nullopt)->send("in time"); });
    live.send(client_close(1001));
    CHECK(body_of(waiting->receive_until("")) == "in time");
    waiting.reset();
    running.stop();
    CHECK(app.port() == 0);
}

TEST_CASE("stop() before run() ends it at once, and an application runs again") {
    Application app;
    app.stop();
    CHECK(app.run() == 0);
    app.get("/", [](Response response) { response.send("again"); });
    app.listen(0);
    const Running running(app);
    const Client client(app.port());
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(body_of(client.receive_until("again")) == "again");
}

TEST_CASE("a call that is scheduled before run() comes, and a second run() is refused on any thread") {
    Application app;
    bool is_refused = false;
    const ScheduledCall call = app.after(1ms, [&] {
        std::thread([&] {
            try {
                app.run({.stop_on_signals = false});
            } catch (const SetupError&) {
                is_refused = true;
            }
        }).join();
        app.stop();
    });
    CHECK(app.run({.stop_on_signals = false}) == 0);
    CHECK(is_refused);
    CHECK_FALSE(call.is_pending());
}

TEST_CASE("SIGTERM and SIGINT stop run()") {
    for (const int signal : {SIGTERM, SIGINT}) {
        Application app;
        app.listen(0);
        std::thread killer;
        app.post([&] {
            // The signals are blocked by now, and the new thread inherits that.
            killer = std::thread([signal] { ::kill(::getpid(), signal); });
        });
        CHECK(app.run() == 0);
        killer.join();
    }
}

TEST_CASE("a port that is taken is told in a sentence that helps") {
    Application first;
    first.listen(0);
    Application second;
    const Result<void> refused = second.try_listen({.port = first.port()});
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == ErrorCode::address_in_use);
    CHECK(refused.error().message.starts_with("Port " + std::to_string(first.port()) + " is already in use. "));
    CHECK_THROWS_AS(second.listen(first.port()), SetupError);
    CHECK_THROWS_WITH_AS(second.listen(70'000), "Port 70000 does not exist: a port is a number from 0 to 65535.",
                         SetupError);
    CHECK_THROWS_AS(second.listen({.host = "203.0.113.7"}), SetupError);
    CHECK_THROWS_AS(second.listen({.host = "no such host"}), SetupError);
    CHECK(second.port() == 0);
    second.listen({.host = "localhost"});
    CHECK(second.port() > 0);
}

}  // namespace
}  // namespace parley::web::test
