// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "parley/base/reference.hpp"
#include "parley/engine/message.hpp"

namespace parley::engine {

/// What a message that waits is about, where another one makes it superfluous.
enum class MessageKey : std::uint8_t {
    none,
    ping,  ///< of the heartbeat of polling, which an upgrade begins anew
};

/// The messages between a session and its way out, while there is none: nobody polls, or an upgrade is under way.
///
/// It counts octets as an outbox does, in the form of a payload. Belongs to one thread.
class MessageQueue {
 public:
    void push(Reference<KeptMessage> message, MessageKey key);

    /// Leaves out what has this key and has not left yet.
    void drop(MessageKey key);

    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }

    /// Octets that wait.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Octets that have left in its life, dropped ones included.
    [[nodiscard]] std::uint64_t passed() const noexcept { return passed_; }

    /// All of it as one payload, with room for what may end it; empty when nothing waits. Where it throws, all of it
    /// still waits.
    [[nodiscard]] std::string take_payload();

    /// Gives each message to `send(const KeptMessage&)`, in order, and forgets them all, the rest also where one
    /// throws.
    template <typename Send>
    void take_all(Send&& send) {
        struct Clearing {
            ~Clearing() { queue.clear(); }
            MessageQueue& queue;
        };
        const Clearing clearing{*this};
        for (const Waiting& each : waiting_)
            send(*each.message);
    }

    void clear() noexcept;

 private:
    // What an empty queue may keep for its next messages.
    static constexpr std::size_t capacity_kept = 8;
    // A separator and the goodbye.
    static constexpr std::size_t ending_bytes_max = 2;

    struct Waiting {
        Reference<KeptMessage> message;
        MessageKey key;
    };

    std::vector<Waiting> waiting_;
    std::size_t size_ = 0;
    std::uint64_t passed_ = 0;
};

}  // namespace parley::engine
