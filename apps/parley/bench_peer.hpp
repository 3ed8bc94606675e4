// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "apps/parley/bench_packets.hpp"
#include "apps/parley/bench_payload.hpp"
#include "apps/parley/bench_plan.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/loop_gate.hpp"

namespace parley {

class BenchPeer;

/// What happens on a connection to the server. None of these may destroy the peer.
class BenchPeerListener {
 public:
    /// It may send.
    virtual void on_peer_ready(BenchPeer& peer) = 0;
    /// A message came back; `text` lives during the call.
    virtual void on_peer_answer(BenchPeer& peer, std::string_view text) = 0;
    /// Message `number` was acknowledged with `text`.
    virtual void on_peer_ack(BenchPeer& peer, std::uint64_t number, std::string_view text) = 0;
    /// The server asked whether it is there.
    virtual void on_peer_ping() = 0;
    /// The last call: it could not be made, was lost, or was closed as it should.
    virtual void on_peer_ended(BenchPeer& peer, const std::string& why) = 0;

 protected:
    ~BenchPeerListener() = default;
};

/// What all peers of one run share. Belongs to the loop's thread.
struct BenchShared {
    BenchShared(const BenchPlan& its_plan, net::Loop& its_loop, BenchPeerListener& its_listener);

    /// The room that the peer of this index is in.
    [[nodiscard]] static std::string room_name(std::size_t room) { return "bench " + std::to_string(room); }

    const BenchPlan& plan;
    net::Loop& loop;
    BenchPeerListener& listener;
    std::shared_ptr<net::LoopGate> gate;
    BenchPayload payload;
    BenchPackets packets;
    std::string text;  ///< of what is sent: one memory for all
};

/// One connection to the server that is loaded, by Socket.IO in one namespace, or as a plain WebSocket.
class BenchPeer {
 public:
    virtual ~BenchPeer() = default;
    BenchPeer(const BenchPeer&) = delete;
    BenchPeer& operator=(const BenchPeer&) = delete;

    [[nodiscard]] std::size_t index() const noexcept { return index_; }
    [[nodiscard]] bool is_ready() const noexcept { return stage_ == Stage::ready; }
    [[nodiscard]] bool is_over() const noexcept { return stage_ == Stage::over; }

    /// Begins to connect.
    virtual void open() = 0;
    /// Sends the message that has this tag. False: it cannot be sent now.
    virtual bool send(BenchTag tag) = 0;
    /// Says goodbye; the listener hears of the end.
    void close();

 protected:
    BenchPeer(BenchShared& shared, std::size_t index);

    void become_ready();
    void end(const std::string& why);
    /// Says goodbye, or gives up what is not open yet.
    virtual void begin_close() = 0;
    /// The connection may go.
    virtual void let_go() = 0;
    void watch_opening() { timer_.start(shared_.plan.timeout()); }

    BenchShared& shared_;

 private:
    enum class Stage : std::uint8_t { opening, ready, closing, over };

    const std::size_t index_;
    Stage stage_ = Stage::opening;
    net::Timer timer_;  // for the opening, and for the goodbye
};

/// A peer for the plan's protocol. `shared` must outlive it.
[[nodiscard]] std::unique_ptr<BenchPeer> make_bench_peer(BenchShared& shared, std::size_t index);

}  // namespace parley
