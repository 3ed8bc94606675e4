// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/client/connect_error.hpp"
#include "parley/client/cookie_jar.hpp"
#include "parley/client/ending.hpp"
#include "parley/client/polling.hpp"
#include "parley/client/websocket_link.hpp"
#include "parley/engineio/client_session.hpp"
#include "parley/http/url.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/timer.hpp"
#include "parley/net/turn_task.hpp"

namespace parley::client {

/// How a session is made, and its bounds.
struct EngineOptions {
    http::Url url;  ///< of the engine: its path is the engine's, its query the program's
    std::vector<engineio::Transport> transports{engineio::Transport::polling, engineio::Transport::websocket};
    bool try_all_transports = false;
    engineio::ClientOptions session = {};
    WebSocketLinkOptions websocket = {};
    PollingOptions polling = {};
    std::optional<CookieLimits> cookies = {};  ///< unset: what the server sets is not kept
};

/// What happens on a session.
class EngineListener {
 public:
    virtual void on_engine_open() = 0;
    /// Its views are valid during the call.
    virtual void on_engine_message(const engineio::Message& message) = 0;
    virtual void on_engine_ping() = 0;
    virtual void on_engine_upgrade() = 0;
    /// The last call, when it never opened, or else when it ends.
    virtual void on_engine_failed(ConnectError error) = 0;
    virtual void on_engine_closed(const engineio::Closed& closed) = 0;

 protected:
    ~EngineListener() = default;
};

/// One Engine.IO session from the client's side, whatever transport it runs over. No call to the listener comes from
/// inside a call of its own, but for the end, which `close` may bring at once.
class Engine final : public Ending, private WebSocketLinkListener, private PollingListener {
 public:
    using Owner = Owned<Engine>;

    /// Begins to connect over `first`, one of the transports. `options` and `listener` must live as long as the owner
    /// has it.
    static Owner open(Home home, const EngineOptions& options, engineio::Transport first, EngineListener& listener);

    [[nodiscard]] bool is_open() const noexcept { return session_ && session_->is_open(); }
    [[nodiscard]] engineio::Transport transport() const noexcept { return session_->transport(); }
    [[nodiscard]] const engineio::Greeting& greeting() const noexcept { return session_->greeting(); }
    /// Whether a message would leave at once.
    [[nodiscard]] bool is_writable() const noexcept;
    /// Octets that wait.
    [[nodiscard]] std::size_t waiting_bytes() const noexcept;

    /// Sends one message. False: it is not open, or too much waits.
    bool send(const engineio::Message& message);
    /// Ends the session when everything has left; the listener hears of it.
    void close();

 private:
    Engine(Home home, const EngineOptions& options, EngineListener& listener);
    void abandon() noexcept override;

    void start(engineio::Transport transport);
    void drive();
    void handle(const engineio::ClientEvent& event);
    void handle_closed(const engineio::Closed& closed);
    void send_due();
    void begin_upgrade();
    void fail(ConnectError error);
    [[nodiscard]] http::Url url_for(engineio::Transport transport) const;
    void connect_websocket();
    bool send_binary(std::string_view octets, websocket::Compress compress);

    // WebSocketLinkListener: of the session's WebSocket, or of that of an upgrade.
    void on_link_open() override;
    void on_link_message(websocket::Message message) override;
    void on_link_failed(ConnectError error) override;
    void on_link_closed(const websocket::Closed& closed) override;
    // PollingListener
    void on_poll_answer(std::string_view body) override;
    void on_post_answer() override;
    void on_polling_failed(ConnectError error) override;

    const EngineOptions& options_;
    std::optional<CookieJar> cookies_;
    std::optional<WebSocketLinkOptions> with_cookies_;  // what the WebSocket is made with then
    EngineListener* listener_;                          // null: the owner has let go, or it has been told of the end
    std::optional<engineio::ClientSession> session_;
    Polling::Owner polling_;
    WebSocketLink::Owner websocket_;
    net::Timer timer_;
    net::TurnTask sending_;
    std::optional<ConnectError> error_;  // what the transport said before the session ended
    std::vector<engineio::Transport> untried_;
    bool is_driving_ = false;
    bool was_open_ = false;
};

}  // namespace parley::client
