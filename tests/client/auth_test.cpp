// SPDX-License-Identifier: MIT
// What a client says of itself when it has it: now, later, from another thread, or never.
#include <doctest/doctest.h>

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

/// A server that lets in who says that the token is "tea", and tells how often it was asked.
struct Door {
    Door() {
        io.use([this](Socket socket, const SocketNext& next) {
            ++asked;
            if (socket.auth()["token"].as_string() == "tea") return next();
            next.refuse("not you");
        });
        io.listen({.port = 0, .host = "127.0.0.1"});
    }
    [[nodiscard]] std::string url() { return "http://127.0.0.1:" + std::to_string(io.application().port()); }
    void run() { io.application().run({.stop_on_signals = false}); }
    void stop() { io.application().stop(); }

    Server io;
    int asked = 0;
};

ClientOptions options_with(ClientAuth auth) {
    ClientOptions options;
    options.auth = std::move(auth);
    options.reconnection_delay = 1ms;
    return options;
}

Json tea() {
    return Json::object({{"token", "tea"}});
}

}  // namespace

TEST_CASE("auth: a function may answer at once, in a later turn, or from another thread, and once") {
    for (const int when : {0, 1, 2}) {
        Door door;
        std::thread other;
        Client client(door.io, door.url(), options_with([&, when](AuthAnswer answer) {
                          if (when == 0) {
                              CHECK(answer(tea()));
                              CHECK_FALSE(answer(tea()));
                          } else if (when == 1) {
                              door.io.application().after(2ms, [answer] {
                                  CHECK(answer(tea()));
                                  CHECK_FALSE(answer(tea()));
                              });
                          } else {
                              other = std::thread([answer] { answer(tea()); });
                          }
                      }));
        int connects = 0;
        client.on_connect([&] {
            ++connects;
            door.stop();
        });
        client.connect();
        door.run();
        if (other.joinable()) other.join();
        CHECK(connects == 1);
        CHECK(door.asked == 1);
    }
}

TEST_CASE("auth: it is asked for anew at each attempt, and an answer to an earlier one is none") {
    Door door;
    std::vector<AuthAnswer> answers;
    std::optional<Client> client;
    client.emplace(door.io, door.url(), options_with([&](AuthAnswer answer) {
                       answers.push_back(answer);
                       if (answers.size() == 1) {
                           client->disconnect();
                           client->connect();
                           return;
                       }
                       CHECK_FALSE(answers.front()(tea()));
                       CHECK(answer(answers.size() == 2 ? Json::object() : tea()));
                   }));
    client->on_connect_error([&](const ConnectError& error) {
        CHECK(error.message == "not you");
        client->connect();
    });
    client->on_connect([&] { door.stop(); });
    client->connect();
    door.run();
    CHECK(answers.size() == 3);
    CHECK(door.asked == 2);
}

TEST_CASE("auth: a function that never answers is a time-out, and may be asked again") {
    Door door;
    std::optional<AuthAnswer> kept;
    ClientOptions options = options_with([&](AuthAnswer answer) {
        if (kept) return static_cast<void>(answer(tea()));
        kept = answer;
    });
    options.timeout = 200ms;
    Client client(door.io, door.url(), std::move(options));
    client.on_connect_error([&](const ConnectError& error) {
        CHECK(error.message == "timeout");
        CHECK_FALSE(error.is_refusal);
        CHECK_FALSE(client.active());
        CHECK_FALSE((*kept)(tea()));
        client.connect();
    });
    client.on_connect([&] { door.stop(); });
    client.connect();
    door.run();
    CHECK(door.asked == 1);
}

TEST_CASE("auth: who leaves before the answer has asked nobody, and an answer may outlive its client") {
    Door door;
    std::optional<AuthAnswer> kept;
    std::unique_ptr<Client> client;
    client = std::make_unique<Client>(door.io, door.url(), options_with([&](AuthAnswer answer) {
                                          kept = answer;
                                          door.io.application().after(1ms, [&] {
                                              client->disconnect();
                                              CHECK_FALSE((*kept)(tea()));
                                              door.io.application().after(5ms, [&] { door.stop(); });
                                          });
                                      }));
    client->connect();
    door.run();
    CHECK(door.asked == 0);
    client.reset();
    CHECK_FALSE((*kept)(tea()));
    std::thread([answer = *kept] { CHECK_FALSE(answer(tea())); }).join();
}

TEST_CASE("auth: the client may be destroyed while it is asked, and when its time is up") {
    for (const bool is_asked : {true, false}) {
        Door door;
        std::unique_ptr<Client> client;
        ClientOptions options = options_with([&, is_asked](AuthAnswer answer) {
            if (!is_asked) return;
            client.reset();
            CHECK_FALSE(answer(tea()));
            door.stop();
        });
        options.timeout = 200ms;
        client = std::make_unique<Client>(door.io, door.url(), std::move(options));
        client->on_connect_error([&] {
            client.reset();
            door.stop();
        });
        client->connect();
        door.run();
        CHECK(client == nullptr);
    }
}

TEST_CASE("auth: a function that throws is told, and counts as one that does not answer") {
    Door door;
    ClientOptions options = options_with([](AuthAnswer) { throw std::runtime_error("no vault"); });
    options.timeout = 200ms;
    Client client(door.io, door.url(), std::move(options));
    std::string failure;
    client.on_error(
        [&](const ClientFailure& what) { failure = std::string(what.event) + ": " + std::string(what.message); });
    client.on_connect_error([&](const ConnectError& error) {
        CHECK(error.message == "timeout");
        door.stop();
    });
    client.connect();
    door.run();
    CHECK(failure == "auth: no vault");
}

}  // namespace parley::test
