// SPDX-License-Identifier: MIT
#include "parley/server/broadcast_operator.hpp"

#include <utility>

#include "parley/base/no_function.hpp"
#include "parley/contract/kept_arguments.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/server/namespace_core.hpp"
#include "parley/server/socket.hpp"

namespace parley {

using server::detail::BroadcastTarget;
using server::detail::EncodedArguments;
using server::detail::NamespaceCore;
using server::detail::SocketCore;

namespace {

// Runs `act(core)` on a loop of the server: now when this is the thread of one, else soon on that of `core`.
template <typename Act>
bool on_loop(const Reference<NamespaceCore>& core, Act act) {
    if (!core) return false;
    NamespaceCore& here = core->here();
    net::LoopGate& gate = here.gate();
    if (!gate.is_here()) return gate.post([core, act = std::move(act)]() mutable { act(*core); });
    act(here);
    return true;
}

void append(std::vector<std::string>& names, Rooms&& rooms) {
    if (names.empty()) {
        names = std::move(rooms).names();
    } else {
        names.insert(names.end(), rooms.names().begin(), rooms.names().end());
    }
}

}  // namespace

BroadcastOperator BroadcastOperator::to(Rooms rooms) const {
    BroadcastTarget target = target_;
    append(target.to.rooms, std::move(rooms));
    return {core_, std::move(target)};
}

BroadcastOperator BroadcastOperator::except(Rooms rooms) const {
    BroadcastTarget target = target_;
    append(target.to.except, std::move(rooms));
    return {core_, std::move(target)};
}

BroadcastOperator BroadcastOperator::volatile_() const {
    BroadcastTarget target = target_;
    target.is_volatile = true;
    return {core_, std::move(target)};
}

BroadcastOperator BroadcastOperator::compress(bool value) const {
    BroadcastTarget target = target_;
    target.compress = value;
    return {core_, std::move(target)};
}

BroadcastOperator BroadcastOperator::local() const {
    BroadcastTarget target = target_;
    target.is_local = true;
    return {core_, std::move(target)};
}

BroadcastOperator BroadcastOperator::timeout(Milliseconds timeout) const {
    BroadcastTarget target = target_;
    target.timeout = timeout;
    return {core_, std::move(target)};
}

bool BroadcastOperator::broadcast(std::string_view event, const EncodedArguments& arguments,
                                  server::detail::BroadcastCallback callback) const {
    if (!core_) return false;
    NamespaceCore& here = core_->here();
    net::keep(here.gate(), callback);
    if (is_reserved_event(event) || arguments.attachments.size() > server::detail::attachments_max) {
        here.fail_later(std::move(callback), {ErrorCode::invalid_argument, "this event cannot be sent"});
        return false;
    }
    if (here.gate().is_here()) {
        here.node().broadcast(arguments, target_, std::move(callback));
        return true;
    }
    return on_loop(
        core_, [kept = server::detail::KeptArguments(arguments), target = target_, callback = std::move(callback)](
                   NamespaceCore& core) mutable { core.node().broadcast(kept.take(), target, std::move(callback)); });
}

bool BroadcastOperator::fetch(server::detail::CallbackOfMany<RemoteSocket> callback) const {
    if (!core_) return false;
    if (!callback) throw no_function("fetch_sockets()");
    net::keep(core_->here().gate(), callback);
    return on_loop(core_, [target = target_, callback = std::move(callback)](NamespaceCore& core) mutable {
        core.node().fetch_sockets(target, std::move(callback));
    });
}

std::vector<Socket> BroadcastOperator::local_sockets() const {
    std::vector<Socket> sockets;
    if (!core_ || !core_->group().may_call("BroadcastOperator::local_sockets()")) return sockets;
    for (const auto handle : core_->here().node().rooms().select(target_.to))
        sockets.emplace_back(Reference<SocketCore>(&SocketCore::from(handle)));
    return sockets;
}

void BroadcastOperator::sockets_join(Rooms rooms) const {
    on_loop(core_, [target = target_, rooms = std::move(rooms)](NamespaceCore& core) {
        core.node().change_rooms(target, rooms.names(), socketio::RoomChange::join);
    });
}

void BroadcastOperator::sockets_leave(Rooms rooms) const {
    on_loop(core_, [target = target_, rooms = std::move(rooms)](NamespaceCore& core) {
        core.node().change_rooms(target, rooms.names(), socketio::RoomChange::leave);
    });
}

void BroadcastOperator::disconnect_sockets(bool close) const {
    on_loop(core_, [target = target_, close](NamespaceCore& core) {
        core.node().disconnect(target,
                               close ? socketio::DisconnectScope::connection : socketio::DisconnectScope::socket);
    });
}

}  // namespace parley
