// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "parley/base/intrusive_list.hpp"
#include "parley/net/backend/backend.hpp"
#include "parley/net/backend/readiness_stream.hpp"
#include "parley/net/backend/simulated/simulated_world.hpp"

namespace parley::net::detail {

/// Something on a simulated loop that may have something to do in its next turn.
class SimulatedReady : public ListHook {
 public:
    /// Does it, if there is. May destroy this.
    virtual void dispatch() = 0;

 protected:
    ~SimulatedReady() = default;
};

class SimulatedSignalWatch;

/// The backend of a loop in a simulated world: its sleep is the world's time passing.
class SimulatedBackend final : public Backend {
 public:
    SimulatedBackend(SimulatedWorld& world, std::uint64_t seed);
    ~SimulatedBackend() override;

    TimePoint now() override { return world_.now(); }
    WallTime wall_time() override;
    EntropySource& entropy() override { return entropy_; }
    bool wait(TimePoint now, TimePoint deadline) override;
    void dispatch() override;
    void wake() noexcept override { is_woken_.store(true, std::memory_order_release); }

    Result<std::unique_ptr<Listener>> listen(Loop& loop, const Endpoint& endpoint, const ListenOptions& options,
                                             OnAccept on_accept) override;
    Result<std::unique_ptr<Listener>> listen_local(Loop& loop, const std::string& path,
                                                   const LocalListenOptions& options, OnAccept on_accept) override;
    Result<std::unique_ptr<Listener>> listen_handed_over(Loop& loop, std::string refusal, OnAccept on_accept) override;
    std::unique_ptr<Pending> connect(Loop& loop, const Endpoint& endpoint, const ConnectOptions& options,
                                     OnConnected on_connected) override;
    std::unique_ptr<Pending> connect_local(Loop& loop, const std::string& path, const ConnectOptions& options,
                                           OnConnected on_connected) override;
    std::unique_ptr<Pending> resolve(Loop& loop, std::string host, std::uint16_t port, OnResolved on_resolved) override;
    Result<std::unique_ptr<SignalWatch>> on_signals(std::span<const int> signals,
                                                    Function<void(int)> on_signal) override;

    SimulatedWorld& world() { return world_; }
    StreamWorkspace& workspace() { return workspace_; }

    /// Has `ready` looked at in the next turn.
    void add_ready(SimulatedReady& ready) {
        if (!ready.is_linked()) ready_.push_back(ready);
    }
    [[nodiscard]] bool has_work() const { return !ready_.empty() || is_woken_.load(std::memory_order_acquire); }

    void raise(int signal);
    void forget(SimulatedSignalWatch& watch) { std::erase(watches_, &watch); }

 private:
    void count_turn();

    SimulatedWorld& world_;
    SeededRandom entropy_;
    StreamWorkspace workspace_;
    IntrusiveList<SimulatedReady> ready_;
    std::vector<SimulatedSignalWatch*> watches_;
    std::atomic<bool> is_woken_ = false;
    TimePoint last_turn_{};
    int turns_at_once_ = 0;
};

}  // namespace parley::net::detail
