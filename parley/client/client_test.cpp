// SPDX-License-Identifier: MIT
// The life of a client, on real threads and without a server: what needs one is in tests/interop and tests/client.
#include "parley/client/client.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/client/websocket_client.hpp"

namespace parley::test {
namespace {

using namespace std::chrono_literals;

// Nobody listens there (RFC 1700: tcpmux), so each attempt fails at once.
constexpr const char* nobody = "http://127.0.0.1:1";

ClientOptions once() {
    ClientOptions options;
    options.reconnection = false;
    return options;
}

}  // namespace

TEST_CASE("client: what cannot be is a sentence when it is made") {
    const auto refusal = [](const char* url, ClientOptions options) -> std::string {
        try {
            const Client client(url, std::move(options));
            return "";
        } catch (const SetupError& error) {
            return error.what();
        }
    };
    CHECK(refusal("localhost:3000", {}).starts_with("The URL"));
    CHECK(refusal(nobody, {}).empty());
    ClientOptions none;
    none.transports.clear();
    CHECK(refusal(nobody, std::move(none)).starts_with("transports is empty"));
    ClientOptions path;
    path.path = "socket.io";
    CHECK(refusal(nobody, std::move(path)).starts_with("path must be"));
    ClientOptions factor;
    factor.randomization_factor = 1.5;
    CHECK(refusal(nobody, std::move(factor)).starts_with("randomization_factor"));
    ClientOptions header;
    header.extra_headers = {{"X", "a\r\nb"}};
    CHECK(refusal(nobody, std::move(header)).find("is no header") != std::string::npos);
}

TEST_CASE("client: run() tells what went wrong and returns when there is nothing more to try") {
    Client client(nobody, once());
    std::vector<std::string> heard;
    client.on_connect_error([&](ConnectError error) { heard.push_back(error.message); });
    client.emit("kept", 1);
    CHECK(client.run() == 0);
    CHECK(heard == std::vector<std::string>{"xhr poll error"});
    CHECK(client.active());
    CHECK_FALSE(client.connected());
    CHECK(client.run() == 0);  // which asks again
    CHECK(heard == std::vector<std::string>{"xhr poll error", "xhr poll error"});
}

TEST_CASE("client: poll() does the same piece by piece") {
    Client client(nobody, once());
    int errors = 0;
    client.on_connect_error([&] { ++errors; });
    while (client.poll(10ms)) {
    }
    CHECK(errors == 1);
    CHECK_FALSE(client.poll());
}

TEST_CASE("client: what would act does nothing when the client is gone, and says so") {
    ClientSocket socket;
    CHECK_FALSE(socket.emit("nowhere"));
    {
        Client client(nobody, once());
        socket = client;
        CHECK(socket == client);
        CHECK(socket.emit("waits"));
    }
    CHECK_FALSE(socket.emit("gone"));
    CHECK_FALSE(socket.connected());
    CHECK_FALSE(socket.active());
    CHECK(socket.id().empty());
    CHECK(socket.nsp() == "/");
    CHECK_FALSE(socket.disconnect());
    socket.connect();
    socket.on("x", [] {});
    socket.off("x");
    socket.off_any();
    CHECK_FALSE(socket.timeout(1ms).volatile_().emit("gone"));
}

TEST_CASE("client: what waits is bounded by packets and by octets, and an acknowledgement that cannot be had fails") {
    ClientOptions options = once();
    options.send_buffer_packets_max = 2;
    options.send_buffer_bytes_max = 100;
    options.acks_max = 1;
    Client client(nobody, std::move(options));
    CHECK(client.emit("a"));
    CHECK_FALSE(client.emit("b", std::string(100, 'x')));
    std::string failure;
    CHECK_FALSE(
        client.emit("c", std::string(100, 'x'), [&](Result<void> result) { failure = result.error().message; }));
    CHECK(client.emit("d", [](Result<void>) {}));
    CHECK_FALSE(client.emit("e"));
    CHECK_FALSE(client.emit("connect"));
    client.run();
    CHECK(failure == "too much waits to be sent");
}

TEST_CASE("client: an acknowledgement times out also where nobody was asked, and its event is not sent any more") {
    ClientOptions options = once();
    options.reconnection = true;
    options.reconnection_delay = 60s;
    options.reconnection_delay_max = 60s;
    options.send_buffer_packets_max = 1;
    Client client(nobody, std::move(options));
    std::string failure;
    client.timeout(1ms).emit("a", [&](Result<void> result) { failure = result.error().message; });
    CHECK_FALSE(client.emit("no room"));
    while (failure.empty())
        client.poll(10ms);
    CHECK(failure == "operation has timed out");
    CHECK(client.emit("room again"));
}

TEST_CASE("client: it may be destroyed before it runs, while its thread connects, and in its own handlers") {
    for (int round = 0; round < 20; ++round) {
        {
            const Client unborn(nobody);
        }
        {
            Client client(nobody);
            client.connect();
            for (int i = 0; i < round * 20; ++i)
                std::this_thread::yield();
        }
        auto client = std::make_unique<Client>(nobody, once());
        std::atomic<bool> is_over = false;
        client->on_connect_error([&] {
            client.reset();
            is_over = true;
        });
        client->connect();
        while (!is_over)
            std::this_thread::yield();
        auto runner = std::make_unique<Client>(nobody, once());
        Client& running = *runner;
        running.on_connect_error([&] { runner.reset(); });
        CHECK(running.run() == 0);
        CHECK(runner == nullptr);
    }
}

TEST_CASE("client: a handler that throws is told, and the client goes on") {
    ClientOptions options;
    options.reconnection_delay = 1ms;
    options.reconnection_attempts = 2;
    Client client(nobody, std::move(options));
    std::vector<std::string> heard;
    client.on_error([&](const ClientFailure& failure) {
        heard.push_back(std::string(failure.event) + ": " + std::string(failure.message));
        throw 1;  // written, and that is all
    });
    client.on_connect_error([] { throw std::runtime_error("ouch"); });
    client.on_reconnect_attempt([](std::uint32_t) { throw std::runtime_error("again"); });
    int failed = 0;
    client.on_reconnect_failed([&] { ++failed; });
    client.run();
    CHECK(heard == std::vector<std::string>{"connect_error: ouch", "on_reconnect_attempt: again", "connect_error: ouch",
                                            "on_reconnect_attempt: again", "connect_error: ouch"});
    CHECK(failed == 1);
}

TEST_CASE("client: any thread may emit, register and post while it runs") {
    ClientOptions options;
    options.reconnection_delay = 1ms;
    options.reconnection_delay_max = 1ms;
    Client client(nobody, std::move(options));
    std::atomic<int> errors = 0;
    std::atomic<int> posted = 0;
    client.connect();
    client.on_connect_error([&] { ++errors; });
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < 100; ++i) {
                client.emit("x", i);
                client.post([&] { ++posted; });
                ClientSocket other = client.of("/" + std::to_string(t));
                other.connect();
                other.on("x", [] {});
                static_cast<void>(other.id());
                other.disconnect();
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    while (errors < 3 || posted < 300)
        std::this_thread::yield();
    client.close();
    CHECK(client.run() == 0);
}

TEST_CASE("client: threads that begin before run() or between two polls may emit as well") {
    for (const bool polls : {false, true}) {
        ClientOptions options;
        options.reconnection_delay = 1ms;
        options.reconnection_delay_max = 1ms;
        options.reconnection_attempts = 20;
        Client client(nobody, std::move(options));
        std::atomic<bool> is_over = false;
        client.on_reconnect_failed([&] { is_over = true; });
        std::thread writer([&, socket = ClientSocket(client)] {
            for (int i = 0; i < 1000 || !is_over; ++i) {
                if (i >= 1000) {
                    std::this_thread::yield();
                    continue;
                }
                socket.emit("line", std::string(10, 'x'));
                socket.emit("asked", [](Result<void>) {});
            }
        });
        if (polls) {
            while (client.poll(1ms))
                std::this_thread::yield();
        } else {
            client.run();
        }
        writer.join();
    }
}

TEST_CASE("client: a WebSocketClient follows the same rules") {
    WebSocketClient client("ws://127.0.0.1:1");
    std::string description;
    client.on_error([&](const ConnectError& error) { description = error.description; });
    CHECK_FALSE(client.send("early"));
    CHECK_FALSE(client.is_open());
    CHECK_FALSE(client.close(1005));
    CHECK(client.run() == 0);
    CHECK(description.find("Nothing listens") != std::string::npos);
    auto doomed = std::make_unique<WebSocketClient>("ws://127.0.0.1:1");
    WebSocketClient& running = *doomed;
    running.on_error([&](const ConnectError&) { doomed.reset(); });
    CHECK(running.run() == 0);
    CHECK(doomed == nullptr);
    CHECK_THROWS_AS(WebSocketClient("ws://localhost", {.subprotocols = {"a b"}}), SetupError);
}

}  // namespace parley::test
