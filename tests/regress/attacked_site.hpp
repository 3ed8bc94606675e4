// SPDX-License-Identifier: MIT
#pragma once

#include <doctest/doctest.h>
#include <malloc.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/support/socketio_world.hpp"
#include "tests/support/web_site.hpp"

namespace parley::regress {

using namespace std::chrono_literals;
using server::test::PollingClient;
using server::test::WebSocketClient;
using server::test::Words;
using server::test::World;
using web::test::body_of;
using web::test::client_frame;
using web::test::client_text;
using web::test::count;
using web::test::status_of;
using web::test::upgrade_request;

/// A server under attack, and a canary: a client that was there before, must be served all the while, and whose
/// connection is the only thing that is left at the end.
class AttackedSite {
 public:
    explicit AttackedSite(ServerOptions options = {}) : world(std::move(options)), canary(world) {
        world.app.get("/", [](Request&, Response response) { response.send("hello"); });
        world.app.all("/smuggled", [this](Request&, Response response) {
            ++smuggled;
            response.send("smuggled");
        });
        world.io->on("echo", [](Json any) { return any; });
        canary.join();
        baseline_ = live_bytes();
    }

    net::SimulatedPeer& connect() {
        peers_.push_back(&world.network.connect(static_cast<std::uint16_t>(world.app.port())));
        return *peers_.back();
    }

    /// Sends `octets` on a new connection and returns what came back.
    std::string ask(std::string_view octets) {
        net::SimulatedPeer& peer = connect();
        peer.send(octets);
        world.settle();
        return peer.received();
    }
    std::string get(std::string_view target, std::string_view header_lines = {}) {
        return ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n" + std::string(header_lines) + "\r\n");
    }
    std::string post(std::string_view target, std::string_view body, std::string_view header_lines = {}) {
        return ask("POST " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nContent-Length: " +
                   std::to_string(body.size()) + "\r\n" + std::string(header_lines) + "\r\n" + std::string(body));
    }

    /// Lets time pass; the canary answers its pings.
    void pass(Duration duration) {
        for (Duration passed{}; passed < duration; passed += 1s) {
            world.pass(1s);
            for (const std::string& word : canary.receive()) {
                if (word == "2") canary.send("3");
            }
        }
    }

    /// The canary is served as ever.
    void check_canary() { CHECK(canary.ask(R"(421["echo",[1,"two"]])") == Words{R"(431[[1,"two"]])"}); }

    /// The attackers hang up: nobody is left but the canary, and what they made the process keep is given back.
    /// `own_bytes` is what the test itself may have kept beside that.
    void check_calm(std::size_t own_bytes = 0) {
        check_canary();
        for (net::SimulatedPeer* peer : std::exchange(peers_, {})) {
            peer->reset();
            std::string().swap(peer->received());
        }
        pass(7s);
        CHECK(world.network.open_streams() == 1);
        CHECK(live_bytes() <= baseline_ + 65'536 + own_bytes);
        check_canary();
    }

    World world;
    WebSocketClient canary;
    int smuggled = 0;

 private:
    // Octets that are allocated. A sanitizer's allocator does not say; it sees leaks by itself.
    static std::size_t live_bytes() {
        const struct mallinfo2 info = ::mallinfo2();
        return info.uordblks + info.hblkhd;
    }

    std::vector<net::SimulatedPeer*> peers_;
    std::size_t baseline_ = 0;
};

}  // namespace parley::regress
