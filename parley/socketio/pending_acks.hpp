// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "parley/base/time.hpp"

namespace parley::socketio {

/// The acks that one socket still owes us: by id, each with whatever waits for it (a callback, usually) and a deadline.
///
/// Each value leaves the table exactly once: by `take` (the ack came), `take_expired` (its deadline passed) or
/// `take_first` (the socket is gone). All of them hand the value out before anything is called, so whoever calls it may
/// use the table again. An empty table owns no memory.
template <typename Value>
class PendingAcks {
 public:
    static constexpr std::size_t default_outstanding_max = 1'024;

    explicit PendingAcks(std::size_t outstanding_max = default_outstanding_max) : outstanding_max_(outstanding_max) {}

    /// Waits for the ack `id` until `deadline` (`no_deadline`: as long as the socket lives).
    ///
    /// False, and `value` stays with the caller: too many are outstanding, or the id is taken. Ids that grow from call
    /// to call are cheapest.
    [[nodiscard]] bool add(std::uint64_t id, TimePoint deadline, Value&& value);

    /// What waits for the ack `id`; nothing when it is unknown, already answered or expired.
    [[nodiscard]] std::optional<Value> take(std::uint64_t id);

    /// One value whose deadline has passed; call until there is none.
    [[nodiscard]] std::optional<Value> take_expired(TimePoint now);

    /// The oldest value, whatever its deadline; for the end of the socket, call until there is none.
    [[nodiscard]] std::optional<Value> take_first();

    /// The oldest value if its id is below `id`; for the end of a connection, call until there is none.
    [[nodiscard]] std::optional<Value> take_first_below(std::uint64_t id);

    /// Whether something waits for the ack `id`.
    [[nodiscard]] bool contains(std::uint64_t id) const;

    /// Not later than the first deadline. May be earlier, when the ack that had it came; `take_expired` corrects it.
    [[nodiscard]] TimePoint next_deadline() const noexcept { return earliest_; }

    [[nodiscard]] std::size_t size() const noexcept { return live_; }
    [[nodiscard]] bool empty() const noexcept { return live_ == 0; }

 private:
    // Sorted by id. A taken entry stays as a gap until gaps are the majority, so that taking moves nothing.
    struct Entry {
        std::uint64_t id;
        TimePoint deadline;
        std::optional<Value> value;
    };
    using Entries = std::vector<Entry>;

    [[nodiscard]] typename Entries::iterator lower_bound(std::uint64_t id);
    [[nodiscard]] std::optional<Value> take(typename Entries::iterator entry);
    void close_gaps();

    Entries entries_;
    std::size_t live_ = 0;
    std::size_t outstanding_max_;
    TimePoint earliest_ = no_deadline;
};

template <typename Value>
bool PendingAcks<Value>::add(std::uint64_t id, TimePoint deadline, Value&& value) {
    if (live_ >= outstanding_max_) return false;
    const auto at = entries_.empty() || entries_.back().id < id ? entries_.end() : lower_bound(id);
    if (at != entries_.end() && at->id == id) {
        if (at->value) return false;
        at->deadline = deadline;
        at->value.emplace(std::move(value));
    } else {
        entries_.insert(at, Entry{id, deadline, std::optional<Value>(std::move(value))});
    }
    ++live_;
    earliest_ = std::min(earliest_, deadline);
    return true;
}

template <typename Value>
std::optional<Value> PendingAcks<Value>::take(std::uint64_t id) {
    const auto at = lower_bound(id);
    if (at == entries_.end() || at->id != id || !at->value) return std::nullopt;
    return take(at);
}

template <typename Value>
std::optional<Value> PendingAcks<Value>::take_expired(TimePoint now) {
    if (now < earliest_) return std::nullopt;
    TimePoint earliest = no_deadline;
    for (auto at = entries_.begin(); at != entries_.end(); ++at) {
        if (!at->value) continue;
        if (at->deadline <= now) return take(at);
        earliest = std::min(earliest, at->deadline);
    }
    earliest_ = earliest;
    return std::nullopt;
}

template <typename Value>
std::optional<Value> PendingAcks<Value>::take_first() {
    const auto at = std::find_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.value.has_value(); });
    if (at == entries_.end()) return std::nullopt;
    return take(at);
}

template <typename Value>
std::optional<Value> PendingAcks<Value>::take_first_below(std::uint64_t id) {
    const auto at = std::find_if(entries_.begin(), entries_.end(), [](const Entry& e) { return e.value.has_value(); });
    if (at == entries_.end() || at->id >= id) return std::nullopt;
    return take(at);
}

template <typename Value>
bool PendingAcks<Value>::contains(std::uint64_t id) const {
    const auto at = std::lower_bound(entries_.begin(), entries_.end(), id,
                                     [](const Entry& e, std::uint64_t v) { return e.id < v; });
    return at != entries_.end() && at->id == id && at->value.has_value();
}

template <typename Value>
auto PendingAcks<Value>::lower_bound(std::uint64_t id) -> typename Entries::iterator {
    return std::lower_bound(entries_.begin(), entries_.end(), id,
                            [](const Entry& e, std::uint64_t v) { return e.id < v; });
}

template <typename Value>
std::optional<Value> PendingAcks<Value>::take(typename Entries::iterator entry) {
    std::optional<Value> value = std::move(entry->value);
    entry->value.reset();
    --live_;
    close_gaps();
    return value;
}

template <typename Value>
void PendingAcks<Value>::close_gaps() {
    if (live_ == 0) {
        entries_ = Entries{};
        earliest_ = no_deadline;
    } else if (entries_.size() > 2 * live_ + 8) {
        std::erase_if(entries_, [](const Entry& e) { return !e.value; });
    }
}

}  // namespace parley::socketio
