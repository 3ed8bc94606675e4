// SPDX-License-Identifier: MIT
#include "parley/socketio/connection.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

// Theory of operation
//
// A session carries the packets of up to `namespaces_max` namespaces. Each of them is for this connection in one of
// four states; "absent" is the lack of an entry in `memberships_`:
//
//   state       CONNECT      EVENT, ACK     DISCONNECT    accept()     refuse()   disconnect()
//   absent      connecting   fail           fail          -            -          -
//   connecting  fail         fail           fail          connected    absent     -
//   connected   fail         event          absent        -            -          expelled
//   expelled    connecting   dropped        dropped       -            -          -
//
// "-": the caller's call does nothing and returns false. "fail": the whole connection ends, as in the reference, where
// a client that speaks before its CONNECT is answered, or connects twice, loses all of its namespaces.
//
// Two choices are ours:
// - A second CONNECT while the first waits for its answer fails the connection. The reference opens two sockets then,
//   one of which nobody can reach any more; and without a slow middleware it fails, too. So what happens does not
//   depend on how fast a middleware is.
// - Packets that cross our DISCONNECT on the wire are dropped. The peer could not know; in the reference its other
//   namespaces die of it. An expelled entry gives way when space for another namespace is needed.
//
// An ack without an id, or with one that nobody waits for, is not an error: the first is dropped here, the second by
// whoever holds the table of acks. A CONNECT_ERROR is for servers to send.
//
// Flood: the number of entries is bounded (a CONNECT too many is refused with an answer, so that a client with many
// namespaces keeps those that it has), so are refused CONNECTs and CONNECTs per time. Time: `connect_deadline_` runs
// while the peer is in no namespace; waiting for attachments is the decoder's deadline.

