// SPDX-License-Identifier: MIT
#include "apps/parley/bench_messages.hpp"

#include <algorithm>
#include <chrono>

#include "apps/parley/bench_report.hpp"

namespace parley {

namespace {

constexpr std::uint64_t waiting_max = 1'000'000;  // messages under way: beyond, none is sent
constexpr std::size_t turn_messages_max = 1'000;  // that are sent before what has come is looked at

}  // namespace

BenchMessages::BenchMessages(const BenchPlan& plan)
    : BenchCrowd(plan), pace_(*loop_, [this] { send_due(); }), end_(*loop_, [this] { stop_loading(); }) {
    const std::size_t receivers = receivers_per_channel();
    for (std::size_t left = plan.connections(); left > 0; left -= std::min(left, receivers))
        channels_.emplace_back(outcome_.findings, std::min(left, receivers));
}

std::size_t BenchMessages::receivers_per_channel() const {
    if (plan_.scenario == BenchScenario::broadcast) return plan_.connections();
    return plan_.scenario == BenchScenario::room ? plan_.room_size() : 1;
}

BenchMessages::Place BenchMessages::place_of(std::size_t peer) const {
    return {peer / receivers_per_channel(), peer % receivers_per_channel()};
}

// ---- sending

void BenchMessages::load() {
    begin_load(plan_.warmup());
    load_begin_ = now();
    is_loading_ = true;
    end_.start_at(load_begin_ + plan_.warmup() + plan_.duration());
    if (plan_.command.rate > 0) return send_due();
    for (std::size_t channel = 0; channel < channels_.size(); ++channel)
        fill(channel);
}

TimePoint BenchMessages::due(std::uint64_t message) const {
    return load_begin_ + bench_due(message, plan_.command.rate);
}

void BenchMessages::send_due() {
    if (!is_loading_) return;
    std::size_t sent = 0;
    for (; sent < turn_messages_max && due(next_) <= now(); ++sent, ++next_) {
        outcome_.latest = std::max(outcome_.latest, now() - due(next_));
        if (!send(next_ % channels_.size(), due(next_))) ++outcome_.findings.unsent;
    }
    pace_.start_at(due(next_));
}

// A peer that cannot send is asked again when something comes, or in a while.
void BenchMessages::fill(std::size_t channel) {
    while (is_loading_ && channels_[channel].waiting() < plan_.window() && send(channel, now())) {
    }
}

bool BenchMessages::send(std::size_t channel, TimePoint due) {
    const BenchTag tag{static_cast<std::uint32_t>(channel), channels_[channel].next_number()};
    if (waiting_ >= waiting_max || !sender_of(channel).send(tag)) return false;
    channels_[channel].send(due);
    ++waiting_;
    return true;
}

// ---- receiving

void BenchMessages::on_peer_answer(BenchPeer& peer, std::string_view text) {
    if (plan_.scenario == BenchScenario::ack) return;
    const Place place = place_of(peer.index());
    const std::uint64_t expected = channels_[place.channel].expected(place.receiver);
    if (plan_.command.takes_any_answer) return receive(place, expected);
    const auto tag = shared_.payload.read(text);
    if (tag && tag->channel == place.channel) return receive(place, tag->number);
    ++outcome_.findings.altered;
    // It stands where the next one was to come, so it is taken for that.
    if (expected < channels_[place.channel].next_number()) receive(place, expected);
}

void BenchMessages::on_peer_ack(BenchPeer& peer, std::uint64_t number, std::string_view text) {
    if (plan_.scenario != BenchScenario::ack) return;
    const Place place = place_of(peer.index());
    const BenchTag tag{static_cast<std::uint32_t>(place.channel), number};
    if (!plan_.command.takes_any_answer && shared_.payload.read(text) != tag) ++outcome_.findings.altered;
    receive(place, number);
}

void BenchMessages::receive(Place place, std::uint64_t number) {
    if (!channels_[place.channel].receive(place.receiver, number, now())) return;
    --waiting_;
    if (!is_loading_) return finish_if_all_came();
    if (plan_.command.rate == 0) fill(place.channel);
}

// ---- the end

void BenchMessages::stop_loading() {
    if (!is_loading_) return;
    is_loading_ = false;
    pace_.stop();
    end_load();
    patience_end_ = now() + plan_.timeout();
    finish_if_all_came();
}

void BenchMessages::finish_if_all_came() {
    if (waiting_ == 0 && !is_loading_) finish();
}

void BenchMessages::tick() {
    if (!is_complete() || is_finishing()) return;
    const bool is_over = now() >= patience_end_ || lost_peers_ == plan_.connections();
    const TimePoint deadline = is_over ? TimePoint::max() : now() - plan_.timeout();
    for (std::size_t channel = 0; channel < channels_.size(); ++channel) {
        waiting_ -= channels_[channel].give_up(deadline);
        if (plan_.command.rate == 0) fill(channel);
    }
    if (lost_peers_ == plan_.connections()) stop_loading();
    finish_if_all_came();
}

void BenchMessages::on_peer_ended(BenchPeer& peer, const std::string& why) {
    ++lost_peers_;
    BenchCrowd::on_peer_ended(peer, why);
}

std::string BenchMessages::progress() const {
    if (!is_complete()) return opening();
    if (!is_loading_) return "waiting for " + bench_count(waiting_) + " messages";
    const BenchFindings& findings = outcome_.findings;
    return bench_count(findings.received) + " received, p99 " + bench_milliseconds(findings.times.percentile(0.99));
}

}  // namespace parley
