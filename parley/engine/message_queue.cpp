// SPDX-License-Identifier: MIT
#include "parley/engine/message_queue.hpp"

#include <utility>

#include "parley/engineio/payload.hpp"

namespace parley::engine {

// With each message but the first goes a separator.
void MessageQueue::push(Reference<KeptMessage> message, MessageKey key) {
    const std::size_t octets = message->size() + (waiting_.empty() ? 0 : 1);
    waiting_.push_back({std::move(message), key});
    size_ += octets;
}

void MessageQueue::drop(MessageKey key) {
    std::erase_if(waiting_, [key](const Waiting& each) { return each.key == key; });
    std::size_t left = waiting_.empty() ? 0 : waiting_.size() - 1;
    for (const Waiting& each : waiting_)
        left += each.message->size();
    passed_ += size_ - left;
    size_ = left;
}

std::string MessageQueue::take_payload() {
    std::string payload;
    payload.reserve(size_ + ending_bytes_max);
    for (const Waiting& each : waiting_) {
        if (!payload.empty()) payload.push_back(engineio::record_separator);
        each.message->append_records(payload);
    }
    clear();
    return payload;
}

void MessageQueue::clear() noexcept {
    passed_ += std::exchange(size_, 0);
    waiting_.clear();
    if (waiting_.capacity() > capacity_kept) std::vector<Waiting>().swap(waiting_);
}

}  // namespace parley::engine
