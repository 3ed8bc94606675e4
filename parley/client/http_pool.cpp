// SPDX-License-Identifier: MIT
//
// The way of an exchange:
//
//   add          what cannot be sent is told at the end of the turn; else submit
//   submit       an idle connection of its origin, else a new one, else it waits
//   connection   its request is sent, its answer comes
//                  redirect                         submit, with another URL
//                  a kept connection was stale      renew: once more, on a new one
//   finish       told at the end of the turn
//
// At any moment its handle may go (`forget`), or all of this.
#include "parley/client/http_pool.hpp"

#include <algorithm>
#include <utility>

namespace parley::client {

HttpPool::HttpPool(net::Loop& loop, HttpClientOptions options)
    : loop_(loop),
      options_(std::move(options)),
      dialer_(loop, options_.dial),
      serve_task_(loop, [this] { serve_all(); }),
      tell_task_(loop, [this] { tell_one(); }) {}

HttpPool::~HttpPool() {
    while (HttpExchange* const exchange = told_next_.pop_front())
        exchange->abandon();
    for (auto& [name, origin] : origins_) {
        while (HttpExchange* const exchange = origin.waiting.pop_front())
            exchange->abandon();
        for (const auto& connection : origin.connections) {
            if (HttpExchange* const exchange = connection->exchange()) exchange->abandon();
        }
    }
}

std::size_t HttpPool::connections() const noexcept {
    std::size_t count = 0;
    for (const auto& [name, origin] : origins_)
        count += origin.connections.size();
    return count;
}

std::size_t HttpPool::idle_connections() const noexcept {
    std::size_t count = 0;
    for (const auto& [name, origin] : origins_) {
        for (const auto& connection : origin.connections)
            count += connection->is_idle() ? 1 : 0;
    }
    return count;
}

void HttpPool::add(HttpExchange& exchange, Result<void> prepared) {
    if (!prepared) return finish(exchange, std::move(prepared));
    submit(exchange);
}

void HttpPool::submit(HttpExchange& exchange) {
    Origin& origin = origins_[exchange.url().origin()];
    origin.waiting.push_back(exchange);
    exchange.set_waiting(true);
    ++waiting_;
    serve(origin);
    if (exchange.is_waiting() && waiting_ > options_.waiting_requests_max) {
        fail(exchange, exchange.error(ErrorCode::limit_exceeded, "too many requests wait (waiting_requests_max)"));
    }
}

void HttpPool::serve(Origin& origin) {
    const std::size_t most = std::max<std::size_t>(options_.connections_per_origin_max, 1);
    while (!origin.waiting.empty()) {
        const auto idle =
            std::ranges::find_if(origin.connections, [](const auto& connection) { return connection->is_idle(); });
        if (idle == origin.connections.end() && origin.connections.size() >= most) return;
        HttpExchange& next = *origin.waiting.pop_front();
        next.set_waiting(false);
        --waiting_;
        if (idle != origin.connections.end()) {
            (*idle)->run(next);
        } else {
            origin.connections.push_back(std::make_unique<HttpConnection>(*this, next.url().origin()));
            origin.connections.back()->dial(next);
        }
    }
}

void HttpPool::serve_all() {
    for (auto& [name, origin] : origins_)
        serve(origin);
    std::erase_if(origins_, [](const auto& entry) { return entry.second.connections.empty(); });
}

void HttpPool::handle_answered(HttpExchange& exchange) {
    if (!exchange.is_redirected()) return finish(exchange, {});
    if (Result<void> followed = exchange.follow(options_); !followed) return finish(exchange, std::move(followed));
    submit(exchange);
}

void HttpPool::renew(HttpExchange& exchange) {
    if (const auto found = origins_.find(exchange.url().origin()); found != origins_.end()) {
        std::erase_if(found->second.connections, [](const auto& connection) { return connection->is_idle(); });
    }
    submit(exchange);
}

void HttpPool::handle_free(HttpConnection& connection) {
    Origin& origin = origins_.at(connection.origin());
    if (!origin.waiting.empty()) return serve(origin);
    if (idle_connections() > options_.idle_connections_max) return remove(connection);
    connection.rest(options_.idle_timeout);
}

// It allocates nothing: handles call it when they go. Who waits is served at the end of the turn.
void HttpPool::remove(HttpConnection& connection) noexcept {
    const auto origin = origins_.find(connection.origin());
    std::erase_if(origin->second.connections, [&](const auto& owned) { return owned.get() == &connection; });
    serve_task_.schedule();
}

void HttpPool::fail(HttpExchange& exchange, Error error) {
    release_connection(exchange);
    finish(exchange, std::unexpected(std::move(error)));
}

void HttpPool::forget(HttpExchange& exchange) noexcept {
    if (exchange.is_waiting()) --waiting_;
    exchange.unlink();
    release_connection(exchange);
}

// What comes on it still would be taken for the answer to the next request.
void HttpPool::release_connection(HttpExchange& exchange) noexcept {
    HttpConnection* const connection = exchange.connection();
    if (connection == nullptr) return;
    exchange.set_connection(nullptr);
    remove(*connection);
}

void HttpPool::finish(HttpExchange& exchange, Result<void> result) {
    if (exchange.is_waiting()) --waiting_;
    exchange.set_waiting(false);
    exchange.unlink();
    exchange.finish(std::move(result));
    told_next_.push_back(exchange);
    tell_task_.schedule();
}

// The last thing it does is to call the program, which may destroy this.
void HttpPool::tell_one() {
    HttpExchange* const exchange = told_next_.pop_front();
    if (exchange == nullptr) return;
    if (!told_next_.empty()) tell_task_.schedule();
    exchange->tell();
}

}  // namespace parley::client
