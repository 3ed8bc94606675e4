// SPDX-License-Identifier: MIT
#include "parley/server/namespace_core.hpp"

#include <new>
#include <utility>

#include "parley/server/admission.hpp"
#include "parley/server/server_core.hpp"

namespace parley::server::detail {

void retain(NamespaceCore* nsp) noexcept {
    nsp->add_reference();
}
void release(NamespaceCore* nsp) noexcept {
    if (nsp->remove_reference()) delete nsp;
}

NamespaceCore::NamespaceCore(ServerCore& server, std::string name)
    : server_(&server),
      group_(server.shared_group()),
      is_alone_(group_->is_alone()),
      socket_count_(group_->socket_count(name)),
      gate_(server.shared_gate()),
      name_(std::move(name)),
      node_(*this, server) {}

NamespaceCore::~NamespaceCore() = default;

NamespaceCore& NamespaceCore::find_here() noexcept {
    const ServerCore* const server = group_->here();
    NamespaceCore* const found = server != nullptr ? server->find_namespace(name_) : nullptr;
    return found != nullptr ? *found : *this;
}

NamespaceCore* NamespaceCore::at(std::size_t index) const noexcept {
    return group_->cores[index]->find_namespace(name_);
}

void NamespaceCore::add_handler(std::string_view event, EventHandler handler, bool once) {
    if (server_ == nullptr) return;  // one that owns a handle of this namespace would keep it for ever
    if (event == "connect") event = "connection";
    const bool is_moment = event == "connection" || event == "disconnect" || event == "disconnecting";
    if (!is_moment && server_->index() == 0) server_->tell_if_misspelt(event, false);
    (is_moment ? moments_ : handlers_).add(event, std::move(handler), once);
}

void NamespaceCore::add_any_handler(EventHandler handler, bool in_front) {
    if (server_ == nullptr) return;
    handlers_.add_any(std::move(handler), in_front);
}

void NamespaceCore::add_server_side_handler(std::string_view event, EventHandler handler) {
    if (server_ == nullptr) return;
    constexpr bool once = false;
    server_side_handlers_.add(event, std::move(handler), once);
}

void NamespaceCore::add_middleware(Middleware middleware) {
    if (server_ == nullptr) return;
    middlewares_.push_back(std::move(middleware));
}

void NamespaceCore::remove_handlers(std::string_view event) {
    handlers_.remove(event);
    moments_.remove(event == "connect" ? "connection" : event);
}

SocketCore* NamespaceCore::find_socket(std::string_view id) {
    const socketio::SocketHandle handle = node_.rooms().find(id);
    return handle == socketio::SocketHandle::none ? nullptr : &SocketCore::from(handle);
}

void NamespaceCore::ask_middlewares(SocketCore& socket) {
    if (middlewares_.empty()) return socket.admit();
    const Reference<AdmissionCore> admission(new AdmissionCore(socket));
    admission->proceed(0);
}

bool NamespaceCore::call_middleware(unsigned step, SocketCore& socket, const SocketNext& next) {
    if (step >= middlewares_.size()) return false;
    const net::CallFrame frame(*gate_, socket.lender());
    try {
        middlewares_[step](socket, next);
    } catch (...) {
        server_->report_exception(&socket, "middleware");
        next.refuse(internal_error);
    }
    return true;
}

void NamespaceCore::add(SocketCore& socket, std::span<const std::string> rooms) {
    node_.rooms().add(socket.id(), socket.handle());
    socket_count_->fetch_add(1, std::memory_order_relaxed);
    try {
        if (!rooms.empty()) node_.rooms().join(socket.id(), rooms);
    } catch (const std::bad_alloc&) {
        remove(socket);
        throw;
    }
}

void NamespaceCore::remove(SocketCore& socket) {
    node_.rooms().remove(socket.id());
    socket_count_->fetch_sub(1, std::memory_order_relaxed);
}

void NamespaceCore::fail_later(BroadcastCallback callback, Error error) {
    if (!callback) return;
    gate_->post(
        [self = Reference<NamespaceCore>(this), callback = std::move(callback), error = std::move(error)]() mutable {
            self->server().call_later(
                [callback = std::move(callback), error = std::move(error)]() mutable { callback({}, &error); });
        });
}

void NamespaceCore::forget_handlers() {
    handlers_.clear();
    moments_.clear();
    server_side_handlers_.clear();
    forgotten_middlewares_.swap(middlewares_);
}

void NamespaceCore::abandon() {
    server_ = nullptr;
    forget_handlers();
    forgotten_middlewares_.clear();
    middlewares_.clear();
    node_.abandon();
}

}  // namespace parley::server::detail
