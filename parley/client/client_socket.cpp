// SPDX-License-Identifier: MIT
#include "parley/client/client_socket.hpp"

#include <utility>

#include "parley/base/no_function.hpp"
#include "parley/base/reserved_events.hpp"
#include "parley/client/socket_core.hpp"
#include "parley/contract/kept_arguments.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/socketio/limits.hpp"
#include "parley/task/home.hpp"

namespace parley {

using client::SocketCore;

namespace {

// Runs `act(core)` where the client runs, now or soon.
template <typename Act>
void act_on(const Reference<SocketCore>& core, Act act) {
    if (!core) return;
    if (core->is_here()) return act(*core);
    core->gate().post([core, act = std::move(act)]() mutable { act(*core); });
}

}  // namespace

ClientSocket& ClientSocket::operator=(const ClientSocket& other) {
    if (core_ && core_->lends(*this)) return *this;
    core_ = other.core_;
    timeout_ = other.timeout_;
    is_volatile_ = other.is_volatile_;
    compress_ = other.compress_;
    return *this;
}

std::string ClientSocket::id() const {
    return core_ ? core_->id() : std::string();
}

bool ClientSocket::connected() const {
    return core_ && core_->connected();
}

bool ClientSocket::active() const {
    return core_ && core_->active();
}

bool ClientSocket::recovered() const {
    return core_ && core_->recovered();
}

const std::string& ClientSocket::nsp() const {
    static const std::string nowhere;
    return core_ ? core_->nsp() : nowhere;
}

ClientSocket ClientSocket::timeout(Milliseconds timeout) const {
    ClientSocket socket = *this;
    socket.timeout_ = timeout;
    return socket;
}

ClientSocket ClientSocket::volatile_() const {
    ClientSocket socket = *this;
    socket.is_volatile_ = true;
    return socket;
}

ClientSocket ClientSocket::compress(bool value) const {
    ClientSocket socket = *this;
    socket.compress_ = value;
    return socket;
}

bool ClientSocket::is_reachable() const {
    return core_ && core_->has_client();
}

bool ClientSocket::send_event(std::string_view event, const contract::EncodedArguments& arguments,
                              contract::AckCallback callback) const {
    if (!core_) return false;
    net::keep(core_->gate(), callback, core_.get());
    if (is_reserved_event(event) || arguments.attachments.size() > socketio::Limits{}.attachments_max) {
        core_->fail_later(std::move(callback), ErrorCode::invalid_argument, "this event cannot be sent");
        return false;
    }
    const client::EmitOptions options{timeout_, is_volatile_, compress_};
    if (core_->is_here()) return core_->emit(arguments, options, std::move(callback));
    return core_->has_client() && core_->gate().post([core = core_, kept = contract::KeptArguments(arguments), options,
                                                      callback = std::move(callback)]() mutable {
        core->emit(kept.take(), options, std::move(callback));
    });
}

void ClientSocket::register_handler(std::string_view event, contract::EventHandler handler,
                                    contract::Calls calls) const {
    const bool once = calls == contract::Calls::next;
    if (!handler) throw no_function(once ? "ClientSocket::once()" : "ClientSocket::on()");
    act_on(core_, [name = std::string(event), handler = std::move(handler), once](SocketCore& core) mutable {
        core.add_handler(name, std::move(handler), once);
    });
}

void ClientSocket::add_any_handler(contract::EventHandler handler, contract::Place place) const {
    const bool in_front = place == contract::Place::in_front;
    if (!handler) throw no_function(in_front ? "ClientSocket::prepend_any()" : "ClientSocket::on_any()");
    act_on(core_, [handler = std::move(handler), in_front](SocketCore& core) mutable {
        core.add_any_handler(std::move(handler), in_front);
    });
}

void ClientSocket::add_outgoing_handler(contract::EventHandler handler, contract::Place place) const {
    const bool in_front = place == contract::Place::in_front;
    if (!handler) {
        throw no_function(in_front ? "ClientSocket::prepend_any_outgoing()" : "ClientSocket::on_any_outgoing()");
    }
    act_on(core_, [handler = std::move(handler), in_front](SocketCore& core) mutable {
        core.add_outgoing_handler(std::move(handler), in_front);
    });
}

void ClientSocket::add_waiter(std::string_view event, const void* waiter, contract::EventHandler handler) const {
    act_on(core_, [name = std::string(event), waiter, handler = std::move(handler)](SocketCore& core) mutable {
        core.add_waiter(name, waiter, std::move(handler));
    });
}

void ClientSocket::remove_waiter(std::string_view event, const void* waiter) const {
    act_on(core_, [name = std::string(event), waiter](SocketCore& core) { core.remove_waiter(name, waiter); });
}

void ClientSocket::add_connect_waiter(const void* waiter, Function<void(const Error*)> done) const {
    act_on(core_, [waiter, done = std::move(done)](SocketCore& core) mutable {
        core.wait_for_connect(waiter, std::move(done));
    });
}

task::Home ClientSocket::task_home() const {
    if (!core_) return {};
    return {core_->gate().shared_from_this(), [core = core_] { core->report_exception("task"); }};
}

void ClientSocket::off_any_outgoing() const {
    act_on(core_, [](SocketCore& core) { core.remove_outgoing_handlers(); });
}

void ClientSocket::off(EventName event) const {
    act_on(core_, [name = std::string(event.name())](SocketCore& core) { core.remove_handlers(name); });
}

void ClientSocket::off_any() const {
    act_on(core_, [](SocketCore& core) { core.remove_any_handlers(); });
}

void ClientSocket::connect() const {
    act_on(core_, [](SocketCore& core) { core.connect(); });
}

Done ClientSocket::disconnect() const {
    const bool was_active = active();
    act_on(core_, [](SocketCore& core) { core.disconnect(); });
    return Done(was_active);
}

}  // namespace parley
