// SPDX-License-Identifier: MIT
#include "parley/server/socket.hpp"

#include <utility>

#include "parley/base/no_function.hpp"
#include "parley/contract/kept_arguments.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/server/namespace.hpp"
#include "parley/server/namespace_core.hpp"
#include "parley/server/socket_core.hpp"
#include "parley/task/home.hpp"

namespace parley {

using server::detail::BroadcastTarget;
using server::detail::NamespaceCore;
using server::detail::SocketCore;

namespace {

// Runs `act(core)` on the loop: now when this is its thread, else soon; what it returns is known only now.
template <typename Act>
bool on_loop(const Reference<SocketCore>& core, Act act) {
    if (!core) return false;
    net::LoopGate& gate = core->gate();
    if (gate.is_here()) return act(*core);
    return core->connected() && gate.post([core, act = std::move(act)]() mutable { act(*core); });
}

// Makes a change that belongs to the loop's thread, there.
template <typename Act>
void post_change(const Reference<SocketCore>& core, Act act) {
    core->gate().post([core, act = std::move(act)]() mutable { act(*core); });
}

bool may_call(const Reference<SocketCore>& core, const char* member) {
    return net::may_call(core->gate(), member);
}

}  // namespace

Socket& Socket::operator=(const Socket& other) {
    if (core_ && core_->lends(*this)) return *this;
    core_ = other.core_;
    timeout_ = other.timeout_;
    is_volatile_ = other.is_volatile_;
    compress_ = other.compress_;
    return *this;
}

const std::string& Socket::id() const {
    static const std::string nobody;
    return core_ ? core_->id() : nobody;
}

bool Socket::connected() const {
    return core_ && core_->connected();
}

const Handshake& Socket::handshake() const {
    static const Handshake none;
    return core_ ? core_->handshake() : none;
}

const Json& Socket::auth() const {
    static const Json none;
    return core_ ? core_->auth() : none;
}

Namespace Socket::nsp() const {
    return Namespace(Reference<NamespaceCore>(core_ ? &core_->nsp() : nullptr));
}

Transport Socket::transport() const {
    if (!core_ || !may_call(core_, "Socket::transport()")) return Transport::polling;
    return core_->transport();
}

Json& Socket::data() const {
    thread_local Json nobodys;
    if (!core_) return nobodys = Json();
    net::check_thread(core_->gate(), "Socket::data()");
    return core_->data();
}

void* Socket::find_state(const StateType& type) const {
    return core_ && net::may_call(core_->gate(), "Socket::state()") ? core_->state(type) : nullptr;
}

Done Socket::join(Rooms rooms) const {
    return Done(on_loop(core_, [rooms = std::move(rooms)](SocketCore& core) { return core.join(rooms.names()); }));
}

Done Socket::leave(Rooms rooms) const {
    return Done(
        on_loop(core_, [rooms = std::move(rooms)](SocketCore& core) { return core.leave_rooms(rooms.names()); }));
}

std::vector<std::string> Socket::rooms() const {
    if (!core_ || !may_call(core_, "Socket::rooms()")) return {};
    return core_->rooms();
}

Socket Socket::timeout(Milliseconds timeout) const {
    Socket socket = *this;
    socket.timeout_ = timeout;
    return socket;
}

Socket Socket::volatile_() const {
    Socket socket = *this;
    socket.is_volatile_ = true;
    return socket;
}

Socket Socket::compress(bool value) const {
    Socket socket = *this;
    socket.compress_ = value;
    return socket;
}

BroadcastOperator Socket::broadcast() const {
    BroadcastTarget target;
    target.to.except.push_back(id());
    target.timeout = timeout_;
    target.is_volatile = is_volatile_;
    target.compress = compress_;
    return {Reference<NamespaceCore>(core_ ? &core_->nsp() : nullptr), std::move(target)};
}

bool Socket::is_reachable() const {
    return core_ && core_->is_reachable();
}

bool Socket::send_event(std::string_view event, const server::detail::EncodedArguments& arguments,
                        server::detail::AckCallback callback) const {
    if (!core_) return false;
    net::keep(core_->gate(), callback, core_.get());
    if (is_reserved_event(event) || arguments.attachments.size() > server::detail::attachments_max) {
        core_->fail_later(std::move(callback), ErrorCode::invalid_argument, "this event cannot be sent");
        return false;
    }
    const server::detail::EmitOptions options{timeout_, is_volatile_, compress_};
    if (core_->gate().is_here()) return core_->emit(arguments, options, std::move(callback));
    const bool was_connected = core_->connected();
    return core_->gate().post([core = core_, kept = server::detail::KeptArguments(arguments), options,
                               callback = std::move(callback)]() mutable {
        core->emit(kept.take(), options, std::move(callback));
    }) && was_connected;
}

void Socket::register_handler(std::string_view event, server::detail::EventHandler handler,
                              contract::Calls calls) const {
    const bool once = calls == contract::Calls::next;
    if (!core_) return;
    const char* const member = once ? "Socket::once()" : "Socket::on()";
    if (!handler) throw no_function(member);
    if (may_call(core_, member)) return core_->add_handler(event, std::move(handler), once);
    post_change(core_, [name = std::string(event), handler = std::move(handler), once](SocketCore& core) mutable {
        core.add_handler(name, std::move(handler), once);
    });
}

void Socket::add_any_handler(server::detail::EventHandler handler, contract::Place place) const {
    const bool in_front = place == contract::Place::in_front;
    if (!core_) return;
    const char* const member = in_front ? "Socket::prepend_any()" : "Socket::on_any()";
    if (!handler) throw no_function(member);
    if (may_call(core_, member)) return core_->add_any_handler(std::move(handler), in_front);
    post_change(core_, [handler = std::move(handler), in_front](SocketCore& core) mutable {
        core.add_any_handler(std::move(handler), in_front);
    });
}

void Socket::add_waiter(std::string_view event, const void* waiter, server::detail::EventHandler handler) const {
    if (!core_) return;
    if (core_->gate().is_here()) return core_->add_waiter(event, waiter, std::move(handler));
    post_change(core_, [name = std::string(event), waiter, handler = std::move(handler)](SocketCore& core) mutable {
        core.add_waiter(name, waiter, std::move(handler));
    });
}

void Socket::remove_waiter(std::string_view event, const void* waiter) const {
    if (!core_) return;
    if (core_->gate().is_here()) return core_->remove_waiter(event, waiter);
    post_change(core_, [name = std::string(event), waiter](SocketCore& core) { core.remove_waiter(name, waiter); });
}

task::Home Socket::task_home() const {
    if (!core_) return {};
    return {core_->gate().shared_from_this(), [core = core_] { core->report_exception("task"); }};
}

void Socket::off(EventName event) const {
    if (!core_) return;
    if (may_call(core_, "Socket::off()")) return core_->remove_handlers(event.name());
    post_change(core_, [name = std::string(event.name())](SocketCore& core) { core.remove_handlers(name); });
}

void Socket::off_any() const {
    if (!core_) return;
    if (may_call(core_, "Socket::off_any()")) return core_->remove_any_handlers();
    post_change(core_, [](SocketCore& core) { core.remove_any_handlers(); });
}

Done Socket::disconnect(bool close) const {
    return Done(on_loop(core_, [close](SocketCore& core) { return core.disconnect(close); }));
}

}  // namespace parley
