// SPDX-License-Identifier: MIT
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/client.hpp"
#include "parley/net/backend/simulated/simulated_network.hpp"
#include "parley/server.hpp"
#include "parley/task.hpp"

namespace parley::task::test {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

/// A server, and a client of it on a loop of its own, in one simulated network; and what their tasks have said.
struct World {
    World() : app(network.loop()), io(std::in_place, app) {
        app.listen(ListenOptions{.port = 0, .host = "127.0.0.1"});
        io->on_error([this](const EventFailure& failure) {
            failures.push_back(std::string(failure.event) + ": " + std::string(failure.message));
        });
        ClientOptions options;
        options.transports = {Transport::websocket};
        options.reconnection_delay = 10ms;
        options.reconnection_delay_max = 10ms;
        client.emplace(network.add_loop(), "http://127.0.0.1:" + std::to_string(app.port()), std::move(options));
        client->on_error([this](const ClientFailure& failure) {
            failures.push_back(std::string(failure.event) + ": " + std::string(failure.message));
        });
    }
    void connect() {
        client->connect();
        settle();
        REQUIRE(client->connected());
    }
    void settle() { network.run_until_idle(); }
    void pass(Duration duration) { network.run_for(duration); }
    void say(std::string word) { said.push_back(std::move(word)); }

    net::SimulatedNetwork network{1};
    Application app;
    std::optional<Server> io;
    std::optional<Client> client;
    Words said;
    Words failures;
};

/// Says when it goes.
class Noted {
 public:
    Noted(Words& words, std::string name) : words_(&words), name_(std::move(name)) {}
    Noted(Noted&& other) noexcept : words_(std::exchange(other.words_, nullptr)), name_(std::move(other.name_)) {}
    Noted& operator=(Noted&&) = delete;
    ~Noted() {
        if (words_ != nullptr) words_->push_back("~" + name_);
    }

 private:
    Words* words_;
    std::string name_;
};

template <typename T>
std::string word_of(const Result<T>& result) {
    if (!result) return result.error().message;
    if constexpr (std::is_void_v<T>) {
        return "done";
    } else if constexpr (std::is_same_v<T, std::string>) {
        return *result;
    } else {
        return to_json(*result);
    }
}

}  // namespace parley::task::test
