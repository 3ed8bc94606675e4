// SPDX-License-Identifier: MIT
#include "parley/engineio/client_session.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

// Theory of operation
//
// Packets come out of the answers to polls (`reader_`, lazily, one for each `next_event`) or out of frames, one each.
// What the program sends waits in `queue_` until the driver asks for it: as a payload for a POST, or packet by packet
// for a WebSocket. While an upgrade is about to be completed nothing is taken from it, so that no message is overtaken.
//
// State     what happens                     what follows                                          next state
// -------   ------------------------------   ---------------------------------------------------   ----------
// opening   open packet                      opened; heartbeat awaited; upgrade offered            open
// opening   anything else, open deadline     closed{parse error, transport error}                  closed
// open      message                          message_received                                      open
// open      ping                             pinged; pong queued (one at a time), heartbeat anew   open
// open      close packet, by polling         closed{transport close}                               closed
// open      any packet (protocol 3)          heartbeat anew; behind a pong a ping is due again     open
// open      a ping is due (protocol 3)       ping queued, heartbeat awaited                        open
// open      no packet that is one            closed{parse error}                                   closed
// open      heartbeat deadline               closed{ping timeout}                                  closed
// open      close()                          what waits goes, then the goodbye                     closing
// closing   everything was said              closed{forced close}                                  closed
// closing   deadline, failure                closed{forced close}                                  closed
// any       failure of the transport         closed{its reason}                                    closed
//
// Upgrade     what happens                   what follows                                          next
// ---------   ----------------------------   ---------------------------------------------------   ---------
// offered     begin_upgrade()                the driver opens a WebSocket                          connecting
// connecting  it is open                     "2probe"                                              probing
// probing     "3probe"                       no further poll or POST is begun                      pausing
// pausing     neither of them is under way   "5"; upgraded                                         none
// any         it is gone, anything else      the session goes on by polling                        none

