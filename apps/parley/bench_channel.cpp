// SPDX-License-Identifier: MIT
#include "apps/parley/bench_channel.hpp"

#include <algorithm>

namespace parley {

namespace {

constexpr std::size_t compacted_from = 64;  // dead places in front, from which on they are taken away

}  // namespace

BenchChannel::BenchChannel(BenchFindings& findings, std::size_t receivers)
    : findings_(findings), receivers_(receivers) {}

void BenchChannel::send(TimePoint due) {
    pending_.push_back({due, receivers_.size()});
    ++waiting_;
    ++findings_.sent;
    if (due >= findings_.measured_from) ++findings_.measured;
}

bool BenchChannel::receive(std::size_t receiver, std::uint64_t number, TimePoint now) {
    if (number >= next_number()) {
        ++findings_.altered;  // it was never sent
        return false;
    }
    if (number < first_ || !take(receivers_[receiver], number)) {
        ++findings_.unexpected;
        return false;
    }
    ++findings_.received;
    Pending& pending = pending_[head_ + (number - first_)];
    if (pending.due >= findings_.measured_from) findings_.times.add(now - pending.due);
    if (--pending.missing > 0) return false;
    --waiting_;
    while (head_ < pending_.size() && pending_[head_].missing == 0)
        drop_front();
    return true;
}

// Whether `receiver` has not had it yet.
bool BenchChannel::take(Receiver& receiver, std::uint64_t number) {
    receiver.next = std::max(receiver.next, first_);
    if (number >= receiver.next) {
        for (; receiver.next < number; ++receiver.next)
            receiver.overtaken.push_back(receiver.next);
        receiver.next = number + 1;
        return true;
    }
    const auto found = std::ranges::lower_bound(receiver.overtaken, number);
    if (found == receiver.overtaken.end() || *found != number) return false;
    receiver.overtaken.erase(found);
    ++findings_.disordered;
    return true;
}

std::size_t BenchChannel::give_up(TimePoint deadline) {
    std::size_t given_up = 0;
    while (head_ < pending_.size() && pending_[head_].due < deadline) {
        if (pending_[head_].missing > 0) {
            findings_.lost += pending_[head_].missing;
            ++given_up;
            --waiting_;
        }
        drop_front();
    }
    if (given_up == 0) return 0;
    for (Receiver& receiver : receivers_) {
        receiver.next = std::max(receiver.next, first_);
        receiver.overtaken.erase(receiver.overtaken.begin(), std::ranges::lower_bound(receiver.overtaken, first_));
    }
    return given_up;
}

void BenchChannel::drop_front() {
    ++first_;
    if (++head_ == pending_.size()) {
        pending_.clear();
        head_ = 0;
    } else if (head_ >= compacted_from && head_ * 2 > pending_.size()) {
        pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }
}

}  // namespace parley
