// SPDX-License-Identifier: MIT
#include "parley/server/namespace.hpp"

#include <atomic>
#include <memory>
#include <utility>

#include "parley/base/no_function.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/server/namespace_core.hpp"

namespace parley {

using server::detail::EventHandler;
using server::detail::Invocation;
using server::detail::NamespaceCore;
using server::detail::SocketCore;

namespace {

bool may_call(const Reference<NamespaceCore>& core, const char* member) {
    return core->group().may_call(member);
}

// Which of the copies on several loops is called first is called alone.
EventHandler call_once(EventHandler handler, bool is_alone) {
    if (is_alone) return handler;
    return [handler = std::move(handler),
            is_called = std::make_unique<std::atomic_flag>()](Invocation& invocation) mutable {
        if (!is_called->test_and_set()) handler(invocation);
    };
}

}  // namespace

const std::string& Namespace::name() const {
    static const std::string nowhere;
    return core_ ? core_->name() : nowhere;
}

void Namespace::off(EventName event) const {
    if (!core_) return;
    static_cast<void>(may_call(core_, "Namespace::off()"));
    core_->on_every_loop([name = std::string(event.name())](NamespaceCore& core) { core.remove_handlers(name); });
}

void Namespace::register_handler(std::string_view event, EventHandler handler, contract::Calls calls) const {
    const bool once = calls == contract::Calls::next;
    if (!core_) return;
    const char* const member = once ? "Namespace::once()" : "Namespace::on()";
    if (!handler) throw no_function(member);
    static_cast<void>(may_call(core_, member));
    if (once) handler = call_once(std::move(handler), core_->group().is_alone());
    core_->give_to_every_loop(std::move(handler),
                              [name = std::string(event), once](NamespaceCore& core, EventHandler given) {
                                  core.add_handler(name, std::move(given), once);
                              });
}

void Namespace::add_any_handler(EventHandler handler, contract::Place place) const {
    const bool in_front = place == contract::Place::in_front;
    if (!core_) return;
    const char* const member = in_front ? "Namespace::prepend_any()" : "Namespace::on_any()";
    if (!handler) throw no_function(member);
    static_cast<void>(may_call(core_, member));
    core_->give_to_every_loop(std::move(handler), [in_front](NamespaceCore& core, EventHandler given) {
        core.add_any_handler(std::move(given), in_front);
    });
}

BroadcastOperator Namespace::to_servers() const {
    server::detail::BroadcastTarget target;
    target.is_server_side = true;
    return {core_, std::move(target)};
}

void Namespace::add_server_side_handler(std::string_view event, EventHandler handler) const {
    if (!core_) return;
    const char* const member = "Namespace::on_server_side()";
    if (!handler) throw no_function(member);
    static_cast<void>(may_call(core_, member));
    core_->give_to_every_loop(std::move(handler), [name = std::string(event)](NamespaceCore& core, EventHandler given) {
        core.add_server_side_handler(name, std::move(given));
    });
}

void Namespace::off_any() const {
    if (!core_) return;
    static_cast<void>(may_call(core_, "Namespace::off_any()"));
    core_->on_every_loop([](NamespaceCore& core) { core.handlers().clear_any(); });
}

void Namespace::add_middleware(server::detail::Middleware middleware) const {
    if (!core_) return;
    if (!middleware) throw no_function("Namespace::use()");
    static_cast<void>(may_call(core_, "Namespace::use()"));
    core_->give_to_every_loop(std::move(middleware), [](NamespaceCore& core, server::detail::Middleware given) {
        core.add_middleware(std::move(given));
    });
}

std::vector<std::string> Namespace::rooms() const {
    if (!core_ || !may_call(core_, "Namespace::rooms()")) return {};
    return core_->here().node().rooms().rooms();
}

std::size_t Namespace::sockets_count() const {
    return core_ ? core_->socket_count() : 0;
}

Socket Namespace::find_socket(TextView id) const {
    if (!core_ || !may_call(core_, "Namespace::find_socket()")) return {};
    return Socket(Reference<SocketCore>(core_->here().find_socket(id)));
}

}  // namespace parley
