// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/parley/bench_crowd.hpp"
#include "parley/net/turn_task.hpp"

namespace parley {

/// Connections that stay, and are silent but for the server's heartbeat.
class BenchIdle final : public BenchCrowd {
 public:
    explicit BenchIdle(const BenchPlan& plan);

 private:
    [[nodiscard]] int opening_rate() const override { return plan_.command.rate; }
    void start() override;
    void load() override;
    void note_opened(Duration so_long) override;
    void tick() override {}
    void stop_loading() override { finish(); }
    [[nodiscard]] std::string progress() const override;
    void on_peer_answer(BenchPeer&, std::string_view) override {}
    void on_peer_ack(BenchPeer&, std::uint64_t, std::string_view) override {}
    void on_peer_ended(BenchPeer& peer, const std::string& why) override;

    std::size_t lost_ = 0;
    net::ExactTimer end_;
};

/// Connections that come and go, at a rate or one after the other, and no more at once than are allowed.
class BenchComings final : public BenchRun {
 public:
    explicit BenchComings(const BenchPlan& plan);

 private:
    void start() override;
    void tick() override;
    void stop_loading() override;
    [[nodiscard]] std::string progress() const override;

    void come_due();
    void come(std::size_t place, TimePoint due);
    void take_free_places();
    void finish_if_all_are_gone();
    [[nodiscard]] TimePoint due(std::uint64_t visit) const;

    void on_peer_ready(BenchPeer& peer) override;
    void on_peer_answer(BenchPeer&, std::string_view) override {}
    void on_peer_ack(BenchPeer&, std::uint64_t, std::string_view) override {}
    void on_peer_ended(BenchPeer& peer, const std::string& why) override;

    std::vector<TimePoint> due_;      // of the visit at each place
    std::vector<std::size_t> free_;   // places without one
    std::vector<std::size_t> ended_;  // places whose visit is over in this turn
    std::uint64_t next_ = 0;          // visit of the rate
    bool is_loading_ = false;
    TimePoint load_begin_{};
    net::TurnTask freeing_;
    net::ExactTimer pace_;
    net::ExactTimer end_;
};

}  // namespace parley
