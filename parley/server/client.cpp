// SPDX-License-Identifier: MIT
#include "parley/server/client.hpp"

#include <algorithm>
#include <utility>

#include "parley/base/random_id.hpp"
#include "parley/server/namespace_core.hpp"
#include "parley/server/server_core.hpp"

/// The one file in which Engine.IO and Socket.IO meet.
///
/// In:  session -> on_message -> socketio::Connection -> handle -> SocketCore -> handlers.
/// Out: SocketCore -> send -> session. Nothing is queued here: a packet is in the session's outbox when `send` returns.
///
/// A bad packet closes the session; its sockets hear of it when the session says that it is closed, so every end comes
/// through `on_closed`, but for the ones that the program or the peer asked for.
namespace parley::server::detail {

namespace {

DisconnectReason reason_of(const engineio::Closed& closed) {
    switch (closed.reason) {
        case engineio::CloseReason::transport_close:
            return DisconnectReason::transport_close;
        case engineio::CloseReason::transport_error:
            return DisconnectReason::transport_error;
        case engineio::CloseReason::ping_timeout:
            return DisconnectReason::ping_timeout;
        case engineio::CloseReason::parse_error:
            return DisconnectReason::parse_error;
        case engineio::CloseReason::slow_consumer:
            return DisconnectReason::slow_consumer;
        case engineio::CloseReason::forced_close:
            break;
    }
    return DisconnectReason::forced_close;
}

}  // namespace

Client::Client(ServerCore& server, engine::Session& session, std::uint64_t number)
    : server_(server),
      session_(session),
      number_(number),
      connection_(server.connection_options(), server.loop().now()) {
    arm_timer();
}

Client::~Client() = default;

const std::shared_ptr<const Handshake>& Client::handshake() const {
    return session_.shared_handshake();
}

void Client::on_message(engineio::Message message) {
    server_.tally().observer.tell(&ServerObserver::on_message_received, message.data.size());
    const TimePoint now = server_.loop().now();
    if (message.is_binary) {
        connection_.receive_binary(message.data, now);
    } else {
        connection_.receive_text(message.data, now);
    }
    handle_events();
}

void Client::handle_deadline() {
    armed_for_ = no_deadline;
    session_.contain([this] {
        connection_.handle_deadline(server_.loop().now());
        handle_events();
    });
}

void Client::handle_events() {
    while (std::optional<socketio::Event> event = connection_.next_event())
        handle(*event);
    arm_timer();
}

void Client::handle(const socketio::Event& event) {
    using Kind = socketio::Event::Kind;
    switch (event.kind) {
        case Kind::connect_received:
            return handle_connect(event);
        case Kind::event_received:
            return SocketCore::from(event.socket).receive_event(event);
        case Kind::ack_received:
            return SocketCore::from(event.socket).receive_ack(event);
        case Kind::disconnect_received: {
            const Reference<SocketCore> socket(&SocketCore::from(event.socket));
            socket->leave(DisconnectReason::client_namespace_disconnect);
            return forget(*socket);
        }
        case Kind::reply_ready:
            return send_text(event.data);
        case Kind::failed:
            server_.report_bad_packet(sockets_.empty() ? nullptr : sockets_.front().get(), event.failure.reason);
            return session_.close();
    }
}

void Client::handle_connect(const socketio::Event& event) {
    NamespaceCore* nsp = server_.find_namespace(event.namespace_name);
    if (nsp == nullptr) {
        std::string& packet = server_.empty_packet();
        connection_.refuse({.namespace_name = event.namespace_name, .message = "Invalid namespace"}, packet);
        return send_text(packet);
    }
    // As `socket.handshake.auth` of the official server: an object when the client said nothing.
    Json auth = Json::object();
    if (!event.data.empty()) auth = parse_json(event.data).value_or(Json::object());
    const Reference<SocketCore> socket(new SocketCore(
        {.nsp = *nsp, .client = *this, .id = random_id(server_.loop().entropy()), .auth = std::move(auth)}));
    sockets_.push_back(socket);
    nsp->ask_middlewares(*socket);
}

bool Client::accept(SocketCore& socket) {
    if (!session_.is_open()) return false;  // it was closed while a middleware thought about this socket
    std::string& packet = server_.empty_packet();
    const bool is_waited_for = connection_.accept(
        {.namespace_name = socket.nsp().name(), .sid = socket.id(), .socket = socket.handle()}, packet);
    if (is_waited_for) send_text(packet);
    arm_timer();
    return is_waited_for;
}

void Client::refuse(SocketCore& socket, std::string_view message, const Json& data) {
    const std::string data_json = data.is_null() ? std::string() : to_json(data);
    std::string& packet = server_.empty_packet();
    if (connection_.refuse({.namespace_name = socket.nsp().name(), .message = message, .data_json = data_json},
                           packet)) {
        send_text(packet);
    }
    forget(socket);
    arm_timer();
}

void Client::send(socketio::Packet packet, const EncodedArguments& arguments, bool compress) {
    packet.attachment_count = arguments.attachments.size();
    packet.data = arguments.json;
    std::string& text = server_.empty_packet();
    socketio::append_packet(text, packet);
    if (arguments.attachments.empty()) return send_text(text, compress);
    std::vector<engineio::Packet> packets;
    packets.reserve(1 + arguments.attachments.size());
    packets.push_back(engineio::packet_of({.data = text, .compress = compress}));
    for (const BytesView bytes : arguments.attachments)
        packets.push_back(engineio::packet_of({as_chars(bytes), true, compress}));
    for (const engineio::Packet& each : packets)
        tell_sent(each.data);
    session_.send(engine::Message(packets));
}

void Client::send_text(std::string_view text, bool compress) {
    tell_sent(text);
    session_.send(engineio::packet_of({.data = text, .compress = compress}));
}

void Client::tell_sent(std::string_view message) const noexcept {
    const web::Announcer<ServerObserver>& observer = server_.tally().observer;
    if (observer && session_.is_open()) observer.tell(&ServerObserver::on_message_sent, message.size());
}

void Client::disconnect_socket(SocketCore& socket) {
    const Reference<SocketCore> kept(&socket);
    std::string& packet = server_.empty_packet();
    if (connection_.disconnect(socket.nsp().name(), server_.loop().now(), packet)) send_text(packet);
    arm_timer();
    socket.leave(DisconnectReason::server_namespace_disconnect);
    forget(socket);
}

void Client::disconnect() {
    const std::vector<Reference<SocketCore>> sockets = sockets_;
    for (const Reference<SocketCore>& socket : sockets) {
        if (socket->connected()) disconnect_socket(*socket);
    }
    session_.close();
}

void Client::end_sockets(DisconnectReason reason) {
    const std::vector<Reference<SocketCore>> sockets = std::exchange(sockets_, {});
    for (const Reference<SocketCore>& socket : sockets)
        socket->leave(reason);
}

void Client::abandon() {
    for (const Reference<SocketCore>& socket : std::exchange(sockets_, {}))
        socket->abandon();
}

void Client::on_upgraded() {
    server_.tally().observer.tell(&ServerObserver::on_session_upgraded);
}

void Client::on_closed(const engineio::Closed& closed) {
    server_.tally().observer.tell(&ServerObserver::on_session_closed, reason_of(closed));
    end_sockets(reason_of(closed));
    server_.remove(*this);
}

void Client::forget(const SocketCore& socket) {
    std::erase_if(sockets_, [&](const Reference<SocketCore>& other) { return other.get() == &socket; });
}

void Client::arm_timer() {
    const TimePoint deadline = connection_.next_deadline();
    if (deadline == armed_for_) return;
    armed_for_ = deadline;
    if (deadline == no_deadline) return timer_.reset();
    if (timer_ == nullptr) timer_ = std::make_unique<net::Timer>(server_.loop(), [this] { handle_deadline(); });
    timer_->start_at(deadline);
}

}  // namespace parley::server::detail
