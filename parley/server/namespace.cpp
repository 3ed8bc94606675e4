// SPDX-License-Identifier: MIT
#include "parley/server/namespace.hpp"

#include <utility>

#include "parley/server/namespace_core.hpp"

namespace parley {

using server::detail::Reference;
using server::detail::SocketCore;

const std::string& Namespace::name() const {
    static const std::string nowhere;
    return core_ ? core_->name() : nowhere;
}

void Namespace::off(EventName event) const {
    if (core_) core_->remove_handlers(event.name());
}

void Namespace::register_handler(std::string_view event, server::detail::EventHandler handler, bool once) const {
    if (core_) core_->add_handler(event, std::move(handler), once);
}

void Namespace::add_any_handler(server::detail::EventHandler handler, bool in_front) const {
    if (core_) core_->add_any_handler(std::move(handler), in_front);
}

void Namespace::off_any() const {
    if (core_) core_->handlers().clear_any();
}

void Namespace::add_middleware(server::detail::Middleware middleware) const {
    if (core_) core_->add_middleware(std::move(middleware));
}

std::vector<std::string> Namespace::rooms() const {
    return core_ ? core_->rooms() : std::vector<std::string>();
}

std::size_t Namespace::sockets_count() const {
    return core_ ? core_->socket_count() : 0;
}

Socket Namespace::find_socket(TextView id) const {
    return Socket(Reference<SocketCore>(core_ ? core_->find_socket(id) : nullptr));
}

}  // namespace parley
