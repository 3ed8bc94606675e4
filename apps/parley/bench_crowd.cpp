// SPDX-License-Identifier: MIT
#include "apps/parley/bench_crowd.hpp"

namespace parley {

namespace {

constexpr std::size_t openings_max = 64;  // at once: servers have a queue of a few hundred for such as come

}  // namespace

BenchCrowd::BenchCrowd(const BenchPlan& plan) : BenchRun(plan), pace_(*loop_, [this] { open_due(); }) {
    peers_.reserve(plan.connections());
    begun_.reserve(plan.connections());
}

void BenchCrowd::start() {
    begin_ = now();
    open_due();
}

TimePoint BenchCrowd::due(std::size_t index) const {
    if (opening_rate() == 0) return now();
    return begin_ + bench_due(index, opening_rate());
}

void BenchCrowd::open_due() {
    while (peers_.size() < plan_.connections() && peers_.size() - ready_ < openings_max && !is_finishing()) {
        const std::size_t index = peers_.size();
        const TimePoint when = due(index);
        if (when > now()) return pace_.start_at(when);
        begun_.push_back(when);
        peers_.push_back(make_bench_peer(shared_, index));
        peers_.back()->open();
    }
}

void BenchCrowd::on_peer_ready(BenchPeer& peer) {
    ++ready_;
    note_opened(now() - begun_[peer.index()]);
    if (is_complete()) return load();
    open_due();
}

void BenchCrowd::on_peer_ended(BenchPeer& peer, const std::string& why) {
    BenchRun::on_peer_ended(peer, why);
    if (is_complete() || is_finishing()) return;
    outcome_.has_begun = false;  // one of those that are needed is missing
    finish();
}

std::string BenchCrowd::opening() const {
    return "connecting: " + std::to_string(ready_) + " of " + std::to_string(plan_.connections());
}

}  // namespace parley
