// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "apps/parley/bench_histogram.hpp"
#include "parley/base/time.hpp"

namespace parley {

/// What became of the messages of all channels.
struct BenchFindings {
    BenchHistogram times;          ///< from when each was due until it came, of those due from `measured_from` on
    std::uint64_t sent = 0;        ///< messages
    std::uint64_t received = 0;    ///< at each of their receivers
    std::uint64_t measured = 0;    ///< messages that were due from `measured_from` on, and sent
    std::uint64_t unsent = 0;      ///< that were due, but too much waited already
    std::uint64_t lost = 0;        ///< that a receiver did not get in time
    std::uint64_t disordered = 0;  ///< that came behind a later one
    std::uint64_t altered = 0;     ///< that were not as they were sent, or came where they do not belong
    std::uint64_t unexpected = 0;  ///< that came again, or too late
    TimePoint measured_from{};

    [[nodiscard]] bool is_well() const noexcept {
        return unsent == 0 && lost == 0 && disordered == 0 && altered == 0 && unexpected == 0;
    }
};

/// The way from one sender to its receivers, itself perhaps the only one: which of its messages are under way. They are
/// numbered from 0 on, and are to come in this order.
class BenchChannel {
 public:
    /// `findings` must outlive it.
    BenchChannel(BenchFindings& findings, std::size_t receivers);

    /// The number of the message that goes next.
    [[nodiscard]] std::uint64_t next_number() const noexcept { return first_ + pending_.size() - head_; }
    /// Messages under way.
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }
    /// The number of the message that `receiver` is to get next.
    [[nodiscard]] std::uint64_t expected(std::size_t receiver) const noexcept { return receivers_[receiver].next; }

    /// The next message was sent; it was due at `due`.
    void send(TimePoint due);
    /// Message `number` came to `receiver`. Returns whether it has come to all now.
    bool receive(std::size_t receiver, std::uint64_t number, TimePoint now);
    /// What was due before `deadline` and has not come to all is lost. Returns how many messages that were.
    std::size_t give_up(TimePoint deadline);

 private:
    struct Pending {
        TimePoint due;
        std::size_t missing = 0;  // receivers
    };
    struct Receiver {
        std::uint64_t next = 0;
        std::vector<std::uint64_t> overtaken{};  // earlier ones that have not come, in order
    };

    [[nodiscard]] bool take(Receiver& receiver, std::uint64_t number);
    void drop_front();

    BenchFindings& findings_;
    std::vector<Receiver> receivers_;
    std::vector<Pending> pending_;  // from `head_` on
    std::size_t head_ = 0;
    std::uint64_t first_ = 0;  // the number of the one at `head_`
    std::size_t waiting_ = 0;
};

}  // namespace parley
