// SPDX-License-Identifier: MIT
// What a client sends until it is acknowledged, and who hears of what leaves.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "parley/client.hpp"
#include "parley/server.hpp"

namespace parley::test {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

/// A server and a client of it on one loop.
struct Pair {
    explicit Pair(ClientOptions options) {
        io.listen({.port = 0, .host = "127.0.0.1"});
        const std::string url = "http://127.0.0.1:" + std::to_string(io.application().port());
        client.emplace(io, url, std::move(options));
    }
    void run() { io.application().run({.stop_on_signals = false}); }
    void stop() { io.application().stop(); }

    Server io;
    std::optional<Client> client;
};

ClientOptions again(std::uint32_t retries, std::size_t window = 1) {
    ClientOptions options;
    options.transports = {Transport::websocket};
    options.ack_timeout = 30ms;
    options.retries = retries;
    options.retries_window = window;
    return options;
}

}  // namespace

TEST_CASE("retries: events go one at a time, in order, and each callback hears of its own") {
    for (const std::size_t window : {1U, 3U}) {
        ClientOptions options = again(3, window);
        options.ack_timeout = 10s;
        Pair pair(std::move(options));
        std::size_t under_way = 0;
        std::size_t under_way_most = 0;
        Texts received;
        Texts answered;
        pair.io.on("step", [&](std::string text, Ack ack) {
            received.push_back(text);
            under_way_most = std::max(under_way_most, ++under_way);
            pair.io.application().after(2ms, [&, text, ack] {
                --under_way;
                ack(text + "!");
            });
        });
        for (const char* const text : {"a", "b", "c", "d", "e"}) {
            pair.client->emit("step", text, [&](Result<std::string> answer) {
                answered.push_back(answer.value_or("nothing"));
                if (answered.size() == 5) pair.stop();
            });
        }
        pair.client->connect();
        pair.run();
        CHECK(received == Texts{"a", "b", "c", "d", "e"});
        CHECK(answered == Texts{"a!", "b!", "c!", "d!", "e!"});
        CHECK(under_way_most == window);
    }
}

TEST_CASE("retries: what is never acknowledged is sent so many times more, and then the next has its turn") {
    Pair pair(again(2));
    std::vector<Ack> kept;
    int nobody_asked = 0;
    pair.io.on("never", [&](Ack ack) { kept.push_back(ack); });
    pair.io.on("nobody asked", [&](Ack ack) {
        ++nobody_asked;
        kept.push_back(ack);
    });
    std::string failure;
    pair.client->emit("nobody asked");
    pair.client->emit("never", [&](Result<void> result) { failure = result.error().message; });
    pair.client->timeout(10s).emit("last", [&](Result<int> answer) {
        CHECK(answer == 7);
        pair.stop();
    });
    pair.io.on("last", [] { return 7; });
    pair.client->connect();
    pair.run();
    CHECK(nobody_asked == 3);
    CHECK(kept.size() == 6);
    CHECK(failure == "operation has timed out");
}

TEST_CASE("retries: an answer that comes with a later try is the answer") {
    Pair pair(again(5));
    std::vector<Ack> kept;
    pair.io.on("third time", [&](Ack ack) {
        kept.push_back(ack);
        if (kept.size() == 3) ack("well");
    });
    std::string answer;
    pair.client->emit("third time", [&](Result<std::string> result) {
        answer = result.value_or("nothing");
        pair.stop();
    });
    pair.client->connect();
    pair.run();
    CHECK(answer == "well");
    CHECK(kept.size() == 3);
}

TEST_CASE("retries: one that is lost with its connection is sent again on the next") {
    ClientOptions options = again(4);
    options.ack_timeout = 10s;
    options.reconnection_delay = 1ms;
    Pair pair(std::move(options));
    int seen = 0;
    std::vector<Ack> kept;
    Texts reasons;
    pair.io.on("important", [&](Socket socket, std::string text, Ack ack) {
        CHECK(text == "tea");
        kept.push_back(ack);
        if (++seen < 3) {
            socket.disconnect(true);
        } else {
            ack(seen);
        }
    });
    pair.client->on_disconnect([&](ClientDisconnectReason reason) {
        reasons.emplace_back(to_string(reason));
        pair.client->ClientSocket::connect();
    });
    pair.client->emit("important", "tea", [&](Result<int> answer) {
        CHECK(answer == 3);
        CHECK(reasons.size() == 2);
        pair.stop();
    });
    pair.client->connect();
    pair.run();
    CHECK(seen == 3);
}

