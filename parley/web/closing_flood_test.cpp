// SPDX-License-Identifier: MIT
// Peers that are being closed, and send as fast as they can meanwhile.
#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "parley/net/closing_limits.hpp"
#include "parley/net/timer_wheel.hpp"
#include "parley/web/websocket_server.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

using namespace std::chrono_literals;

struct FloodSite : Site {
    explicit FloodSite(ApplicationOptions options = {}) : Site(options) {
        server.on_connection([this](WebSocket connected) { socket = connected; });
        server.on_close([this](WebSocket) { ++closed; });
    }

    net::SimulatedPeer& open() {
        net::SimulatedPeer& peer = connect();
        peer.send(upgrade_request("/live"));
        network.run_until_idle();
        REQUIRE(socket.is_open());
        return peer;
    }

    /// Sends `piece` again and again for a second, as fast as it is taken; how many octets that were.
    std::size_t flood(net::SimulatedPeer& peer, std::string_view piece) {
        std::size_t sent = 0;
        const auto go_on = [&] {
            for (; peer.unsent() == 0 && !peer.is_reset() && sent < 64 * 1024 * 1024; sent += piece.size())
                peer.send(piece);
        };
        peer.on_activity(go_on);
        go_on();
        network.run_for(1s);
        peer.on_activity([] {});
        return sent - peer.unsent();
    }

    WebSocketServer server{app, "/live"};
    WebSocket socket;
    int closed = 0;
};

// In a second there are ten intervals and perhaps the beginning of another; a window of the network is on its way.
void check_shares(std::size_t octets, std::size_t share = ClosingLimits().read_bytes_max) {
    CHECK(octets >= 8 * share);
    CHECK(octets <= 11 * share + 65'536);
}

TEST_CASE("of a WebSocket peer that does not answer the close frame a share is read, and its close frame is found") {
    FloodSite site;
    net::SimulatedPeer& peer = site.open();
    site.socket.close();
    check_shares(site.flood(peer, client_text(std::string(60'000, 'x'))));
    CHECK(site.closed == 0);
    peer.send(client_close(1000));
    site.network.run_for(300ms);
    CHECK(site.closed == 1);
    CHECK(peer.is_closed());
}

TEST_CASE("of a slow consumer that is told so a share is read, and its reset is seen at once") {
    FloodSite site;
    net::SimulatedPeer& peer = site.open();
    peer.stop_reading();
    while (site.socket.is_open()) {
        site.socket.send(std::string(65'536, 'x'));
        site.network.run_for(1ms);
    }
    check_shares(site.flood(peer, client_text(std::string(60'000, 'x'))));
    CHECK(site.closed == 1);
    CHECK(site.network.open_streams() == 1);
    peer.reset();
    site.network.run_for(10ms);
    CHECK(site.network.open_streams() == 0);
}

TEST_CASE("of a peer whose request was refused a share is read, and after two seconds the connection is over") {
    FloodSite site;
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET / HTTP/9.9\r\n\r\n");
    check_shares(site.flood(peer, std::string(65'536, 'x')));
    CHECK(status_of(peer.received()) == 505);
    site.network.run_for(1s + net::timer_slack);
    CHECK(site.network.open_streams() == 0);
}

TEST_CASE("how much of a peer is read at its end, and for how long, are options of the application") {
    FloodSite site({.closing = {.linger_timeout = 5s, .read_bytes_max = 65'536}});
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET / HTTP/9.9\r\n\r\n");
    check_shares(site.flood(peer, std::string(65'536, 'x')), 65'536);
    site.network.run_for(3'900ms);
    CHECK(site.network.open_streams() == 1);
    site.network.run_for(100ms + net::timer_slack);
    CHECK(site.network.open_streams() == 0);

    net::SimulatedPeer& websocket = site.open();
    site.socket.close();
    check_shares(site.flood(websocket, client_text(std::string(60'000, 'x'))), 65'536);
}

}  // namespace
}  // namespace parley::web::test
