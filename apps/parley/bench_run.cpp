// SPDX-License-Identifier: MIT
#include "apps/parley/bench_run.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <csignal>

namespace parley {

namespace {

constexpr std::chrono::milliseconds tick_time{100};

Duration duration_of(const timeval& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

/// How long this process has kept processors busy so far.
Duration cpu_time() {
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) != 0) return {};
    return duration_of(usage.ru_utime) + duration_of(usage.ru_stime);
}

}  // namespace

Duration bench_due(std::uint64_t number, int rate) noexcept {
    const auto each_second = static_cast<std::uint64_t>(rate);
    const std::chrono::nanoseconds exactly(number % each_second * 1'000'000'000 / each_second);
    const std::chrono::seconds seconds(number / each_second);
    return seconds + (rate > 1'000 ? std::chrono::floor<std::chrono::milliseconds>(exactly) : exactly);
}

BenchRun::BenchRun(const BenchPlan& plan) : plan_(plan), ticks_(*loop_, [this] { handle_tick(); }) {
    outcome_.findings.measured_from = TimePoint::max();
}

BenchOutcome BenchRun::run() {
    const auto signals = loop_->on_signals({SIGINT, SIGTERM}, [this](int) { interrupt(); });
    loop_->post([this] {
        handle_tick();
        start();
    });
    loop_->run();
    progress_.clear();
    peers_.clear();
    loop_->run_as_turn([] {});  // what is left of the connections goes
    return std::move(outcome_);
}

void BenchRun::interrupt() {
    if (outcome_.was_interrupted) return loop_->stop();
    outcome_.was_interrupted = true;
    if (load_begin_ != no_deadline) return stop_loading();
    outcome_.has_begun = false;
    finish();
}

void BenchRun::handle_tick() {
    ticks_.start(tick_time);
    tick();
    progress_.show(part_done(), progress());
}

void BenchRun::begin_load(Duration warmup) {
    load_begin_ = now();
    outcome_.findings.measured_from = load_begin_ + warmup;
    cpu_before_ = cpu_time();
}

void BenchRun::end_load() {
    if (load_end_ != no_deadline || load_begin_ == no_deadline) return;
    load_end_ = now();
    outcome_.measured = std::max(load_end_ - outcome_.findings.measured_from, Duration());
    outcome_.cpu = cpu_time() - cpu_before_;
}

double BenchRun::part_done() const {
    if (load_begin_ == no_deadline) return 0;
    const TimePoint end = outcome_.findings.measured_from + plan_.duration();
    const std::chrono::duration<double> all = end - load_begin_;
    const std::chrono::duration<double> done = now() - load_begin_;
    return std::clamp(done / all, 0.0, 1.0);
}

void BenchRun::note_failure(const std::string& why) {
    ++outcome_.failed;
    if (outcome_.first_failure.empty()) outcome_.first_failure = why;
}

void BenchRun::finish() {
    if (std::exchange(is_finishing_, true)) return;
    end_load();
    for (const std::unique_ptr<BenchPeer>& peer : peers_)
        if (peer != nullptr) peer->close();
    stop_when_all_are_gone();
}

void BenchRun::on_peer_ended(BenchPeer&, const std::string& why) {
    if (is_finishing_) return stop_when_all_are_gone();
    note_failure(why);
}

void BenchRun::stop_when_all_are_gone() {
    const auto is_gone = [](const std::unique_ptr<BenchPeer>& peer) { return peer == nullptr || peer->is_over(); };
    if (std::ranges::all_of(peers_, is_gone)) loop_->stop();
}

}  // namespace parley
