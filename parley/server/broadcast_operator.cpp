// SPDX-License-Identifier: MIT
#include "parley/server/broadcast_operator.hpp"

#include <utility>

#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/server/kept_arguments.hpp"
#include "parley/server/namespace_core.hpp"
#include "parley/server/socket.hpp"

namespace parley {

using server::detail::BroadcastTarget;
using server::detail::NamespaceCore;
using server::detail::Reference;
using server::detail::SocketCore;

namespace {

// Runs `act(core)` on the loop: now when this is its thread, else soon.
template <typename Act>
bool on_loop(const Reference<NamespaceCore>& core, Act act) {
    if (!core) return false;
    net::LoopGate& gate = core->gate();
    if (!gate.is_here()) return gate.post([core, act = std::move(act)]() mutable { act(*core); });
    act(*core);
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
    append(target.rooms, std::move(rooms));
    return {core_, std::move(target)};
}

BroadcastOperator BroadcastOperator::except(Rooms rooms) const {
    BroadcastTarget target = target_;
    append(target.except, std::move(rooms));
    return {core_, std::move(target)};
}

BroadcastOperator BroadcastOperator::volatile_() const {
    BroadcastTarget target = target_;
    target.is_volatile = true;
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

bool BroadcastOperator::broadcast(std::string_view event, const server::detail::EncodedArguments& arguments,
                                  server::detail::BroadcastCallback callback) const {
    if (!core_) return false;
    net::keep(core_->gate(), callback);
    if (socketio::is_reserved_event(event) || arguments.attachments.size() > server::detail::attachments_max) {
        core_->fail_later(std::move(callback), {ErrorCode::invalid_argument, "this event cannot be sent"});
        return false;
    }
    if (core_->gate().is_here()) {
        core_->broadcast(arguments, target_, std::move(callback));
        return true;
    }
    return on_loop(core_,
                   [kept = server::detail::KeptArguments(arguments), target = target_, callback = std::move(callback)](
                       NamespaceCore& core) mutable { core.broadcast(kept.take(), target, std::move(callback)); });
}

std::vector<Socket> BroadcastOperator::fetch_sockets() const {
    std::vector<Socket> sockets;
    if (!core_ || !net::may_call(core_->gate(), "BroadcastOperator::fetch_sockets()")) return sockets;
    for (const auto handle : core_->adapter().fetch_sockets(adapter_options(target_)))
        sockets.emplace_back(Reference<SocketCore>(&SocketCore::from(handle)));
    return sockets;
}

void BroadcastOperator::sockets_join(Rooms rooms) const {
    on_loop(core_, [target = target_, rooms = std::move(rooms)](NamespaceCore& core) {
        core.adapter().add_sockets(adapter_options(target), rooms.names());
    });
}

void BroadcastOperator::sockets_leave(Rooms rooms) const {
    on_loop(core_, [target = target_, rooms = std::move(rooms)](NamespaceCore& core) {
        core.adapter().del_sockets(adapter_options(target), rooms.names());
    });
}

void BroadcastOperator::disconnect_sockets(bool close) const {
    on_loop(core_, [target = target_, close](NamespaceCore& core) {
        core.adapter().disconnect_sockets(adapter_options(target), close);
    });
}

}  // namespace parley
