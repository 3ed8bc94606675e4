// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parley/engineio/unconfirmed_sessions.hpp"
#include "parley/net/every_loop.hpp"

namespace parley::engine {

class Engine;

/// The engines of one server, one on each of its loops, and how many sessions they have together. Any thread.
///
/// Each engine tells its numbers when they have changed. Who finds all of them too many has one of its own make room,
/// or asks the engine that has most of those which may.
class Population {
 public:
    explicit Population(std::size_t engines) : counts_(engines) {}

    /// The engine on the next loop; `gate` is open as long as it lives. Before any of them has a session.
    void add(Engine& engine, std::shared_ptr<net::LoopGate> gate) {
        engines_.push_back(&engine);
        gates_.push_back(std::move(gate));
    }
    [[nodiscard]] std::size_t size() const noexcept { return counts_.size(); }

    void tell(std::size_t index, std::size_t sessions, std::size_t newcomers) noexcept {
        counts_[index].sessions.store(sessions, std::memory_order_relaxed);
        counts_[index].newcomers.store(newcomers, std::memory_order_relaxed);
    }
    [[nodiscard]] std::size_t sessions() const noexcept;
    /// Those that have not begun to poll.
    [[nodiscard]] std::size_t newcomers() const noexcept;

    /// Sessions of an address that are counted by it.
    void enter(engineio::AddressGroup address);
    void leave(engineio::AddressGroup address) noexcept;
    [[nodiscard]] std::size_t count(engineio::AddressGroup address) const;

    /// Asks another engine than the one with this index to end a newcomer, soon; false when none has one.
    bool make_room_elsewhere(std::size_t index);

 private:
    struct alignas(64) Counts {
        std::atomic<std::size_t> sessions = 0;
        std::atomic<std::size_t> newcomers = 0;
    };

    std::vector<Engine*> engines_;
    net::LoopGates gates_;
    std::vector<Counts> counts_;
    mutable std::mutex mutex_;
    std::unordered_map<engineio::AddressGroup, std::size_t> by_address_;
};

/// A new session id that says which of `engines` it belongs to. What else it says is chance.
[[nodiscard]] std::string session_id(EntropySource& entropy, std::size_t index, std::size_t engines);
/// Which one an id says; nothing for what is none.
[[nodiscard]] std::optional<std::size_t> engine_of(std::string_view sid, std::size_t engines) noexcept;

}  // namespace parley::engine
