// SPDX-License-Identifier: MIT
#include "apps/parley/bench_arrivals.hpp"

#include <algorithm>
#include <chrono>

#include "apps/parley/bench_report.hpp"

namespace parley {

// ---- idle

BenchIdle::BenchIdle(const BenchPlan& plan) : BenchCrowd(plan), end_(*loop_, [this] { stop_loading(); }) {}

void BenchIdle::start() {
    outcome_.findings.measured_from = {};
    BenchCrowd::start();
}

void BenchIdle::load() {
    begin_load({});
    end_.start_at(now() + plan_.duration());
}

void BenchIdle::note_opened(Duration so_long) {
    BenchFindings& findings = outcome_.findings;
    ++findings.sent;
    ++findings.received;
    findings.times.add(so_long);
}

void BenchIdle::on_peer_ended(BenchPeer& peer, const std::string& why) {
    BenchCrowd::on_peer_ended(peer, why);
    if (++lost_ == plan_.connections()) finish();
}

std::string BenchIdle::progress() const {
    if (!is_complete()) return opening();
    return bench_count(plan_.connections() - lost_) + " idle, " + bench_count(outcome_.heartbeats) + " heartbeats";
}

// ---- connect

BenchComings::BenchComings(const BenchPlan& plan)
    : BenchRun(plan),
      due_(plan.connections()),
      freeing_(*loop_, [this] { take_free_places(); }),
      pace_(*loop_, [this] { come_due(); }),
      end_(*loop_, [this] { stop_loading(); }) {
    peers_.resize(plan.connections());
    for (std::size_t place = plan.connections(); place > 0; --place)
        free_.push_back(place - 1);
}

void BenchComings::start() {
    begin_load(plan_.warmup());
    load_begin_ = now();
    is_loading_ = true;
    end_.start_at(load_begin_ + plan_.warmup() + plan_.duration());
    come_due();
}

TimePoint BenchComings::due(std::uint64_t visit) const {
    return load_begin_ + bench_due(visit, plan_.command.rate);
}

void BenchComings::come_due() {
    if (!is_loading_) return;
    const auto take = [this](TimePoint due) {
        const std::size_t place = free_.back();
        free_.pop_back();
        come(place, due);
    };
    if (plan_.command.rate == 0) {
        while (!free_.empty())
            take(now());
        return;
    }
    for (; due(next_) <= now(); ++next_) {
        outcome_.latest = std::max(outcome_.latest, now() - due(next_));
        if (free_.empty()) {
            ++outcome_.findings.unsent;
        } else {
            take(due(next_));
        }
    }
    pace_.start_at(due(next_));
}

void BenchComings::come(std::size_t place, TimePoint due) {
    ++outcome_.findings.sent;
    if (due >= outcome_.findings.measured_from) ++outcome_.findings.measured;
    due_[place] = due;
    peers_[place] = make_bench_peer(shared_, place);
    peers_[place]->open();
}

void BenchComings::on_peer_ready(BenchPeer& peer) {
    const TimePoint due = due_[peer.index()];
    ++outcome_.findings.received;
    if (due >= outcome_.findings.measured_from) outcome_.findings.times.add(now() - due);
    peer.close();
}

void BenchComings::on_peer_ended(BenchPeer& peer, const std::string& why) {
    if (is_finishing()) return BenchRun::on_peer_ended(peer, why);
    if (!why.empty()) note_failure(why);
    ended_.push_back(peer.index());
    freeing_.schedule();
}

// In a step of its own, as peers may not be destroyed in what they call.
void BenchComings::take_free_places() {
    for (const std::size_t place : ended_) {
        peers_[place].reset();
        free_.push_back(place);
    }
    ended_.clear();
    if (!is_loading_) return finish_if_all_are_gone();
    // With a failure it waits for the next tick: a server that refuses is not to be stormed.
    if (plan_.command.rate == 0 && outcome_.failed == 0) come_due();
}

void BenchComings::stop_loading() {
    if (!is_loading_) return;
    is_loading_ = false;
    pace_.stop();
    end_load();
    finish_if_all_are_gone();
}

void BenchComings::finish_if_all_are_gone() {
    if (free_.size() < plan_.connections()) return;
    outcome_.has_begun = outcome_.findings.received > 0;
    finish();
}

void BenchComings::tick() {
    if (plan_.command.rate == 0) come_due();
}

std::string BenchComings::progress() const {
    const BenchFindings& findings = outcome_.findings;
    return bench_count(findings.received) + " connected, p99 " + bench_milliseconds(findings.times.percentile(0.99));
}

}  // namespace parley
