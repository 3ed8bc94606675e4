// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>

#include "apps/parley/bench_run.hpp"
#include "parley/net/exact_timer.hpp"

namespace parley {

/// A run on connections that are all made first.
class BenchCrowd : public BenchRun {
 protected:
    explicit BenchCrowd(const BenchPlan& plan);

    /// They are all there.
    virtual void load() = 0;
    /// One of them was made, `so_long` after it was due.
    virtual void note_opened(Duration so_long) = 0;

    /// How many a second; 0: as fast as the server takes them.
    virtual int opening_rate() const { return 0; }

    void start() override;
    [[nodiscard]] bool is_complete() const noexcept { return ready_ == plan_.connections(); }
    /// How far it has come, in words.
    [[nodiscard]] std::string opening() const;

    void on_peer_ready(BenchPeer& peer) override;
    void on_peer_ended(BenchPeer& peer, const std::string& why) override;

 private:
    void open_due();
    [[nodiscard]] TimePoint due(std::size_t index) const;

    std::vector<TimePoint> begun_;  // when each was due, or begun
    std::size_t ready_ = 0;
    TimePoint begin_{};
    net::ExactTimer pace_;
};

}  // namespace parley
