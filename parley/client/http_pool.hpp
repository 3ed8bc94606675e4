// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "parley/client/dialer.hpp"
#include "parley/client/http_client.hpp"
#include "parley/client/http_connection.hpp"
#include "parley/client/http_exchange.hpp"
#include "parley/net/loop.hpp"

namespace parley::client {

/// The connections of one client, and the exchanges that wait for one.
///
/// Programs are told at the end of the turn, one after the other, when nothing else of this is under way; only parts of
/// a body are given to them at once.
class HttpPool {
 public:
    HttpPool(net::Loop& loop, HttpClientOptions options);
    HttpPool(const HttpPool&) = delete;
    HttpPool& operator=(const HttpPool&) = delete;
    ~HttpPool();

    [[nodiscard]] net::Loop& loop() const noexcept { return loop_; }
    [[nodiscard]] const HttpClientOptions& options() const noexcept { return options_; }
    [[nodiscard]] Dialer& dialer() noexcept { return dialer_; }
    [[nodiscard]] std::size_t connections() const noexcept;

    /// A new exchange, which has been prepared or failed to be.
    void add(HttpExchange& exchange, Result<void> prepared);
    /// It is over: what has been set up for it ends.
    void fail(HttpExchange& exchange, Error error);
    /// Its handle is gone.
    void forget(HttpExchange& exchange) noexcept;
    /// Its answer is complete, and its connection has let go of it.
    void handle_answered(HttpExchange& exchange);
    /// It goes to a new connection; all that are idle are closed.
    void renew(HttpExchange& exchange);

    /// The connection may be used again. May give it the next exchange, or destroy it.
    void handle_free(HttpConnection& connection);
    void remove(HttpConnection& connection) noexcept;

 private:
    struct Origin {
        std::vector<std::unique_ptr<HttpConnection>> connections;
        IntrusiveList<HttpExchange> waiting;
    };

    void submit(HttpExchange& exchange);
    void serve(Origin& origin);
    void serve_all();
    void finish(HttpExchange& exchange, Result<void> result);
    void release_connection(HttpExchange& exchange) noexcept;
    void tell_one();
    [[nodiscard]] std::size_t idle_connections() const noexcept;

    net::Loop& loop_;
    const HttpClientOptions options_;
    Dialer dialer_;
    std::map<std::string, Origin> origins_;
    std::size_t waiting_ = 0;
    IntrusiveList<HttpExchange> told_next_;
    net::TurnTask serve_task_;
    net::TurnTask tell_task_;
};

}  // namespace parley::client
