// SPDX-License-Identifier: MIT
#include "parley/server/namespace.hpp"

#include <utility>

#include "parley/base/no_function.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/server/namespace_core.hpp"

namespace parley {

using server::detail::NamespaceCore;
using server::detail::SocketCore;

namespace {

// Makes a change that belongs to the loop's thread, there.
template <typename Act>
void post_change(const Reference<NamespaceCore>& core, Act act) {
    core->gate().post([core, act = std::move(act)]() mutable { act(*core); });
}

bool may_call(const Reference<NamespaceCore>& core, const char* member) {
    return net::may_call(core->gate(), member);
}

}  // namespace

const std::string& Namespace::name() const {
    static const std::string nowhere;
    return core_ ? core_->name() : nowhere;
}

void Namespace::off(EventName event) const {
    if (!core_) return;
    if (may_call(core_, "Namespace::off()")) return core_->remove_handlers(event.name());
    post_change(core_, [name = std::string(event.name())](NamespaceCore& core) { core.remove_handlers(name); });
}

void Namespace::register_handler(std::string_view event, server::detail::EventHandler handler, bool once) const {
    if (!core_) return;
    const char* const member = once ? "Namespace::once()" : "Namespace::on()";
    if (!handler) throw no_function(member);
    if (may_call(core_, member)) return core_->add_handler(event, std::move(handler), once);
    post_change(core_, [name = std::string(event), handler = std::move(handler), once](NamespaceCore& core) mutable {
        core.add_handler(name, std::move(handler), once);
    });
}

void Namespace::add_any_handler(server::detail::EventHandler handler, bool in_front) const {
    if (!core_) return;
    const char* const member = in_front ? "Namespace::prepend_any()" : "Namespace::on_any()";
    if (!handler) throw no_function(member);
    if (may_call(core_, member)) return core_->add_any_handler(std::move(handler), in_front);
    post_change(core_, [handler = std::move(handler), in_front](NamespaceCore& core) mutable {
        core.add_any_handler(std::move(handler), in_front);
    });
}

BroadcastOperator Namespace::to_servers() const {
    server::detail::BroadcastTarget target;
    target.is_server_side = true;
    return {core_, std::move(target)};
}

void Namespace::add_server_side_handler(std::string_view event, server::detail::EventHandler handler) const {
    if (!core_) return;
    const char* const member = "Namespace::on_server_side()";
    if (!handler) throw no_function(member);
    if (may_call(core_, member)) return core_->add_server_side_handler(event, std::move(handler));
    post_change(core_, [name = std::string(event), handler = std::move(handler)](NamespaceCore& core) mutable {
        core.add_server_side_handler(name, std::move(handler));
    });
}

void Namespace::off_any() const {
    if (!core_) return;
    if (may_call(core_, "Namespace::off_any()")) return core_->handlers().clear_any();
    post_change(core_, [](NamespaceCore& core) { core.handlers().clear_any(); });
}

void Namespace::add_middleware(server::detail::Middleware middleware) const {
    if (!core_) return;
    if (!middleware) throw no_function("Namespace::use()");
    if (may_call(core_, "Namespace::use()")) return core_->add_middleware(std::move(middleware));
    post_change(core_, [middleware = std::move(middleware)](NamespaceCore& core) mutable {
        core.add_middleware(std::move(middleware));
    });
}

std::vector<std::string> Namespace::rooms() const {
    if (!core_ || !may_call(core_, "Namespace::rooms()")) return {};
    return core_->node().rooms().rooms();
}

std::size_t Namespace::sockets_count() const {
    if (!core_ || !may_call(core_, "Namespace::sockets_count()")) return 0;
    return core_->node().rooms().socket_count();
}

Socket Namespace::find_socket(TextView id) const {
    if (!core_ || !may_call(core_, "Namespace::find_socket()")) return {};
    return Socket(Reference<SocketCore>(core_->find_socket(id)));
}

}  // namespace parley
