// SPDX-License-Identifier: MIT
#include "parley/server/namespace_node.hpp"

#include <limits>
#include <utility>

#include "parley/base/keyed_hash.hpp"
#include "parley/contract/kept_arguments.hpp"
#include "parley/server/namespace_core.hpp"
#include "parley/server/remote_socket.hpp"
#include "parley/server/server_core.hpp"
#include "parley/socketio/packet.hpp"

namespace parley::server::detail {

namespace {

using socketio::Broadcast;
using socketio::Collector;
using socketio::DisconnectScope;
using socketio::RoomChange;
using socketio::Selection;
using socketio::SocketHandle;
using socketio::SocketInfo;

// One recipient answered a broadcast, or will not.
void receive(socketio::AckSink& acks, AckOutcome& outcome) {
    if (outcome.error != nullptr) return acks.miss(*outcome.error);
    Json first;
    static_cast<void>(outcome.arguments->read(first));
    acks.answer(std::move(first));
}

RemoteSocket remote_socket(const Reference<NamespaceCore>& nsp, SocketInfo info) {
    BroadcastTarget itself;
    itself.to.rooms.push_back(info.id);
    return {BroadcastOperator(nsp, std::move(itself)), std::move(info)};
}

// The request of a socket as the official server describes it to others.
Json describe(const Handshake& handshake, const Json& auth) {
    Json headers = Json::object();
    for (const http::Header& header : handshake.headers())
        headers.set(header.name, header.value);
    Json query = Json::object();
    for (const http::QueryParameter& parameter : handshake.query.items())
        query.set(parameter.key, parameter.value);
    const auto issued = std::chrono::floor<std::chrono::milliseconds>(handshake.issued.time_since_epoch());
    return Json::object({{"headers", std::move(headers)},
                         {"address", handshake.address},
                         {"xdomain", handshake.xdomain},
                         {"secure", handshake.secure},
                         {"issued", issued.count()},
                         {"url", handshake.url},
                         {"query", std::move(query)},
                         {"auth", auth}});
}

// So many recipients were asked, and so many others owed too much already.
void speak(socketio::AckSink& acks, std::size_t asked, std::size_t missed) {
    const Error error{ErrorCode::limit_exceeded, "a client owes too many acknowledgements"};
    acks.expect(asked + missed);
    for (; missed > 0; --missed)
        acks.miss(error);
}

}  // namespace

NamespaceNode::NamespaceNode(NamespaceCore& nsp, ServerCore& server)
    : nsp_(nsp),
      rooms_(KeyedHash(server.loop().entropy()), {.rooms_per_socket_max = server.options().rooms_per_socket_max,
                                                  .room_bytes_max = server.options().room_bytes_max}) {}

void NamespaceNode::abandon() {
    relay_.reset();
    deadlines_.reset();
}

// --- here and elsewhere. What happens here may be the end of the server, so elsewhere is looked for afterwards.

void NamespaceNode::broadcast(const EncodedArguments& arguments, const BroadcastTarget& target,
                              BroadcastCallback callback) {
    if (!nsp_.has_server()) return;
    const std::chrono::milliseconds timeout = timeout_of(target);
    std::shared_ptr<socketio::AckCollector> acks;
    if (callback) acks = ask<Json>(elsewhere(target), timeout, std::move(callback));
    if (target.is_server_side) return tell_servers(arguments, std::move(acks));
    if (elsewhere(target) == nullptr) {
        return send(target.to, {arguments.json, share(arguments.attachments), target.is_volatile, target.compress,
                                timeout, std::move(acks)});
    }
    Broadcast event{.event = {SharedBuffer(arguments.json), share(arguments.attachments)},
                    .to = target.to,
                    .is_volatile = target.is_volatile,
                    .compress = target.compress};
    if (acks) event.ack_timeout = timeout;
    deliver(event, acks);
    if (socketio::Relay* const others = elsewhere(target)) others->publish(event, std::move(acks));
}

void NamespaceNode::fetch_sockets(const BroadcastTarget& target, CallbackOfMany<RemoteSocket> callback) {
    if (!nsp_.has_server()) return;
    const auto sockets = ask<SocketInfo>(elsewhere(target), timeout_of(target),
                                         [nsp = Reference<NamespaceCore>(&nsp_), callback = std::move(callback)](
                                             std::vector<SocketInfo>&& infos, const Error* missing) mutable {
                                             std::vector<RemoteSocket> remote;
                                             remote.reserve(infos.size());
                                             for (SocketInfo& info : infos)
                                                 remote.push_back(remote_socket(nsp, std::move(info)));
                                             callback(std::move(remote), missing);
                                         });
    nsp_.server().call_later([sockets, here = list(target.to)]() mutable {
        sockets->expect(here.size());
        for (SocketInfo& info : here)
            sockets->answer(std::move(info));
    });
    if (socketio::Relay* const others = elsewhere(target)) others->list(target.to, sockets);
}

void NamespaceNode::change_rooms(const BroadcastTarget& target, std::span<const std::string> rooms, RoomChange change) {
    change_rooms(target.to, rooms, change);
    if (socketio::Relay* const others = elsewhere(target)) others->change_rooms(target.to, rooms, change);
}

void NamespaceNode::disconnect(const BroadcastTarget& target, DisconnectScope scope) {
    disconnect(target.to, scope);
    if (socketio::Relay* const others = elsewhere(target)) others->disconnect(target.to, scope);
}

// The program here is not told, and owes no answer.
void NamespaceNode::tell_servers(const EncodedArguments& arguments, std::shared_ptr<socketio::AckCollector> answers) {
    if (answers) nsp_.server().call_later([answers] { answers->expect(0); });
    if (relay_ == nullptr) return;
    relay_->server_side_emit({SharedBuffer(arguments.json), share(arguments.attachments)}, std::move(answers));
}

socketio::Relay* NamespaceNode::elsewhere(const BroadcastTarget& target) const noexcept {
    return target.is_local ? nullptr : relay_.get();
}

std::chrono::milliseconds NamespaceNode::timeout_of(const BroadcastTarget& target) const {
    return target.timeout.count() < 0 ? nsp_.server().options().ack_timeout : Milliseconds(target.timeout);
}

// --- here

void NamespaceNode::deliver(const Broadcast& broadcast, std::shared_ptr<socketio::AckSink> acks) {
    if (!nsp_.has_server()) return;
    if (!broadcast.ack_timeout) acks = nullptr;
    send(broadcast.to,
         {broadcast.event.json.view(), broadcast.event.attachments, broadcast.is_volatile, broadcast.compress,
          broadcast.ack_timeout.value_or(std::chrono::milliseconds()), std::move(acks)});
}

// Encoded once, whoever gets it.
void NamespaceNode::send(const Selection& selection, Outgoing event) {
    std::size_t asked = 0;
    std::size_t missed = 0;
    rooms_.with_selected(selection, [&](std::span<const SocketHandle> recipients) {
        if (recipients.empty()) return;
        socketio::Packet packet{.type = socketio::PacketType::event,
                                .attachment_count = event.attachments.size(),
                                .namespace_name = nsp_.name(),
                                .data = event.json};
        if (event.acks) packet.ack_id = nsp_.next_ack_id();
        std::string text;
        text.reserve(packet.data.size() + packet.namespace_name.size() + 16);
        socketio::append_packet(text, packet);
        const engineio::Packet only = engineio::packet_of({.data = text, .compress = event.compress});
        std::vector<engineio::Packet> several;
        if (!event.attachments.empty()) several.push_back(only);
        for (const SharedBuffer& attachment : event.attachments)
            several.push_back(engineio::packet_of({attachment.view(), true, event.compress}));
        engine::MessageForms forms;
        const engine::Message message(several.empty() ? std::span(&only, 1) : std::span(std::as_const(several)), forms);
        std::size_t sent = 0;
        for (const SocketHandle handle : recipients) {
            SocketCore& socket = SocketCore::from(handle);
            if (event.acks) {
                if (!socket.expect_ack(*packet.ack_id, event.ack_timeout,
                                       [acks = event.acks](AckOutcome& outcome) { receive(*acks, outcome); })) {
                    ++missed;
                    continue;
                }
                ++asked;
            }
            if (socket.deliver(message, event.is_volatile)) ++sent;
        }
        tell_broadcast(message, {.namespace_name = nsp_.name(), .recipients = recipients.size()}, sent);
    });
    if (!event.acks) return;
    if (asked > 0) return speak(*event.acks, asked, missed);
    // Nobody expects to be called back by the call that asks.
    nsp_.server().call_later([acks = std::move(event.acks), missed] { speak(*acks, 0, missed); });
}

// So many of the recipients were sent it.
void NamespaceNode::tell_broadcast(const engine::Message& message, BroadcastSummary summary, std::size_t sent) const {
    const web::Announcer<ServerObserver>& observer = nsp_.server().tally().observer;
    if (!observer) return;
    for (; sent > 0; --sent)
        for (const engineio::Packet& packet : message.packets)
            observer.tell(&ServerObserver::on_message_sent, packet.data.size());
    for (const engineio::Packet& packet : message.packets)
        summary.octets += packet.data.size();
    observer.tell(&ServerObserver::on_broadcast, summary);
}

std::vector<SocketInfo> NamespaceNode::list(const Selection& selection) {
    std::vector<SocketInfo> infos;
    for (const SocketHandle handle : rooms_.select(selection)) {
        SocketCore& socket = SocketCore::from(handle);
        infos.push_back({.id = socket.id(),
                         .rooms = rooms_.rooms_of(socket.id()),
                         .handshake = describe(socket.handshake(), socket.auth()),
                         .data = socket.data()});
    }
    return infos;
}

void NamespaceNode::change_rooms(const Selection& selection, std::span<const std::string> rooms, RoomChange change) {
    change == RoomChange::join ? rooms_.join(selection, rooms) : rooms_.leave(selection, rooms);
}

void NamespaceNode::disconnect(const Selection& selection, DisconnectScope scope) {
    std::vector<Reference<SocketCore>> sockets;  // the end of one may be the end of another
    for (const SocketHandle handle : rooms_.select(selection))
        sockets.emplace_back(&SocketCore::from(handle));
    for (const Reference<SocketCore>& socket : sockets)
        socket->disconnect(scope == DisconnectScope::connection);
}

// --- questions to others

template <typename Answer>
std::shared_ptr<Collector<Answer>> NamespaceNode::ask(const socketio::Relay* others, std::chrono::milliseconds timeout,
                                                      typename Collector<Answer>::Done done) {
    // Here each socket has its time, and whoever calls is contained.
    if (others == nullptr) return std::make_shared<Collector<Answer>>(1, std::move(done));
    const std::uint64_t question = ++questions_;
    auto answers = std::make_shared<Collector<Answer>>(
        1 + others->nodes(), [nsp = Reference<NamespaceCore>(&nsp_), question, done = std::move(done)](
                                 std::vector<Answer>&& values, const Error* missing) mutable {
            NamespaceNode& node = nsp->node();
            if (node.deadlines_) static_cast<void>(node.deadlines_->pending.take(question));
            if (!nsp->gate().is_open()) return;
            nsp->server().call([&] { done(std::move(values), missing); });
        });
    time_out_at(question, nsp_.server().loop().now() + timeout,
                [answers, &server = nsp_.server()] { answers->time_out(server.timed_out()); });
    return answers;
}

NamespaceNode::Deadlines::Deadlines(net::Loop& loop, Function<void()> on_expired)
    : pending(std::numeric_limits<std::size_t>::max()), timer(loop, std::move(on_expired)) {}

void NamespaceNode::time_out_at(std::uint64_t question, TimePoint deadline, Function<void()> time_out) {
    if (!deadlines_) deadlines_ = std::make_unique<Deadlines>(nsp_.server().loop(), [this] { handle_deadlines(); });
    static_cast<void>(deadlines_->pending.add(question, deadline, std::move(time_out)));
    deadlines_->timer.start_at(deadlines_->pending.next_deadline());
}

void NamespaceNode::handle_deadlines() {
    const Reference<NamespaceCore> kept(&nsp_);
    const TimePoint now = nsp_.server().loop().now();
    while (deadlines_) {
        std::optional<Function<void()>> time_out = deadlines_->pending.take_expired(now);
        if (!time_out) break;
        (*time_out)();
    }
    if (deadlines_) deadlines_->timer.start_at(deadlines_->pending.next_deadline());
}

}  // namespace parley::server::detail
