// SPDX-License-Identifier: MIT
#include "parley/client/http_client.hpp"

#include <memory>
#include <utility>

#include "parley/client/http_exchange.hpp"
#include "parley/client/http_pool.hpp"

namespace parley {

HttpCall::~HttpCall() {
    delete exchange_;
}

void HttpCall::detach() noexcept {
    if (client::HttpExchange* const exchange = std::exchange(exchange_, nullptr)) exchange->detach();
}

void HttpCall::pause() noexcept {
    if (is_pending()) exchange_->set_flow(client::HttpFlow::paused);
}

void HttpCall::resume() noexcept {
    if (is_pending()) exchange_->set_flow(client::HttpFlow::running);
}

bool HttpCall::is_pending() const noexcept {
    return exchange_ != nullptr && exchange_->is_pending();
}

HttpClient::HttpClient(net::Loop& loop, HttpClientOptions options)
    : pool_(std::make_unique<client::HttpPool>(loop, std::move(options)).release()) {}

HttpClient::~HttpClient() {
    delete pool_;
}

std::size_t HttpClient::connections() const noexcept {
    return pool_->connections();
}

HttpCall HttpClient::send(HttpRequest request, Function<void(Result<HttpResponse>)> on_response) {
    auto exchange = std::make_unique<client::HttpExchange>(*pool_, std::move(request), std::move(on_response));
    pool_->add(*exchange, exchange->prepare());
    return HttpCall(exchange.release());
}

}  // namespace parley
