// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "apps/parley/bench_channel.hpp"
#include "apps/parley/bench_peer.hpp"
#include "apps/parley/bench_plan.hpp"
#include "apps/parley/bench_progress.hpp"
#include "parley/net/loop.hpp"

namespace parley {

/// What a run has found.
struct BenchOutcome {
    BenchFindings findings;        ///< of messages; where connections are counted, each of them is one
    std::uint64_t failed = 0;      ///< connections that could not be made, or were lost
    std::string first_failure;     ///< why the first of these
    bool has_begun = true;         ///< false: there was no connection, or not all that were needed
    bool was_interrupted = false;  ///< somebody ended it early
    std::uint64_t heartbeats = 0;  ///< of the server
    Duration measured{};           ///< how long was measured
    Duration latest{};             ///< how late the load itself was, at most; without a rate it cannot be
    Duration cpu{};                ///< time of the processor that the load took here

    [[nodiscard]] bool is_well() const noexcept { return has_begun && failed == 0 && findings.is_well(); }
};

/// When the `number`th of so many a second is due, counted from 0. Beyond a thousand a second those of one millisecond
/// are due together, so that keeping to it costs this side little.
[[nodiscard]] Duration bench_due(std::uint64_t number, int rate) noexcept;

/// One load on a server, from its first connection to the last goodbye.
class BenchRun : protected BenchPeerListener {
 public:
    virtual ~BenchRun() = default;
    BenchRun(const BenchRun&) = delete;
    BenchRun& operator=(const BenchRun&) = delete;

    /// Once: does it, on this thread. SIGINT and SIGTERM end it early, with what was measured so far.
    BenchOutcome run();

 protected:
    explicit BenchRun(const BenchPlan& plan);

    /// The loop runs: begin.
    virtual void start() = 0;
    /// Ten times a second.
    virtual void tick() = 0;
    /// Somebody wants it to end: loads no more, and finishes when that is over.
    virtual void stop_loading() = 0;
    /// What is going on, in words.
    [[nodiscard]] virtual std::string progress() const = 0;

    /// Its load begins, and is measured after a while.
    void begin_load(Duration warmup);
    /// The load is over.
    void end_load();
    /// Says goodbye on every connection; then the run ends.
    void finish();
    [[nodiscard]] bool is_finishing() const noexcept { return is_finishing_; }
    /// One of the connections could not be made, or was lost.
    void note_failure(const std::string& why);

    [[nodiscard]] TimePoint now() const { return loop_->now(); }
    /// How far the load has come, from 0 to 1.
    [[nodiscard]] double part_done() const;

    void on_peer_ping() override { ++outcome_.heartbeats; }
    void on_peer_ended(BenchPeer& peer, const std::string& why) override;

    const BenchPlan& plan_;
    const std::unique_ptr<net::Loop> loop_ = net::make_loop();
    BenchShared shared_{plan_, *loop_, *this};
    BenchOutcome outcome_;
    std::vector<std::unique_ptr<BenchPeer>> peers_;  // where there is none, null

 private:
    void interrupt();
    void handle_tick();
    void stop_when_all_are_gone();

    BenchProgress progress_;
    net::Timer ticks_;
    TimePoint load_begin_ = no_deadline;
    TimePoint load_end_ = no_deadline;
    Duration cpu_before_{};
    bool is_finishing_ = false;
};

}  // namespace parley
