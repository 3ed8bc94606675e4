// SPDX-License-Identifier: MIT
#include "parley/client/address_race.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace parley::client {

std::vector<net::Endpoint> in_trying_order(const std::vector<net::Endpoint>& addresses, std::size_t addresses_max) {
    std::vector<net::Endpoint> left;
    for (const net::Endpoint& address : addresses) {
        if (std::ranges::find(left, address) == left.end()) left.push_back(address);
    }
    std::vector<net::Endpoint> order;
    while (!left.empty() && order.size() < std::max<std::size_t>(addresses_max, 1)) {
        const auto other = std::ranges::find_if(left, [&](const net::Endpoint& address) {
            return order.empty() || address.is_ipv6() != order.back().is_ipv6();
        });
        const auto next = other == left.end() ? left.begin() : other;
        order.push_back(*next);
        left.erase(next);
    }
    return order;
}

AddressRace::AddressRace(net::Loop& loop, const DialOptions& options, std::vector<net::Endpoint> addresses,
                         net::OnConnected on_connected)
    : loop_(loop),
      options_(options),
      addresses_(std::move(addresses)),
      on_connected_(std::move(on_connected)),
      fallback_timer_(loop, [this] { try_next(); }) {
    assert(!addresses_.empty());
    attempts_.reserve(addresses_.size());
    try_next();
}

void AddressRace::try_next() {
    const std::size_t index = attempts_.size();
    if (index == addresses_.size()) return;
    attempts_.push_back(loop_.connect(
        addresses_[index], {.timeout = options_.connect_timeout},
        [this, index](Result<std::unique_ptr<net::Stream>> answer) { handle_answer(index, std::move(answer)); }));
    if (attempts_.size() < addresses_.size()) fallback_timer_.start(options_.fallback_delay);
}

void AddressRace::handle_answer(std::size_t index, Result<std::unique_ptr<net::Stream>> answer) {
    if (answer) return tell(std::move(answer));
    attempts_[index].reset();
    if (index == 0) first_error_ = std::move(answer.error());
    if (++failed_ == addresses_.size()) return tell(std::unexpected(std::move(*first_error_)));
    try_next();
}

// The function is moved out: it may destroy this.
void AddressRace::tell(Result<std::unique_ptr<net::Stream>> result) {
    fallback_timer_.stop();
    attempts_.clear();
    net::OnConnected told = std::move(on_connected_);
    told(std::move(result));
}

}  // namespace parley::client
