// SPDX-License-Identifier: MIT
#include "parley/net/backend/simulated/simulated_connection.hpp"

#include <algorithm>
#include <cerrno>

namespace parley::net::detail {

std::size_t SimulatedConnection::room_towards(Side side) const {
    const std::size_t held = ends_[side].under_way + unread(side);
    return world_.options().window_bytes - std::min(held, world_.options().window_bytes);
}

bool SimulatedConnection::readable(Side side) const {
    return unread(side) > 0 || ends_[side].end_arrived || ends_[side].reset;
}

bool SimulatedConnection::writable(Side side) const {
    return ends_[side].reset || (!ends_[side].stalled && room_towards(other(side)) > 0);
}

bool SimulatedConnection::broken(Side side) const {
    return ends_[side].reset || (ends_[side].end_sent && ends_[side].end_arrived);
}

Transfer SimulatedConnection::receive(Side side, std::span<char> into) {
    End& end = ends_[side];
    const std::size_t count = std::min(unread(side), into.size());
    if (count == 0) {
        if (end.reset) return Transfer::failed(ECONNRESET);
        return end.end_arrived ? Transfer::ended() : Transfer::would_block();
    }
    end.arrived.copy(into.data(), count, end.taken);
    end.taken += count;
    if (unread(side) == 0) {
        end.arrived.clear();
        end.taken = 0;
    }
    if (ends_[other(side)].waits_room) {
        ends_[other(side)].waits_room = false;
        notify_later(other(side));
    }
    return Transfer::done(count);
}

Transfer SimulatedConnection::send(Side side, std::string_view octets) {
    End& end = ends_[side];
    const Side to = other(side);
    if (end.reset || end.end_sent) return Transfer::failed(end.reset ? ECONNRESET : EPIPE);
    if (end.stalled) return Transfer::would_block();
    SeededRandom& random = world_.random();
    std::size_t count = std::min(room_towards(to), octets.size());
    if (world_.options().cut && count > 0 && random.one_in(8)) {
        count = random.below(count);
        end.stalled = true;
        notify_later(side);
    }
    const std::size_t offered = octets.size();
    if (count < offered) end.waits_room = true;
    if (count == 0) return Transfer::would_block();
    ends_[to].under_way += count;
    octets = octets.substr(0, count);
    while (!octets.empty()) {
        const std::size_t longest = random.one_in(4) ? std::min<std::size_t>(octets.size(), 16) : octets.size();
        const std::size_t size = world_.options().cut ? 1 + random.below(longest) : octets.size();
        plan_arrival(to, [this, to, piece = std::string(octets.substr(0, size))] { arrive(to, piece); });
        octets.remove_prefix(size);
    }
    return Transfer::sent(count, offered);
}

void SimulatedConnection::send_end(Side side) {
    if (ends_[side].end_sent || ends_[side].reset) return;
    ends_[side].end_sent = true;
    const Side to = other(side);
    plan_arrival(to, [this, to] {
        ends_[to].end_arrived = true;
        world_.trace("end");
        notify(to);
    });
}

void SimulatedConnection::close(Side side) {
    End& end = ends_[side];
    if (end.closed) return;
    if (unread(side) > 0) {
        plan_reset(other(side));
    } else {
        send_end(side);
    }
    end.closed = true;
    end.on_change = nullptr;
}

void SimulatedConnection::reset(Side side) {
    End& end = ends_[side];
    if (end.closed && end.reset) return;
    end.closed = end.reset = true;
    end.on_change = nullptr;
    plan_reset(other(side));
}

void SimulatedConnection::refuse(Side side) {
    plan_reset(side);
}

// In order: nothing overtakes what was sent before on the same way.
void SimulatedConnection::plan_arrival(Side side, Function<void()> arrival) {
    End& end = ends_[side];
    end.last_arrival = std::max(end.last_arrival, world_.now() + world_.random_delay());
    world_.plan(end.last_arrival, [self = shared_from_this(), arrival = std::move(arrival)]() mutable { arrival(); });
}

void SimulatedConnection::arrive(Side side, std::string_view octets) {
    End& end = ends_[side];
    end.under_way -= octets.size();
    world_.trace(octets);
    if (end.reset) return;
    if (end.closed) return plan_reset(other(side));
    if (world_.is_hit(world_.options().resets)) {
        end.reset = true;
        world_.trace("reset");
        plan_reset(other(side));
        return notify(side);
    }
    end.arrived.append(octets);
    notify(side);
}

void SimulatedConnection::plan_reset(Side side) {
    plan_arrival(side, [this, side] {
        ends_[side].reset = true;
        world_.trace("reset");
        notify(side);
    });
}

void SimulatedConnection::notify(Side side) {
    if (ends_[side].on_change) ends_[side].on_change();
}

void SimulatedConnection::notify_later(Side side) {
    world_.plan(world_.now() + world_.random_delay(), [self = shared_from_this(), side] {
        self->ends_[side].stalled = false;
        self->notify(side);
    });
}

}  // namespace parley::net::detail
