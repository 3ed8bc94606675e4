// SPDX-License-Identifier: MIT
#include "parley/net/backend/simulated/simulated_backend.hpp"

#include <algorithm>
#include <stdexcept>

namespace parley::net::detail {
namespace {

constexpr WallTime world_began = WallTime(std::chrono::sys_days(std::chrono::January / 1 / 2026));

// A loop that goes round this often without time passing would spin in reality.
constexpr int turns_at_once_max = 1'000'000;

}  // namespace

class SimulatedSignalWatch final : public SignalWatch, public SimulatedReady {
 public:
    SimulatedSignalWatch(SimulatedBackend& backend, std::span<const int> signals, Function<void(int)> on_signal)
        : backend_(backend), signals_(signals.begin(), signals.end()), on_signal_(std::move(on_signal)) {}
    ~SimulatedSignalWatch() override {
        if (destroyed_ != nullptr) *destroyed_ = true;
        backend_.forget(*this);
    }

    void raise(int signal) {
        if (std::ranges::find(signals_, signal) == signals_.end()) return;
        raised_.push_back(signal);
        backend_.add_ready(*this);
    }

    // The function is moved out while it runs, so that it survives a watch that it destroys.
    void dispatch() override {
        bool destroyed = false;
        destroyed_ = &destroyed;
        Function<void(int)> on_signal = std::move(on_signal_);
        const std::vector<int> raised = std::exchange(raised_, {});
        for (auto signal = raised.begin(); signal != raised.end() && !destroyed; ++signal)
            on_signal(*signal);
        if (destroyed) return;
        destroyed_ = nullptr;
        on_signal_ = std::move(on_signal);
    }

 private:
    SimulatedBackend& backend_;
    std::vector<int> signals_;
    Function<void(int)> on_signal_;
    std::vector<int> raised_;
    bool* destroyed_ = nullptr;  // where to say that the function destroyed this
};

SimulatedBackend::SimulatedBackend(SimulatedWorld& world, std::uint64_t seed) : world_(world), entropy_(seed) {}

SimulatedBackend::~SimulatedBackend() = default;

WallTime SimulatedBackend::wall_time() {
    return world_began + std::chrono::floor<std::chrono::milliseconds>(world_.now().time_since_epoch());
}

bool SimulatedBackend::wait(TimePoint, TimePoint deadline) {
    count_turn();
    while (true) {
        world_.run_due_events();
        if (has_work() || deadline <= world_.now()) {
            world_.pass(world_.random_time(world_.random_time(world_.options().wake_delay_max)));
            is_woken_.store(false, std::memory_order_release);
            return true;
        }
        if (world_.run_loops(this)) continue;
        const TimePoint next = std::min(deadline, world_.next_time(this));
        if (next == no_deadline) return false;
        world_.move_to(next);
    }
}

void SimulatedBackend::count_turn() {
    if (world_.now() != last_turn_) turns_at_once_ = 0;
    last_turn_ = world_.now();
    if (++turns_at_once_ > turns_at_once_max) throw std::logic_error("a loop of the simulated network spins");
}

void SimulatedBackend::dispatch() {
    IntrusiveList<SimulatedReady> ready;
    ready.take_all(ready_);
    while (SimulatedReady* one = ready.pop_front()) {
        if (world_.options().shuffle && !ready.empty() && world_.random().one_in(2)) {
            ready.push_back(*one);
            continue;
        }
        // What happens in it makes others ready, and destroys nothing of this loop's.
        world_.pause();
        one->dispatch();
    }
}

Result<std::unique_ptr<SignalWatch>> SimulatedBackend::on_signals(std::span<const int> signals,
                                                                  Function<void(int)> on_signal) {
    auto watch = std::make_unique<SimulatedSignalWatch>(*this, signals, std::move(on_signal));
    watches_.push_back(watch.get());
    return watch;
}

void SimulatedBackend::raise(int signal) {
    for (SimulatedSignalWatch* watch : watches_)
        watch->raise(signal);
}

}  // namespace parley::net::detail
