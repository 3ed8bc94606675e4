// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>

#include "parley/client/dialer.hpp"
#include "parley/client/http_exchange.hpp"
#include "parley/http/response_parser.hpp"
#include "parley/net/loop.hpp"

namespace parley::client {

/// One connection to an origin: dialing, then with one exchange at a time, then idle. Owned by the pool, which destroys
/// it when it is of no more use.
class HttpConnection final : private net::StreamHandler {
 public:
    HttpConnection(HttpPool& pool, std::string origin);
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    /// Connects, for this exchange.
    void dial(HttpExchange& exchange);
    /// Idle: sends the request of this exchange.
    void run(HttpExchange& exchange);

    [[nodiscard]] const std::string& origin() const noexcept { return origin_; }
    [[nodiscard]] bool is_idle() const noexcept { return exchange_ == nullptr; }
    [[nodiscard]] HttpExchange* exchange() const noexcept { return exchange_; }

    /// Whether more of the answer is received.
    void set_flow(HttpFlow flow) noexcept;

    /// Nobody waits for it now: it stays for that long.
    void rest(Duration idle_timeout);

 private:
    void on_data(std::span<char> bytes) override;
    void on_end() override;
    void on_closed(std::optional<Error> error) override;

    void handle_dialed(Result<std::unique_ptr<net::Stream>> stream);
    void drain();
    /// False: this is gone, or has another exchange.
    [[nodiscard]] bool handle(const http::ResponseEvent& event);
    void handle_head();
    void complete();
    void fail(ErrorCode code, std::string_view reason);
    void remove();

    HttpPool& pool_;
    const std::string origin_;
    HttpExchange* exchange_ = nullptr;
    std::unique_ptr<Dial> dial_;
    http::ResponseParser parser_;
    bool is_used_ = false;  // it has brought an answer before
    net::Timer idle_timer_;
    std::unique_ptr<net::Stream> stream_;
};

}  // namespace parley::client
