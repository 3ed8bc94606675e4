// SPDX-License-Identifier: MIT
// Programs that are server and client at once: clients on the loop of an application.
#include <doctest/doctest.h>
#include <poll.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "parley/client.hpp"
#include "parley/server.hpp"

namespace parley::test {
namespace {

using namespace std::chrono_literals;

constexpr RunOptions quiet{.stop_on_signals = false};

std::string address(int port) {
    return "http://127.0.0.1:" + std::to_string(port);
}

void listen(Server& io) {
    io.listen({.port = 0, .host = "127.0.0.1"});
}

/// A server on a thread of its own, for clients to talk to.
class Upstream {
 public:
    Upstream() {
        io.on("echo", [](std::string text) { return text; });
        io.on("announce", [this](std::string text) { io.emit("news", text); });
        listen(io);
        thread_ = std::thread([this] { io.application().run(quiet); });
    }
    ~Upstream() {
        io.application().stop();
        thread_.join();
    }
    [[nodiscard]] std::string url() { return address(io.application().port()); }

    Server io;

 private:
    std::thread thread_;
};

ClientOptions quick() {
    ClientOptions options;
    options.reconnection_delay = 1ms;
    options.reconnection_delay_max = 5ms;
    return options;
}

}  // namespace

TEST_CASE("client on an application: handlers of both run on one thread, and either may use what the other does") {
    Upstream upstream;
    Server io;
    listen(io);
    Client client(io, upstream.url());
    Client guest(io, address(io.application().port()));  // of the very same server
    std::string news;                                    // of both, without a lock
    std::thread::id server_thread;
    client.on("news", [&](std::string text) {
        news = text + " " + (std::this_thread::get_id() == server_thread ? "here" : "elsewhere");
        io.emit("passed on", news);
    });
    io.on("tell", [&](std::string text) {
        server_thread = std::this_thread::get_id();
        client.emit("announce", text);
    });
    guest.on("passed on", [&](std::string text) {
        CHECK(text == news);
        io.application().stop();
    });
    client.on_connect([&] { guest.connect(); });
    guest.on_connect([&] { guest.emit("tell", "tea"); });
    client.connect();
    io.application().run(quiet);
    CHECK(news == "tea here");
    CHECK(client.active());
}

TEST_CASE("client on an application: it is run by that, and by nobody else") {
    Application app;
    Client client(app, "http://127.0.0.1:1", quick());
    CHECK_THROWS_AS(client.run(), SetupError);
    CHECK_THROWS_AS(static_cast<void>(client.poll()), SetupError);
    CHECK_THROWS_AS(static_cast<void>(client.poll_descriptor()), SetupError);
    CHECK_THROWS_AS(static_cast<void>(client.poll_timeout()), SetupError);
    int attempts = 0;
    client.on_reconnect_attempt([&](std::uint32_t) {
        client.stop();  // which is not the application's
        if (++attempts == 3) app.stop();
    });
    client.connect();
    app.run(quiet);
    CHECK(attempts == 3);
}

TEST_CASE("client on an application: whichever ends first, the other goes on or falls silent") {
    Upstream upstream;
    for (const bool has_run : {false, true}) {
        auto io = std::make_unique<Server>();
        std::optional<Client> client(std::in_place, *io, upstream.url(), quick());
        std::optional<WebSocketClient> socket(std::in_place, *io, upstream.url());
        int connects = 0;
        client->on_connect([&] {
            ++connects;
            io->application().stop();
        });
        client->connect();
        socket->connect();
        if (has_run) io->application().run(quiet);
        const ClientSocket handle = *client;
        bool is_called = false;
        client->emit("echo", "x", [&](Result<std::string>) { is_called = true; });
        io.reset();
        CHECK(connects == (has_run ? 1 : 0));
        CHECK_FALSE(client->connected());
        CHECK_FALSE(client->active());
        CHECK_FALSE(client->emit("gone"));
        CHECK_FALSE(handle.emit("gone"));
        CHECK_FALSE(client->of("/other").emit("gone"));
        CHECK_FALSE(client->of("/other").connected());
        CHECK_FALSE(client->transport());
        CHECK_FALSE(socket->send("gone"));
        client->connect();
        client->on("x", [] {});
        client->on_ping([] {});
        client->post([&] { is_called = true; });
        client->close();
        client->stop();
        socket->connect();
        socket->close();
        client.reset();
        socket.reset();
        CHECK_FALSE(handle.active());
        CHECK_FALSE(is_called);
    }
}

TEST_CASE("client on an application: it may be destroyed in its own handlers and in those of the server") {
    Upstream upstream;
    Server io;
    listen(io);
    auto first = std::make_unique<Client>(io, upstream.url());
    auto second = std::make_unique<Client>(io, upstream.url());
    auto talker = std::make_unique<Client>(io, address(io.application().port()));
    first->on_connect([&] {
        first.reset();
        second->connect();
    });
    second->on_connect([&] { talker->connect(); });
    talker->on_connect([&] { talker->emit("end it"); });
    io.on("end it", [&] {
        second.reset();
        talker.reset();
        io.application().after(5ms, [&] { io.application().stop(); });
    });
    first->connect();
    io.application().run(quiet);
    CHECK(first == nullptr);
    CHECK(second == nullptr);
    CHECK(talker == nullptr);
}

TEST_CASE("client on an application: the application may be destroyed in a handler of the client") {
    Upstream upstream;
    auto io = std::make_unique<Server>();
    Client client(*io, upstream.url());
    int connects = 0;
    client.on_connect([&] {
        ++connects;
        io.reset();
    });
    client.connect();
    io->application().run(quiet);
    CHECK(connects == 1);
    CHECK(io == nullptr);
    CHECK_FALSE(client.emit("gone"));
}

TEST_CASE("client on an application: another thread may destroy it, and no handler is called afterwards") {
    Upstream upstream;
    Server io;
    std::thread runner([&] { io.application().run(quiet); });
    for (int round = 0; round < 30; ++round) {
        auto client = std::make_unique<Client>(io, upstream.url(), quick());
        std::atomic<int> calls = 0;
        std::atomic<bool> is_over = false;
        client->on_connect([&] {
            CHECK_FALSE(is_over);
            ++calls;
        });
        client->on_any([&](std::string_view, Arguments) { CHECK_FALSE(is_over); });
        client->connect();
        client->emit("announce", std::to_string(round));
        while (round % 3 == 0 && calls == 0)
            std::this_thread::yield();
        for (int i = 0; i < round * 10; ++i)
            std::this_thread::yield();
        client.reset();
        is_over = true;
    }
    io.application().stop();
    runner.join();
}

TEST_CASE(
    "client on an application: another thread that destroys it is not left waiting when nobody runs that any more") {
    for (int round = 0; round < 20; ++round) {
        Application app;
        auto client = std::make_unique<Client>(app, "http://127.0.0.1:1", quick());
        client->connect();
        std::atomic<bool> runs = false;
        std::thread destroyer([&] {
            while (!runs)
                std::this_thread::yield();
            client.reset();
        });
        app.post([&] {
            runs = true;
            app.stop();
        });
        app.run(quiet);
        destroyer.join();
    }
}

TEST_CASE("client on an application with threads: it belongs to the thread in run()") {
    Upstream upstream;
    Application app({.threads = 3});
    Server io(app);
    listen(io);
    Client client(io, upstream.url());
    const std::thread::id here = std::this_thread::get_id();
    io.on("ask upstream", [&](std::string text, Ack ack) {  // on any of the three
        client.emit("echo", text, [&, ack](Result<std::string> answer) {
            CHECK(std::this_thread::get_id() == here);
            ack(answer.value_or("nothing"));
        });
    });
    client.connect();
    std::vector<std::unique_ptr<Client>> people;
    std::atomic<int> answers = 0;
    for (int i = 0; i < 6; ++i) {
        people.push_back(std::make_unique<Client>(address(app.port())));
        people.back()->emit("ask upstream", std::to_string(i), [&, i](Result<std::string> answer) {
            CHECK(answer == std::to_string(i));
            if (++answers == 6) app.stop();
        });
        people.back()->connect();
    }
    app.run(quiet);
    CHECK(answers == 6);
}

TEST_CASE("client on an application: each socket may have one of its own, that ends with it") {
    Upstream upstream;
    Server io;
    listen(io);
    io.on_connection([&](Socket socket) {
        auto link = std::make_shared<Client>(io, upstream.url());
        link->on("news", [socket](std::string text) { socket.emit("news", text); });
        link->connect();
        socket.on("say", [link](std::string text) { link->emit("announce", text); });
    });
    Client person(io, address(io.application().port()));
    person.on("news", [&](std::string text) {
        CHECK(text == "tea");
        person.close();
    });
    person.on_disconnect([&] { io.application().after(5ms, [&] { io.application().stop(); }); });
    person.emit("say", "tea");
    person.connect();
    io.application().run(quiet);
}

TEST_CASE("client on an application with threads: handlers on any of them may make clients and end them") {
    Upstream upstream;
    Application app({.threads = 3});
    Server io(app);
    listen(io);
    io.on_connection([&](Socket socket) {  // on any of the three
        auto link = std::make_shared<Client>(io, upstream.url());
        link->on("news", [](std::string) {});
        link->connect();
        link->emit("announce", "somebody came");
        socket.on("say", [link](std::string text) { return text; });
    });
    std::vector<std::unique_ptr<Client>> people(12);
    std::atomic<int> answers = 0;
    for (std::size_t i = 0; i < people.size(); ++i) {
        people[i] = std::make_unique<Client>(address(app.port()));
        people[i]->emit("say", "x", [&, i](Result<std::string>) {
            people[i]->close();
            if (++answers == 12) app.stop();
        });
        people[i]->connect();
    }
    app.run(quiet);
    CHECK(answers == 12);
}

TEST_CASE("client in another program's loop: poll(2) says when it has something to do") {
    Upstream upstream;
    ClientOptions options;
    options.transports = {Transport::websocket};
    Client client(upstream.url(), std::move(options));
    std::vector<std::string> heard;
    client.on("news", [&](std::string text) { heard.push_back(std::move(text)); });
    client.on_connect([&] { client.emit("announce", "first"); });
    CHECK(client.poll_timeout() == 0ms);  // it has not begun
    std::thread other;
    int turns = 0;
    while (client.poll()) {
        ++turns;
        if (heard.size() == 1 && !other.joinable()) {
            other = std::thread([&, socket = ClientSocket(client)] { socket.emit("announce", "second"); });
        }
        if (heard.size() == 2) client.close();
        pollfd descriptor{client.poll_descriptor(), POLLIN, 0};
        const std::chrono::milliseconds patience = client.poll_timeout();
        CHECK(patience >= -1ms);
        CHECK(::poll(&descriptor, 1, static_cast<int>(patience.count())) >= 0);
    }
    other.join();
    CHECK(heard == std::vector<std::string>{"first", "second"});
    CHECK(turns < 200);  // it sleeps between them
    CHECK(client.poll_timeout() >= -1ms);
}

}  // namespace parley::test