namespace parley::engineio {

namespace {

// What one packet adds to a payload, as the official client counts it.
std::size_t record_bytes(const ClientSession::OwnedPacket& packet) {
    return packet.is_binary ? 1 + (packet.data.size() + 2) / 3 * 4 : 1 + packet.data.size();
}

}  // namespace

ClientSession::ClientSession(const ClientOptions& options, Transport transport, TimePoint now)
    : options_(options), now_(now), deadline_(now + options.open_timeout), transport_(transport) {}

// ---- what arrives

void ClientSession::receive_poll_answer(std::string_view body, TimePoint now) {
    assert(!event_ && reader_.done() && "drain the events first");
    now_ = now;
    is_polling_ = false;
    if (state_ == State::closed) return;
    payload_ = body;
    reader_ = PayloadReader(payload_, options_.revision == 3 ? Framing::lengths : Framing::separators);
}

void ClientSession::receive_post_answer(TimePoint now) {
    now_ = now;
    is_posting_ = false;
    if (state_ == State::closing && queue_.empty()) end(CloseReason::forced_close, {});
}

void ClientSession::receive_frame(std::string_view data, bool is_binary, TimePoint now) {
    assert(!event_ && "drain the events first");
    now_ = now;
    const bool is_old = options_.revision == 3;
    if (is_binary && !is_old) return handle_packet({PacketType::message, data, true});
    const std::optional<Packet> packet = is_old ? decode_typed_frame(data, is_binary) : decode_record(data, decoded_);
    if (!packet) return fail(CloseReason::parse_error, "the server sent what is no packet");
    handle_packet(*packet);
}

void ClientSession::receive_failure(CloseReason reason, std::string_view description) {
    fail(reason, description);
}

void ClientSession::receive_upgrade_open() {
    if (upgrade_ != Upgrade::connecting) return;
    upgrade_ = Upgrade::probing;
    upgrade_packet_ = "2probe";
}

void ClientSession::receive_upgrade_frame(std::string_view data, bool is_binary, TimePoint now) {
    now_ = now;
    if (upgrade_ == Upgrade::none) return;
    if (upgrade_ == Upgrade::probing && !is_binary && data == "3probe") {
        upgrade_ = Upgrade::pausing;
    } else {
        stop_upgrade();
    }
}

void ClientSession::receive_upgrade_closed() {
    if (upgrade_ != Upgrade::none) stop_upgrade();
}

// ---- packets

void ClientSession::handle_packet(const Packet& packet) {
    if (state_ == State::closed) return;
    if (state_ == State::opening) {
        if (packet.type == PacketType::open) return handle_greeting(packet.data);
        return fail(CloseReason::parse_error, "the server did not begin with an open packet");
    }
    if (is_pinging() && state_ == State::open) {
        heartbeat_deadline_ = now_ + greeting_.ping_interval + greeting_.ping_timeout;
        if (packet.type == PacketType::pong) ping_at_ = now_ + greeting_.ping_interval;
    }
    switch (packet.type) {
        case PacketType::message:
            if (state_ != State::open) return;
            put_event(ClientEvent::Kind::message_received);
            event_->message = {packet.data, packet.is_binary};
            return;
        case PacketType::ping:
            heartbeat_deadline_ = now_ + greeting_.ping_interval + greeting_.ping_timeout;
            if (!is_pong_waiting_) put(PacketType::pong, {});
            is_pong_waiting_ = true;
            return put_event(ClientEvent::Kind::pinged);
        case PacketType::close:  // over WebSocket the server closes that instead
            if (!uses_websocket()) fail(CloseReason::transport_close, "the server closed the session");
            return;
        case PacketType::open:
        case PacketType::pong:
        case PacketType::upgrade:
        case PacketType::noop:
            return;
    }
}

void ClientSession::handle_greeting(std::string_view json) {
    Result<Greeting> greeting = parse_greeting(json);
    if (!greeting) return fail(CloseReason::parse_error, "the open packet of the server cannot be read");
    greeting_ = std::move(*greeting);
    state_ = State::open;
    deadline_ = no_deadline;
    heartbeat_deadline_ = now_ + greeting_.ping_interval + greeting_.ping_timeout;
    if (is_pinging()) ping_at_ = now_ + greeting_.ping_interval;
    if (!uses_websocket() && greeting_.offers_websocket && options_.upgrade) upgrade_ = Upgrade::offered;
    put_event(ClientEvent::Kind::opened);
}

void ClientSession::put_event(ClientEvent::Kind kind) {
    assert(!event_ && "drain the events first");
    event_ = ClientEvent{};
    event_->kind = kind;
}

void ClientSession::stop_upgrade() {
    upgrade_ = Upgrade::none;
    upgrade_packet_.reset();
}

void ClientSession::complete_upgrade() {
    upgrade_ = Upgrade::none;
    upgrade_packet_ = "5";
    transport_ = Transport::websocket;
    put_event(ClientEvent::Kind::upgraded);
}

// Whatever goes wrong when the program has closed the session is what it wanted.
void ClientSession::fail(CloseReason reason, std::string_view description) {
    state_ == State::closing ? end(CloseReason::forced_close, {}) : end(reason, description);
}

void ClientSession::end(CloseReason reason, std::string_view description) {
    if (state_ == State::closed) return;
    state_ = State::closed;
    upgrade_ = Upgrade::none;
    upgrade_packet_.reset();
    reader_.stop();
    queue_.clear();
    waiting_bytes_ = 0;
    end_ = Closed{reason, description};
}

// ---- what the program wants

bool ClientSession::send(const Message& message) {
    if (state_ != State::open) return false;
    if (message.data.size() >
        options_.send_buffer_bytes_max - std::min(waiting_bytes_, options_.send_buffer_bytes_max)) {
        return false;
    }
    put(PacketType::message, message);
    return true;
}

void ClientSession::put(PacketType type, const Message& message) {
    queue_.push_back({type, std::string(message.data), message.is_binary, message.compress});
    waiting_bytes_ += message.data.size();
}

bool ClientSession::is_writable() const noexcept {
    if (state_ != State::open || !queue_.empty() || is_paused() || upgrade_packet_) return false;
    return uses_websocket() || !is_posting_;
}

void ClientSession::close(TimePoint now) {
    now_ = now;
    if (state_ == State::closed || state_ == State::closing) return;
    if (state_ == State::opening) return end(CloseReason::forced_close, {});
    if (upgrade_ != Upgrade::none) stop_upgrade();
    if (!uses_websocket()) put(PacketType::close, {});
    state_ = State::closing;
    deadline_ = now + options_.close_timeout;
    heartbeat_deadline_ = no_deadline;
    ping_at_ = no_deadline;
}

// ---- what comes out

std::optional<ClientEvent> ClientSession::next_event() {
    while (!event_ && !reader_.done()) {
        Packet packet;
        if (reader_.next(packet)) {
            handle_packet(packet);
        } else {
            fail(CloseReason::parse_error, "the server sent what is no packet");
        }
    }
    if (!event_ && is_paused() && !is_polling_ && !is_posting_) complete_upgrade();
    if (event_) return std::exchange(event_, std::nullopt);
    if (!end_) {
        if (reader_.done() && !payload_.empty()) std::string().swap(payload_);
        return std::nullopt;
    }
    ClientEvent event;
    event.kind = ClientEvent::Kind::closed;
    event.closed = *std::exchange(end_, std::nullopt);
    return event;
}

bool ClientSession::is_poll_due() const noexcept {
    const bool is_wanted = state_ == State::opening || state_ == State::open;
    return is_wanted && !uses_websocket() && !is_polling_ && !is_paused() && reader_.done();
}

bool ClientSession::is_post_due() const noexcept {
    const bool is_wanted = state_ == State::open || state_ == State::closing;
    return is_wanted && !uses_websocket() && !is_posting_ && !is_paused() && !queue_.empty();
}

std::string ClientSession::take_payload() {
    std::string payload;
    std::size_t counted = 1;
    while (!queue_.empty()) {
        const OwnedPacket& packet = queue_.front();
        // The goodbye goes alone: some servers hear it before the messages of the same payload.
        if (packet.type == PacketType::close && !payload.empty()) break;
        counted += record_bytes(packet);
        if (!payload.empty() && greeting_.max_payload > 0 && counted > greeting_.max_payload) break;
        counted += 2;
        const Packet record{packet.type, packet.data, packet.is_binary};
        if (options_.revision == 3) {
            append_record_with_length(payload, record);
        } else {
            if (!payload.empty()) payload.push_back(record_separator);
            append_record(payload, record);
        }
        static_cast<void>(take_front());
    }
    is_posting_ = true;
    return payload;
}

std::optional<std::string_view> ClientSession::take_upgrade_packet() noexcept {
    return std::exchange(upgrade_packet_, std::nullopt);
}

std::optional<ClientSession::OwnedPacket> ClientSession::take_packet() {
    if (!uses_websocket() || queue_.empty() || upgrade_packet_) return std::nullopt;
    return take_front();
}

ClientSession::OwnedPacket ClientSession::take_front() {
    OwnedPacket packet = std::move(queue_.front());
    queue_.pop_front();
    waiting_bytes_ -= packet.data.size();
    if (packet.type == PacketType::pong) is_pong_waiting_ = false;
    return packet;
}

bool ClientSession::is_goodbye_due() const noexcept {
    return state_ == State::closing && uses_websocket() && queue_.empty() && !upgrade_packet_;
}

// ---- time

TimePoint ClientSession::next_deadline() const noexcept {
    return state_ == State::closed ? no_deadline : std::min({deadline_, heartbeat_deadline_, ping_at_});
}

void ClientSession::handle_deadline(TimePoint now) {
    now_ = now;
    if (now < next_deadline()) return;
    if (state_ == State::opening) return fail(CloseReason::transport_error, "timeout");
    if (state_ == State::closing) return end(CloseReason::forced_close, {});
    if (now >= heartbeat_deadline_) {
        return fail(CloseReason::ping_timeout,
                    is_pinging() ? "the server did not answer a ping in time" : "the server did not ping in time");
    }
    put(PacketType::ping, {});
    ping_at_ = no_deadline;
    heartbeat_deadline_ = now + greeting_.ping_timeout;
}

}  // namespace parley::engineio
