// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/client/dial_options.hpp"
#include "parley/net/loop.hpp"

namespace parley::client {

/// The order in which the addresses of a name are tried: as they come, but for the two families by turns, so that one
/// family that leads nowhere costs one delay (RFC 8305 §4). Two of an address are one.
[[nodiscard]] std::vector<net::Endpoint> in_trying_order(const std::vector<net::Endpoint>& addresses,
                                                         std::size_t addresses_max);

/// Tries the addresses of a name, each a while after the one before or as soon as that has failed, until one answers
/// (RFC 8305 §5).
///
/// `on_connected` is told once, later: the connection, or the error of the first address. Destroying the race cancels;
/// it may be destroyed in any callback, its own included. Belongs to its loop's thread.
class AddressRace {
 public:
    /// `addresses` are in the order in which they are tried, and at least one.
    AddressRace(net::Loop& loop, const DialOptions& options, std::vector<net::Endpoint> addresses,
                net::OnConnected on_connected);
    AddressRace(const AddressRace&) = delete;
    AddressRace& operator=(const AddressRace&) = delete;

 private:
    void try_next();
    void handle_answer(std::size_t index, Result<std::unique_ptr<net::Stream>> answer);
    void tell(Result<std::unique_ptr<net::Stream>> result);

    net::Loop& loop_;
    DialOptions options_;
    std::vector<net::Endpoint> addresses_;
    net::OnConnected on_connected_;
    std::vector<std::unique_ptr<net::Pending>> attempts_;  // of the first addresses; null where one has failed
    std::size_t failed_ = 0;
    std::optional<Error> first_error_;
    net::Timer fallback_timer_;
};

}  // namespace parley::client
