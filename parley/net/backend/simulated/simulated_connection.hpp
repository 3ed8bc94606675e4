// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "parley/base/function.hpp"
#include "parley/net/backend/readiness_stream.hpp"
#include "parley/net/backend/simulated/simulated_world.hpp"

namespace parley::net::detail {

/// A connection in memory: what the operating systems of both sides and the network between them do with its bytes.
///
/// Bytes arrive in order, cut and delayed by the world's chance. At most a window of them is under way or unread per
/// direction.
class SimulatedConnection : public std::enable_shared_from_this<SimulatedConnection> {
 public:
    enum Side : std::size_t { client = 0, server = 1 };

    SimulatedConnection(SimulatedWorld& world, const Endpoint& client_endpoint, const Endpoint& server_endpoint)
        : world_(world) {
        ends_[client].endpoint = client_endpoint;
        ends_[server].endpoint = server_endpoint;
    }

    /// Called from the world's events whenever something may have become possible for `side`. `close` forgets it.
    void observe(Side side, Function<void()> on_change) { ends_[side].on_change = std::move(on_change); }

    Transfer receive(Side side, std::span<char> into);
    Transfer send(Side side, std::string_view octets);
    void send_end(Side side);
    /// Gives the side up as closing a socket does: FIN, or a reset when bytes were unread or arrive later.
    void close(Side side);
    /// Gives the side up with a reset, ahead of nothing that is under way.
    void reset(Side side);
    /// Nobody takes the connection: this side sees a reset after a while.
    void refuse(Side side);

    [[nodiscard]] bool readable(Side side) const;
    [[nodiscard]] bool writable(Side side) const;
    /// The other side's FIN has arrived, or a reset, which ends both directions; there may be octets before it.
    [[nodiscard]] bool end_arrived(Side side) const { return ends_[side].end_arrived || ends_[side].reset; }
    /// Reset, or over in both directions.
    [[nodiscard]] bool broken(Side side) const;
    [[nodiscard]] bool is_reset(Side side) const { return ends_[side].reset; }
    [[nodiscard]] bool is_ended(Side side) const { return ends_[side].end_arrived && unread(side) == 0; }
    [[nodiscard]] const Endpoint& endpoint(Side side) const { return ends_[side].endpoint; }
    [[nodiscard]] static Side other(Side side) { return side == client ? server : client; }

 private:
    // One end, with the direction that leads to it.
    struct End {
        Endpoint endpoint;
        std::string arrived;
        std::size_t taken = 0;      // octets of `arrived` that were received
        std::size_t under_way = 0;  // octets on their way to this end
        TimePoint last_arrival{};
        bool end_sent = false;     // by this end
        bool end_arrived = false;  // at this end
        bool reset = false;
        bool closed = false;
        bool stalled = false;     // a send of this end was short by chance
        bool waits_room = false;  // a send of this end was short
        Function<void()> on_change;
    };

    [[nodiscard]] std::size_t unread(Side side) const { return ends_[side].arrived.size() - ends_[side].taken; }
    [[nodiscard]] std::size_t room_towards(Side side) const;
    void plan_arrival(Side side, Function<void()> arrival);
    void arrive(Side side, std::string_view octets);
    void plan_reset(Side side);
    void notify(Side side);
    void notify_later(Side side);

    SimulatedWorld& world_;
    std::array<End, 2> ends_;
};

}  // namespace parley::net::detail
