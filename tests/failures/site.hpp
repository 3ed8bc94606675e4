// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <parley/server.hpp>
#include <parley/web.hpp>

#include "tests/failures/peer.hpp"

namespace parley::failures {

/// A whole site on the real loop, and its clients, in one thread: the clients act while the loop does not turn.
class Site {
 public:
    Site();
    ~Site();
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    /// A new connection.
    Peer& dial();
    /// A new connection that has asked to be a WebSocket, with header lines beside those that it takes.
    Peer& upgrade(std::string_view target, std::string_view headers = {});
    /// The same that has joined the namespace "/".
    Peer& join(std::string_view packet = "40");
    /// Asks, and gives the body of the answer.
    std::string ask(Peer& peer, std::string_view method, std::string_view target, std::string_view body = {});
    /// A polling session's id; empty when there is none.
    std::string handshake(Peer& peer);

    /// Sends, and lets the site answer.
    void say(Peer& peer, std::string_view octets);
    /// Lets the site do what it has to do now.
    void settle();
    /// Lets time pass.
    void wait(std::chrono::milliseconds time);

    /// Whether the clients that were there before, and a new one, are served as if nothing had happened.
    [[nodiscard]] std::string fault();
    /// Ends all clients, and waits until the site has forgotten them. What is wrong with it then; nothing: empty.
    [[nodiscard]] std::string end();

    Application& app() { return app_; }
    Server& io() { return *io_; }

 private:
    void answer_requests();
    void answer_as_express_does();
    void answer_messages();
    void answer_events();
    void ask_for_websocket(Peer& peer, std::string_view target, std::string_view headers = {});
    void join(Peer& peer, std::string_view packet = "40");

    std::unique_ptr<net::Loop> loop_;
    Application app_;
    std::optional<WebSocketServer> raw_;
    std::optional<Server> io_;
    CookieSessions sessions_{{.keys = {std::string(32, 'k')}}};
    std::unique_ptr<Peer> canary_;
    int asked_ = 0;
    std::vector<std::unique_ptr<Peer>> peers_;
};

/// Header lines of who can compress, and of who keeps no context for it.
inline constexpr std::string_view compressing =
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n";
inline constexpr std::string_view compressing_without_takeover =
    "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n";

/// What clients do, during which every allocation of the site fails once.
struct Scenario {
    std::string_view name;
    void (*run)(Site& site);
    bool closes = false;  ///< the site, so that nobody is served behind it
};

std::vector<Scenario> http_scenarios();
std::vector<Scenario> websocket_scenarios();
std::vector<Scenario> socketio_scenarios();

}  // namespace parley::failures
