// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>

#include "parley/base/handler_slot.hpp"
#include "parley/client/backoff.hpp"
#include "parley/client/ending.hpp"
#include "parley/client/failure_reporter.hpp"
#include "parley/client/websocket_client.hpp"
#include "parley/client/websocket_link.hpp"
#include "parley/http/url.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/timer.hpp"

namespace parley::client {

/// What a `WebSocketClient` is made of: its connection, which may be made again, and its handlers. Belongs to the loop.
class WebSocketCore final : public Ending, private WebSocketLinkListener {
 public:
    /// Throws SetupError for a URL or options that cannot be.
    static Owned<WebSocketCore> make(net::Loop& loop, std::string_view url, WebSocketClientOptions options);

    /// Connects, unless it is connected or on its way.
    void begin();
    [[nodiscard]] bool is_finished() const noexcept {
        return link_ == nullptr && leaving_ == nullptr && !timer_.is_running();
    }
    Function<void()> on_finished;

    /// Any thread.
    [[nodiscard]] bool is_open() const noexcept { return is_open_.load(std::memory_order_acquire); }
    [[nodiscard]] std::string subprotocol() const { return link_ != nullptr ? link_->subprotocol() : std::string(); }

    bool send_text(std::string_view text, websocket::Compress compress) {
        return link_ != nullptr && link_->send_text(text, compress);
    }
    bool send_binary(std::string_view octets, websocket::Compress compress) {
        return link_ != nullptr && link_->send_binary(octets, compress);
    }
    bool ping(std::string_view payload) { return link_ != nullptr && link_->ping(payload); }
    void close(std::uint16_t code, std::string_view reason);

    /// Inside a catch block.
    void report_exception(std::string_view where) noexcept { failures_.report_current(*gate(), where); }

    HandlerSlot<void()> on_open;
    HandlerSlot<void(WebSocketMessage)> on_message;
    HandlerSlot<void(std::uint16_t, std::string_view)> on_close;
    HandlerSlot<void(const ConnectError&)> on_error;

 private:
    WebSocketCore(net::Loop& loop, const http::Url& url, const WebSocketClientOptions& options);
    void abandon() noexcept override;

    void connect();
    void try_again_or_finish();
    void tell_if_finished();
    template <typename Call>
    void contain(std::string_view where, Call&& call) noexcept;

    // WebSocketLinkListener
    void on_link_open() override;
    void on_link_message(websocket::Message message) override;
    void on_link_failed(ConnectError error) override;
    void on_link_closed(const websocket::Closed& closed) override;
    void on_link_gone() override;

    const http::Url url_;
    WebSocketLinkOptions options_;
    const bool reconnection_;
    Backoff backoff_;
    WebSocketLink::Owner link_;
    WebSocketLink::Owner leaving_;  // the one before it, until its goodbye is said
    net::Timer timer_;              // until the next attempt
    FailureReporter failures_;
    TimePoint opened_at_{};
    std::atomic<bool> is_open_ = false;
    bool is_closed_by_us_ = false;
    bool is_over_ = false;
};

}  // namespace parley::client