namespace parley::socketio {
namespace {

constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

}  // namespace

Connection::Connection(const Options& options, TimePoint now)
    : decoder_(options), connect_deadline_(now + options.connect_timeout), window_end_(now + options.connect_window) {}

void Connection::receive_text(std::string_view message, TimePoint now) {
    if (failed_) return;
    assert(!pending_ && "take the events of a message before the next one");
    handle(decoder_.receive_text(message, now), now);
}

void Connection::receive_binary(std::string_view octets, TimePoint now) {
    if (failed_) return;
    assert(!pending_ && "take the events of a message before the next one");
    handle(decoder_.receive_binary(octets), now);
}

std::optional<Event> Connection::next_event() {
    if (!pending_) {
        decoder_.release();
        return std::nullopt;
    }
    return event_of(*std::exchange(pending_, std::nullopt));
}

// An idle connection keeps no event: it is put together when it is taken, of the packet that it is about.
Event Connection::event_of(Event::Kind kind) const {
    const DecodedPacket& packet = decoder_.packet();
    switch (kind) {
        case Event::Kind::connect_received:
            return {.kind = kind, .namespace_name = packet.namespace_name, .data = packet.data};
        case Event::Kind::event_received:
        case Event::Kind::ack_received:
            return {.kind = kind,
                    .socket = pending_socket_,
                    .namespace_name = packet.namespace_name,
                    .event_name = packet.event_name,
                    .ack_id = packet.ack_id,
                    .data = packet.data,
                    .arguments_at = packet.arguments_at,
                    .attachments = packet.attachments};
        case Event::Kind::disconnect_received:
            return {.kind = kind, .socket = pending_socket_, .namespace_name = packet.namespace_name};
        case Event::Kind::reply_ready:
            return {.kind = kind, .namespace_name = packet.namespace_name, .data = reply_};
        case Event::Kind::failed:
            break;
    }
    return {.kind = Event::Kind::failed, .failure = failure_};
}

void Connection::handle(PacketDecoder::Status status, TimePoint now) {
    if (status == PacketDecoder::Status::failed) {
        fail(decoder_.failure());
    } else if (status == PacketDecoder::Status::complete) {
        handle_packet(decoder_.packet(), now);
    }
}

void Connection::handle_packet(const DecodedPacket& packet, TimePoint now) {
    switch (packet.type) {
        case PacketType::connect:
            return handle_connect(packet, now);
        case PacketType::disconnect:
            return handle_disconnect(packet, now);
        case PacketType::event:
        case PacketType::ack:
        case PacketType::binary_event:
        case PacketType::binary_ack:
            return handle_message(packet);
        case PacketType::connect_error:
            return fail({FailureKind::invalid_state, "only a server refuses a connect"});
    }
}

void Connection::handle_connect(const DecodedPacket& packet, TimePoint now) {
    if (!count_connect(now)) return fail({FailureKind::limit, "too many connects"});
    if (refused_connects_ >= options().limits.refused_connects_max) {
        return fail({FailureKind::limit, "too many refused connects"});
    }
    const std::size_t known = find(packet.namespace_name);
    if (known != nowhere) {
        if (memberships_[known].state != State::expelled) {
            return fail({FailureKind::invalid_state, "second connect to a namespace"});
        }
        memberships_.erase(memberships_.begin() + static_cast<std::ptrdiff_t>(known));
    }
    if (packet.data.size() > options().limits.auth_bytes_max)
        return refuse_at_once(packet.namespace_name, "The auth object is too large");
    if (!make_space()) return refuse_at_once(packet.namespace_name, "Too many namespaces");
    memberships_.push_back({std::string(packet.namespace_name), State::connecting, SocketHandle::none});
    put_event(Event::Kind::connect_received);
}

void Connection::handle_disconnect(const DecodedPacket& packet, TimePoint now) {
    const std::size_t index = find(packet.namespace_name);
    const State state = index == nowhere ? State::connecting : memberships_[index].state;
    if (state == State::expelled) return;
    if (state == State::connecting) return fail({FailureKind::invalid_state, "disconnect from a namespace not joined"});
    put_event(Event::Kind::disconnect_received, memberships_[index].socket);
    memberships_.erase(memberships_.begin() + static_cast<std::ptrdiff_t>(index));
    rearm_connect_deadline(now);
}

void Connection::handle_message(const DecodedPacket& packet) {
    const std::size_t index = find(packet.namespace_name);
    const State state = index == nowhere ? State::connecting : memberships_[index].state;
    if (state == State::expelled) return;
    if (state == State::connecting) return fail({FailureKind::invalid_state, "packet for a namespace not joined"});
    const bool is_ack = packet.type == PacketType::ack || packet.type == PacketType::binary_ack;
    if (is_ack && !packet.ack_id) return;
    put_event(is_ack ? Event::Kind::ack_received : Event::Kind::event_received, memberships_[index].socket);
}

bool Connection::count_connect(TimePoint now) {
    if (now >= window_end_) {
        window_end_ = now + options().connect_window;
        connects_in_window_ = 0;
    }
    return ++connects_in_window_ <= options().limits.connects_per_window_max;
}

bool Connection::make_space() {
    if (memberships_.size() < options().limits.namespaces_max) return true;
    const auto expelled = std::find_if(memberships_.begin(), memberships_.end(),
                                       [](const Membership& m) { return m.state == State::expelled; });
    if (expelled == memberships_.end()) return false;
    memberships_.erase(expelled);
    return true;
}

void Connection::refuse_at_once(std::string_view namespace_name, std::string_view message) {
    ++refused_connects_;
    reply_.clear();
    append_connect_error(reply_, namespace_name, message);
    put_event(Event::Kind::reply_ready);
}

bool Connection::accept(const Acceptance& acceptance, std::string& out) {
    const std::size_t index = find(acceptance.namespace_name);
    if (failed_ || index == nowhere || memberships_[index].state != State::connecting) return false;
    memberships_[index].state = State::connected;
    memberships_[index].socket = acceptance.socket;
    connect_deadline_ = no_deadline;
    refused_connects_ = 0;
    append_connect(out, acceptance.namespace_name, acceptance.sid);
    return true;
}

bool Connection::refuse(const Refusal& refusal, std::string& out) {
    const std::size_t index = find(refusal.namespace_name);
    if (failed_ || index == nowhere || memberships_[index].state != State::connecting) return false;
    append_connect_error(out, refusal.namespace_name, refusal.message, refusal.data_json);
    memberships_.erase(memberships_.begin() + static_cast<std::ptrdiff_t>(index));
    ++refused_connects_;
    return true;
}

bool Connection::disconnect(std::string_view namespace_name, TimePoint now, std::string& out) {
    const std::size_t index = find(namespace_name);
    if (failed_ || index == nowhere || memberships_[index].state != State::connected) return false;
    memberships_[index].state = State::expelled;
    memberships_[index].socket = SocketHandle::none;
    rearm_connect_deadline(now);
    append_disconnect(out, namespace_name);
    return true;
}

std::vector<SocketHandle> Connection::sockets() const {
    std::vector<SocketHandle> sockets;
    for (const Membership& membership : memberships_) {
        if (membership.state == State::connected) sockets.push_back(membership.socket);
    }
    return sockets;
}

SocketHandle Connection::socket(std::string_view namespace_name) const {
    const std::size_t index = find(namespace_name);
    return index == nowhere ? SocketHandle::none : memberships_[index].socket;
}

std::size_t Connection::find(std::string_view namespace_name) const {
    for (std::size_t i = 0; i < memberships_.size(); ++i) {
        if (memberships_[i].namespace_name == namespace_name) return i;
    }
    return nowhere;
}

TimePoint Connection::next_deadline() const noexcept {
    return failed_ ? no_deadline : std::min(connect_deadline_, decoder_.next_deadline());
}

void Connection::handle_deadline(TimePoint now) {
    if (failed_) return;
    if (decoder_.handle_deadline(now)) return fail(decoder_.failure());
    if (now >= connect_deadline_) fail({FailureKind::timeout, "no namespace joined in time"});
}

void Connection::rearm_connect_deadline(TimePoint now) {
    const bool in_any = std::any_of(memberships_.begin(), memberships_.end(),
                                    [](const Membership& m) { return m.state == State::connected; });
    if (!in_any) connect_deadline_ = now + options().connect_timeout;
}

void Connection::fail(const Failure& failure) {
    failed_ = true;
    failure_ = failure;
    put_event(Event::Kind::failed);
}

}  // namespace parley::socketio
