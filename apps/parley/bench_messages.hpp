// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "apps/parley/bench_channel.hpp"
#include "apps/parley/bench_crowd.hpp"

namespace parley {

/// Messages that come back: to their sender, or to a room, or to everybody.
///
/// At a rate, each message has a moment at which it is due, whatever has become of those before it, and is measured
/// from then on; so a server that stands still for a second is seen by all who would have come in that second. Without
/// one, the next message goes when one has come back.
class BenchMessages final : public BenchCrowd {
 public:
    explicit BenchMessages(const BenchPlan& plan);

 private:
    /// Where a peer receives: which channel, and which receiver of it.
    struct Place {
        std::size_t channel = 0;
        std::size_t receiver = 0;
    };

    [[nodiscard]] std::size_t receivers_per_channel() const;
    [[nodiscard]] Place place_of(std::size_t peer) const;
    [[nodiscard]] BenchPeer& sender_of(std::size_t channel) { return *peers_[channel * receivers_per_channel()]; }

    void load() override;
    void note_opened(Duration) override {}
    void tick() override;
    void stop_loading() override;
    [[nodiscard]] std::string progress() const override;

    void send_due();
    void fill(std::size_t channel);
    bool send(std::size_t channel, TimePoint due);
    void receive(Place place, std::uint64_t number);
    void finish_if_all_came();
    [[nodiscard]] TimePoint due(std::uint64_t message) const;

    void on_peer_answer(BenchPeer& peer, std::string_view text) override;
    void on_peer_ack(BenchPeer& peer, std::uint64_t number, std::string_view text) override;
    void on_peer_ended(BenchPeer& peer, const std::string& why) override;

    std::vector<BenchChannel> channels_;
    std::uint64_t waiting_ = 0;  // messages under way on all
    std::uint64_t next_ = 0;     // message of the rate
    std::size_t lost_peers_ = 0;
    bool is_loading_ = false;
    TimePoint load_begin_{};
    TimePoint patience_end_ = no_deadline;  // of the wait for what is missing
    net::ExactTimer pace_;
    net::ExactTimer end_;
};

}  // namespace parley