TEST_CASE("retries: what waits is bounded, volatile events are not sent again, and a window of nothing is refused") {
    ClientOptions options = again(1);
    options.send_buffer_packets_max = 2;
    options.send_buffer_bytes_max = 60;
    options.ack_timeout = 10s;
    Pair pair(std::move(options));
    CHECK_THROWS_AS(Client("http://localhost", again(1, 0)), SetupError);
    Texts failures;
    const auto note = [&](Result<void> result) { failures.push_back(result ? "" : result.error().message); };
    pair.io.application().post([&] {  // from elsewhere, and before it runs, emits are posted
        CHECK(pair.client->emit("a"));
        CHECK_FALSE(pair.client->emit("b", std::string(60, 'x'), note));
        CHECK(pair.client->emit("c"));
        CHECK_FALSE(pair.client->emit("d", note));
        CHECK(pair.client->volatile_().emit("dropped"));
    });
    Texts received;
    pair.io.on_connection([&](Socket socket) {
        socket.on_any([&](std::string_view event, Arguments) { received.emplace_back(event); });
        for (const char* const event : {"a", "c", "end"})
            socket.on(event, [&] { return 0; });
    });
    pair.client->on_connect([&] {
        CHECK_FALSE(pair.client->emit("no room yet", note));
        pair.io.application().after(30ms, [&] { CHECK(pair.client->emit("end", [&](Result<void>) { pair.stop(); })); });
    });
    pair.client->connect();
    pair.run();
    CHECK(received == Texts{"a", "c", "end"});
    const std::string full = "too much waits to be sent";
    CHECK(failures == Texts{full, full, full});
}

TEST_CASE("retries: the client may be destroyed in the callback of a try") {
    Pair pair(again(0));
    ClientOptions options = again(1);
    options.ack_timeout = 5ms;
    const std::string url = "http://127.0.0.1:" + std::to_string(pair.io.application().port());
    auto client = std::make_unique<Client>(pair.io, url, std::move(options));
    std::vector<Ack> kept;
    pair.io.on("never", [&](Ack ack) { kept.push_back(ack); });
    client->emit("never", [&](Result<void>) {
        client.reset();
        pair.io.application().after(10ms, [&] { pair.stop(); });
    });
    bool is_called = false;
    client->emit("never", [&](Result<void>) { is_called = true; });
    client->connect();
    pair.run();
    CHECK_FALSE(is_called);
    CHECK(kept.size() == 2);
}

TEST_CASE("on_any_outgoing hears of each event when it leaves, in the order of registration, until it is forgotten") {
    Pair pair(again(0));
    Texts heard;
    pair.client->on_any_outgoing([&](std::string_view event, Arguments arguments) {
        heard.push_back("second " + std::string(event) + " " + std::to_string(arguments.size()));
    });
    pair.client->prepend_any_outgoing([&](ClientSocket& socket, std::string_view event, Arguments arguments) {
        CHECK(socket == *pair.client);
        std::string line = "first " + std::string(event);
        for (const Json& argument : arguments)
            line += argument.as_binary() ? " octets" : " " + to_json(argument);
        heard.push_back(line);
    });
    const std::string octets = "octets";
    pair.client->emit("say \"it\"", 1, "two", as_bytes(octets), Json::object({{"three", 3}}));
    pair.client->volatile_().emit("dropped");
    CHECK(heard.empty());  // it waits
    pair.client->on_connect([&] {
        pair.client->emit("then", true);
        pair.client->off_any_outgoing();
        pair.client->emit("nobody listens", [&](Result<void>) { pair.stop(); });
    });
    pair.io.on("nobody listens", [] { return 0; });
    pair.client->connect();
    pair.run();
    CHECK(heard == Texts{"first say \"it\" 1 \"two\" octets {\"three\":3}", "second say \"it\" 4", "first then true",
                         "second then 1"});
    CHECK_THROWS_AS(pair.client->on_any_outgoing(Function<void(std::string_view, Arguments)>()), SetupError);
}

TEST_CASE("on_any_outgoing hears of each try") {
    Pair pair(again(2));
    int tries = 0;
    std::vector<Ack> kept;
    pair.io.on("never", [&](Ack ack) { kept.push_back(ack); });
    pair.client->on_any_outgoing([&](std::string_view, Arguments) { ++tries; });
    pair.client->emit("never", [&](Result<void>) { pair.stop(); });
    pair.client->connect();
    pair.run();
    CHECK(tries == 3);
}

}  // namespace parley::test
