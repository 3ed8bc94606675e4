// SPDX-License-Identifier: MIT
#include "parley/server/namespace_core.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "parley/base/keyed_hash.hpp"
#include "parley/server/admission.hpp"
#include "parley/server/broadcast_ack.hpp"
#include "parley/server/kept_arguments.hpp"
#include "parley/server/server_core.hpp"
#include "parley/socketio/in_memory_adapter.hpp"

namespace parley::server::detail {

void retain(NamespaceCore* nsp) noexcept {
    nsp->add_reference();
}
void release(NamespaceCore* nsp) noexcept {
    if (nsp->remove_reference()) delete nsp;
}

NamespaceCore::NamespaceCore(ServerCore& server, std::string name)
    : server_(&server), gate_(server.shared_gate()), name_(std::move(name)) {
    const socketio::RoomLimits limits{.rooms_per_socket_max = server.options().rooms_per_socket_max,
                                      .room_bytes_max = server.options().room_bytes_max};
    adapter_ = std::make_unique<socketio::InMemoryAdapter>(*this, KeyedHash(server.loop().entropy()), limits);
}

NamespaceCore::~NamespaceCore() = default;

void NamespaceCore::add_handler(std::string_view event, EventHandler handler, bool once) {
    if (server_ == nullptr) return;  // one that owns a handle of this namespace would keep it for ever
    net::keep(*gate_, handler);
    if (event == "connect") event = "connection";
    const bool is_moment = event == "connection" || event == "disconnect" || event == "disconnecting";
    if (!is_moment) server_->tell_if_misspelt(event, false);
    (is_moment ? moments_ : handlers_).add(event, std::move(handler), once);
}

void NamespaceCore::add_any_handler(EventHandler handler, bool in_front) {
    if (server_ == nullptr) return;
    net::keep(*gate_, handler);
    handlers_.add_any(std::move(handler), in_front);
}

void NamespaceCore::add_middleware(Middleware middleware) {
    if (server_ == nullptr) return;
    net::keep(*gate_, middleware);
    middlewares_.push_back(std::move(middleware));
}

void NamespaceCore::remove_handlers(std::string_view event) {
    handlers_.remove(event);
    moments_.remove(event == "connect" ? "connection" : event);
}

SocketCore* NamespaceCore::find_socket(std::string_view id) {
    const std::string room(id);
    const auto found = adapter_->fetch_sockets({.rooms = {&room, 1}});
    for (const socketio::SocketHandle handle : found) {
        if (SocketCore& socket = SocketCore::from(handle); socket.id() == id) return &socket;
    }
    return nullptr;
}

std::vector<std::string> NamespaceCore::rooms() {
    std::vector<std::string> rooms;
    for (const socketio::SocketHandle handle : adapter_->fetch_sockets({}))
        std::ranges::move(SocketCore::from(handle).rooms(), std::back_inserter(rooms));
    std::ranges::sort(rooms);
    const auto repeated = std::ranges::unique(rooms);
    rooms.erase(repeated.begin(), repeated.end());
    return rooms;
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
        server_->report_exception(socket, "middleware");
        next.refuse(internal_error);
    }
    return true;
}

void NamespaceCore::add(SocketCore& socket, std::span<const std::string> rooms) {
    adapter_->add_socket(socket.id(), socket.handle());
    ++socket_count_;
    try {
        if (!rooms.empty()) adapter_->add_all(socket.id(), rooms);
    } catch (const std::bad_alloc&) {
        remove(socket);
        throw;
    }
}

void NamespaceCore::remove(SocketCore& socket) {
    --socket_count_;
    adapter_->del_all(socket.id());
}

void NamespaceCore::broadcast(const EncodedArguments& arguments, const BroadcastTarget& target,
                              BroadcastCallback callback) {
    if (server_ == nullptr) return;
    socketio::OutgoingPacket packet{
        .namespace_name = name_, .data = arguments.json, .attachments = arguments.attachments, .ack_id = {}};
    std::shared_ptr<BroadcastAck> ack;
    if (callback) {
        ack = std::make_shared<BroadcastAck>(std::move(callback), target.timeout);
        packet.ack_id = next_ack_id();
    }
    broadcast_ack_ = ack;
    try {
        adapter_->broadcast(packet, adapter_options(target));
    } catch (const std::bad_alloc&) {
        broadcast_ack_.reset();
        throw;
    }
    broadcast_ack_.reset();
    if (ack && ack->is_complete()) server_->call_later([ack] { ack->finish(); });
}

void NamespaceCore::fail_later(BroadcastCallback callback, Error error) {
    if (!callback) return;
    gate_->post(
        [self = Reference<NamespaceCore>(this), callback = std::move(callback), error = std::move(error)]() mutable {
            self->server().call_later([callback = std::move(callback), error = std::move(error)]() mutable {
                BroadcastOutcome outcome;
                outcome.error = &error;
                callback(outcome);
            });
        });
}

void NamespaceCore::deliver(std::span<const socketio::SocketHandle> recipients, const socketio::OutgoingPacket& packet,
                            const socketio::BroadcastFlags& flags) {
    if (recipients.empty()) return;
    std::string text;
    text.reserve(packet.data.size() + packet.namespace_name.size() + 16);
    socketio::append_packet(text, packet);
    std::vector<SharedBuffer> attachments;
    attachments.reserve(packet.attachments.size());
    for (const BytesView bytes : packet.attachments)
        attachments.emplace_back(as_chars(bytes));
    const engine::EncodedPacket encoded(std::move(text), std::move(attachments));
    for (const socketio::SocketHandle handle : recipients) {
        SocketCore& socket = SocketCore::from(handle);
        if (broadcast_ack_) {
            const auto answer = [ack = broadcast_ack_](AckOutcome& outcome) { ack->receive(outcome); };
            if (!socket.expect_ack(*packet.ack_id, broadcast_ack_->timeout(), answer)) {
                broadcast_ack_->miss({ErrorCode::limit_exceeded, "a client owes too many acknowledgements"});
                continue;
            }
            broadcast_ack_->expect();
        }
        socket.deliver(encoded, flags.is_volatile);
    }
}

void NamespaceCore::disconnect(std::span<const socketio::SocketHandle> sockets, bool close) {
    std::vector<Reference<SocketCore>> kept;  // the end of one may be the end of another
    kept.reserve(sockets.size());
    for (const socketio::SocketHandle handle : sockets)
        kept.emplace_back(&SocketCore::from(handle));
    for (const Reference<SocketCore>& socket : kept)
        socket->disconnect(close);
}

void NamespaceCore::forget_handlers() {
    handlers_.clear();
    moments_.clear();
    forgotten_middlewares_.swap(middlewares_);
}

void NamespaceCore::abandon() {
    server_ = nullptr;
    forget_handlers();
    forgotten_middlewares_.clear();
    middlewares_.clear();
}

}  // namespace parley::server::detail
