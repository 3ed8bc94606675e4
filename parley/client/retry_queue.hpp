// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "parley/contract/ack_callback.hpp"
#include "parley/contract/kept_arguments.hpp"

namespace parley::client {

/// What one namespace sends until it is acknowledged: each event stays here, in order, until the server has answered or
/// its tries are used up. It sends nothing by itself.
class RetryQueue {
 public:
    struct Entry {
        std::uint64_t number = 0;
        contract::KeptArguments arguments;
        std::chrono::milliseconds timeout{-1};  ///< as in `EmitOptions`
        contract::AckCallback callback;         ///< null: nobody asked
        std::size_t bytes = 0;
        std::uint32_t tries = 0;
        bool is_under_way = false;
        bool compress = true;
    };

    /// So many further tries each, and so many events under way at a time.
    RetryQueue(std::uint32_t retries, std::size_t window) : retries_(retries), window_(window) {}

    Entry& add(const contract::EncodedArguments& arguments, std::chrono::milliseconds timeout,
               contract::AckCallback callback);
    /// The next that is to be sent now, which is under way then; null: none. Valid until the queue changes.
    [[nodiscard]] Entry* begin_try();
    /// A try of number `number` has failed: it will be sent again, or is given back because that was the last.
    [[nodiscard]] std::optional<Entry> fail(std::uint64_t number);
    /// It was acknowledged.
    [[nodiscard]] std::optional<Entry> take(std::uint64_t number);

    [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
    using Place = std::deque<Entry>::iterator;
    [[nodiscard]] Place find(std::uint64_t number);
    [[nodiscard]] Entry take(Place place);

    std::deque<Entry> entries_;
    std::size_t bytes_ = 0;
    std::uint64_t next_number_ = 0;
    const std::uint32_t retries_;
    const std::size_t window_;
};

}  // namespace parley::client
