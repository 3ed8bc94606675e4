// SPDX-License-Identifier: MIT
#include "parley/client/retry_queue.hpp"

#include <algorithm>
#include <utility>

namespace parley::client {

RetryQueue::Entry& RetryQueue::add(const contract::EncodedArguments& arguments, std::chrono::milliseconds timeout,
                                   contract::AckCallback callback) {
    const std::size_t bytes = contract::total_bytes(arguments);
    entries_.push_back(
        {next_number_++, contract::KeptArguments(arguments), timeout, std::move(callback), bytes, 0, false});
    bytes_ += bytes;
    return entries_.back();
}

RetryQueue::Entry* RetryQueue::begin_try() {
    const std::size_t reach = std::min(window_, entries_.size());
    for (std::size_t i = 0; i < reach; ++i) {
        Entry& entry = entries_[i];
        if (std::exchange(entry.is_under_way, true)) continue;
        ++entry.tries;
        return &entry;
    }
    return nullptr;
}

std::optional<RetryQueue::Entry> RetryQueue::fail(std::uint64_t number) {
    const Place place = find(number);
    if (place == entries_.end()) return std::nullopt;
    if (place->tries > retries_) return take(place);
    place->is_under_way = false;
    return std::nullopt;
}

std::optional<RetryQueue::Entry> RetryQueue::take(std::uint64_t number) {
    const Place place = find(number);
    if (place == entries_.end()) return std::nullopt;
    return take(place);
}

// It is one of the first, because only those are under way.
RetryQueue::Place RetryQueue::find(std::uint64_t number) {
    return std::ranges::find(entries_, number, &Entry::number);
}

RetryQueue::Entry RetryQueue::take(Place place) {
    Entry entry = std::move(*place);
    entries_.erase(place);
    bytes_ -= entry.bytes;
    return entry;
}

}  // namespace parley::client
