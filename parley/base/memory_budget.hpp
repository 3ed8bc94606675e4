// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "parley/base/function.hpp"
#include "parley/base/intrusive_list.hpp"

namespace parley {

class MemoryBudget;

/// How much is held by peers that hold about as much as each other: class `n` is of those with `n` significant bits.
struct SizeClasses {
    std::array<std::size_t, 65> bytes{};

    void add(std::size_t size) noexcept { bytes[static_cast<std::size_t>(std::bit_width(size))] += size; }
};

/// What the budgets of several loops hold together, each told from time to time. Any thread.
class MemoryPool {
 public:
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
    void count(std::size_t before, std::size_t after) noexcept {
        bytes_.fetch_add(after - before, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t shed_count() const noexcept { return shed_count_.load(std::memory_order_relaxed); }
    void note_shed() noexcept { shed_count_.fetch_add(1, std::memory_order_relaxed); }

 private:
    std::atomic<std::size_t> bytes_ = 0;
    std::atomic<std::uint64_t> shed_count_ = 0;
};

/// A table of peers for whom something is kept that can be given up.
class MemoryHolder : private ListHook {
 public:
    virtual ~MemoryHolder() = default;

    /// Adds what is kept for each peer.
    virtual void measure(SizeClasses& sizes) = 0;
    /// Ends peers for whom `bytes_min` octets or more are kept, as long as the budget wants it.
    virtual void shed(std::size_t bytes_min) = 0;

 private:
    friend class MemoryBudget;
    friend class IntrusiveList<MemoryHolder>;
};

/// What may be kept for all peers together: cut messages, bodies, what waits for slow peers, sessions.
///
/// Who keeps something counts it here. What is shed, and in which order:
///
///   is_scarce     85 %    no new connection and no new session (503, Retry-After), no volatile message
///   is_critical   95 %    at the end of the turn those for whom most is kept are ended, until 90 % are left: a cut
///                         message with 1009, a body with 503, one who is behind as a slow consumer
///   is_full      100 %    whoever would have more kept is ended at once
///
/// Peers for whom less than `shed_bytes_min` are kept are never ended by it: a healthy client has nothing kept between
/// two turns. Loop-affine; those of several loops that share a bound know of each other through a pool, all together to
/// a sixty-fourth of the bound, and each one gives up its part.
class MemoryBudget {
 public:
    static constexpr std::size_t shed_bytes_min = 8 * 1024;

    /// 0: no bound.
    explicit MemoryBudget(std::size_t bytes_max) noexcept
        : bytes_max_(bytes_max == 0 ? SIZE_MAX : bytes_max), scarce_(percent(85)), critical_(percent(95)) {}
    MemoryBudget(const MemoryBudget&) = delete;
    MemoryBudget& operator=(const MemoryBudget&) = delete;

    /// The bound is that of all `budgets` with this pool, which must outlive this.
    void share(MemoryPool& pool, std::size_t budgets) noexcept {
        constexpr std::size_t step_max = 256 * 1024;
        const std::size_t step = bytes_max_ / 64 / budgets;
        pool_ = &pool;
        told_step_ = step < step_max ? step : step_max;
    }

    /// What had `before` octets has `after` now.
    void count(std::size_t before, std::size_t after) noexcept {
        bytes_ += after - before;
        if (pool_ != nullptr) tell_pool();
    }

    /// Of this budget alone.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
    /// Of all that share the bound.
    [[nodiscard]] std::size_t all_bytes() const noexcept {
        return pool_ == nullptr ? bytes_ : pool_->bytes() - told_ + bytes_;
    }
    [[nodiscard]] std::size_t bytes_max() const noexcept { return bytes_max_; }
    [[nodiscard]] bool is_scarce() const noexcept { return all_bytes() >= scarce_; }
    [[nodiscard]] bool is_critical() const noexcept { return all_bytes() >= critical_; }
    [[nodiscard]] bool is_full() const noexcept { return all_bytes() >= bytes_max_; }

    void add(MemoryHolder& holder) noexcept { holders_.push_back(holder); }

    /// Ends the largest where it is critical. Looks at all holders twice, and frees a twentieth of all: rarely due.
    void reclaim();
    /// For holders: whether enough has been freed.
    [[nodiscard]] bool is_relieved() const noexcept { return all_bytes() <= percent(90) || bytes_ <= keep_; }

    /// Peers that were ended for their memory; those of all that share the bound.
    [[nodiscard]] std::uint64_t shed_count() const noexcept { return shed_count_; }
    [[nodiscard]] std::uint64_t all_shed_count() const noexcept {
        return pool_ == nullptr ? shed_count_ : pool_->shed_count();
    }
    void note_shed() noexcept {
        ++shed_count_;
        if (pool_ != nullptr) pool_->note_shed();
        if (on_shed_) on_shed_();
    }
    /// Calls `handler`, which must not throw, for each of them from now on.
    void on_shed(Function<void()> handler) { on_shed_ = std::move(handler); }

 private:
    [[nodiscard]] std::size_t percent(std::size_t part) const noexcept { return bytes_max_ / 100 * part; }
    void tell_pool() noexcept;

    const std::size_t bytes_max_;
    const std::size_t scarce_;
    const std::size_t critical_;
    std::size_t bytes_ = 0;
    std::size_t keep_ = 0;        // while something is given up: what may be left of this budget's part
    std::size_t told_ = 0;        // octets of these that the pool knows of
    std::size_t told_step_ = 0;   // it is told of what differs by more than this
    MemoryPool* pool_ = nullptr;  // where there are other budgets
    std::uint64_t shed_count_ = 0;
    Function<void()> on_shed_;
    IntrusiveList<MemoryHolder> holders_;
};

}  // namespace parley
