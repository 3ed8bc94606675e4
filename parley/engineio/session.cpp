// SPDX-License-Identifier: MIT
//
// Theory of operation
// -------------------
// A session is one of three states, and while it is open it has a transport and perhaps an upgrade under way. What the
// program sends by polling waits in `queue_` as a payload; a poll takes all of it. The handshake, pings and what waited
// when an upgrade came are also put there: over WebSocket the driver moves them out at once, so that the queue holds
// something only by polling.
//
//   state        what arrives                        becomes
//   ---------    --------------------------------    ----------------------------------------------------------------
//   open         GET, none pending                   pending until there is something to say
//   open         GET while one is pending            closed (transport error); the pending one gets `1`
//   open         POST, none pending                  its packets, in turns
//   open         POST while one is pending           closed (transport error)
//   open         POST that is not text               closed (transport error)
//   open         pending GET aborted, by polling     closed (transport error)
//   open         no packet, by POST or WebSocket     closed (parse error)
//   open         `1`                                 closed (transport close); a pending GET gets `6`
//   open         `2`                                 closed (transport error): a server sends the pings
//   open         `3`                                 the next ping is due an interval later, if this one was waited for
//   open         `4`, binary                         a message
//   open         `0`, `5`, `6`                       nothing
//   open         WebSocket gone                      closed (transport close, or error)
//   open         nothing more after the handshake    closed (transport close), after the confirm timeout
//   open         ping interval over                  `2` is sent
//   open         ping timeout over                   closed (ping timeout)
//   open         close(), GET pending, nothing said  closed (forced close); the GET gets `1`
//   open         close(), by polling, else           lingering, or with discard closed (forced close)
//   open         close(), by WebSocket               closed (forced close)
//   lingering    GET, something waits                it gets what waits
//   lingering    GET, an upgrade was probed          it gets `6`
//   lingering    GET, else                           closed: it gets `6`, then `1`
//   lingering    upgrade complete                    closed; what waits goes by the WebSocket, which is then closed
//   lingering    close timeout over                  closed
//   not closed   abandon()                           closed (forced close)
//   not closed   drop_queue()                        closed, and nothing waits any more
//   closed       anything                            nothing
//
// `closed` is reported when the open state is left: to the program a lingering session is over. What was said last has
// a payload of its own, because clients act on a `1` before they look at messages that came with it; and an upgrade
// that the client believes in is completed first, because the client asks for nothing by polling any more.
//
//   upgrade      what arrives                        becomes
//   ---------    --------------------------------    ----------------------------------------------------------------
//   none         WebSocket, by polling               accepted
//   none         WebSocket, by WebSocket             refused
//   accepted     `2probe`                            probed, `3probe` is sent
//   probed       `2probe`                            `3probe` is sent
//   probed       `5`                                 none; the WebSocket is the transport, what waits goes there
//   probed       GET with nothing to say             answered `6` at once, each one: the client waits for it to end
//   either       any other packet                    none; the probe failed, the session goes on by polling
//   either       WebSocket gone                      none
//   either       upgrade timeout over                none; the probe failed
//   either       another WebSocket                   refused
//
// A `5` that overtakes a POST would let later messages overtake earlier ones: the probe fails. On an upgrade the
// heartbeat begins anew, because the pong of a ping that went by polling may be lost with it.

#include "parley/engineio/session.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <chrono>
#include <cstdint>
#include <utility>

#include "parley/base/utf8.hpp"
#include "parley/json/writer.hpp"

namespace parley::engineio {

namespace {

constexpr std::string_view separator(&record_separator, 1);

// How late a driver's timer may be without the pong's time being counted from then: lateness must not add up.
constexpr Duration timer_slack = std::chrono::milliseconds(20);

std::string open_packet(const Options& options, std::string_view sid, Transport transport) {
    const bool may_upgrade = transport == Transport::polling && options.websocket && options.allow_upgrades;
    std::string packet(1, to_char(PacketType::open));
    JsonWriter writer(packet);
    writer.begin_object();
    writer.key("sid").value(sid);
    writer.key("upgrades").begin_array();
    if (may_upgrade) writer.value(to_string(Transport::websocket));
    writer.end_array();
    writer.key("pingInterval").value(static_cast<std::int64_t>(options.ping_interval.count()));
    writer.key("pingTimeout").value(static_cast<std::int64_t>(options.ping_timeout.count()));
    writer.key("maxPayload").value(static_cast<std::uint64_t>(options.max_http_buffer_size));
    writer.end_object();
    return packet;
}

void append_queue(std::string& out, Outbox& queue) {
    std::array<std::string_view, 16> pieces;
    while (!queue.empty()) {
        const std::size_t count = queue.gather(pieces);
        std::size_t octets = 0;
        for (const std::string_view piece : std::span(pieces).first(count)) {
            out.append(piece);
            octets += piece.size();
        }
        queue.consume(octets);
    }
}

void append_packet(std::string& payload, PacketType type) {
    if (!payload.empty()) payload.push_back(record_separator);
    payload.push_back(to_char(type));
}

}  // namespace

std::string_view to_string(CloseReason reason) noexcept {
    switch (reason) {
        case CloseReason::transport_close:
            return "transport close";
        case CloseReason::transport_error:
            return "transport error";
        case CloseReason::ping_timeout:
            return "ping timeout";
        case CloseReason::parse_error:
            return "parse error";
        case CloseReason::forced_close:
            return "forced close";
        case CloseReason::slow_consumer:
            return "slow consumer";
    }
    return "transport error";
}

Session::Session(const Options& options, std::string sid, Transport transport, TimePoint now)
    : options_(options),
      sid_(std::move(sid)),
      now_(now),
      heartbeat_deadline_(now + options.ping_interval),
      transport_(transport) {
    queue_.append(open_packet(options, sid_, transport));
}

// --- what arrives by polling

bool Session::admit_request(TimePoint now) noexcept {
    const std::uint32_t most = options_.polling_requests_per_second_max;
    return most == 0 || request_rate_.count(now, most, most);
}

bool Session::receive_poll(TimePoint now) {
    now_ = now;
    if (state_ == State::closed || is_poll_pending_) {
        fail(CloseReason::transport_error, "overlap from client");
        return false;
    }
    confirm_deadline_ = no_deadline;
    is_poll_pending_ = true;
    return true;
}

void Session::receive_poll_aborted(TimePoint now) {
    now_ = now;
    is_poll_pending_ = false;
    // One that is still open after an upgrade carries nothing.
    if (transport_ != Transport::polling) return;
    fail(CloseReason::transport_error, "poll connection closed prematurely");
    if (state_ == State::lingering) finish_lingering();
}

bool Session::receive_post(std::string_view body, TimePoint now) {
    now_ = now;
    if (state_ == State::closed || is_post_pending()) {
        fail(CloseReason::transport_error, "data request overlap from client");
        return false;
    }
    if (state_ == State::lingering) return true;
    confirm_deadline_ = no_deadline;
    if (!is_valid_utf8(body)) {
        fail(CloseReason::parse_error, "payload that is not UTF-8");
        return true;
    }
    post_ = PayloadReader(body);
    post_budget_ = options_.packets_per_turn;
    return true;
}

void Session::resume_post(TimePoint now) {
    now_ = now;
    post_budget_ = options_.packets_per_turn;
}

void Session::receive_invalid_post(TimePoint now) {
    now_ = now;
    fail(CloseReason::transport_error, "invalid content");
}

void Session::read_post() {
    while (!event_ && !post_.done() && post_budget_ > 0) {
        --post_budget_;
        Packet packet;
        if (post_.next(packet)) {
            handle_packet(packet);
        } else {
            fail(CloseReason::parse_error, "invalid packet in payload");
        }
    }
}

// --- what arrives by WebSocket

void Session::receive_frame(std::string_view data, bool is_binary, TimePoint now) {
    now_ = now;
    if (state_ != State::open) return;
    if (is_binary) {
        handle_packet({PacketType::message, data, true});
    } else if (const std::optional<Packet> packet = decode_record(data, decoded_)) {
        handle_packet(*packet);
    } else {
        fail(CloseReason::parse_error, "invalid packet in frame");
    }
}

void Session::receive_websocket_closed(CloseReason reason, std::string_view description, TimePoint now) {
    now_ = now;
    fail(reason, description);
}

// --- packets, whatever brought them

void Session::handle_packet(const Packet& packet) {
    // Whoever uploads something large has its pong stand behind it: other packets are a sign of life, once per ping.
    if (is_pong_due_ && !is_pong_extended_ && packet.type != PacketType::pong) {
        is_pong_extended_ = true;
        heartbeat_deadline_ = now_ + options_.ping_timeout;
    }
    switch (packet.type) {
        case PacketType::message:
            put_event(SessionEvent::Kind::message_received);
            event_->message = {packet.data, packet.is_binary};
            break;
        case PacketType::pong:
            handle_pong();
            break;
        case PacketType::ping:
            fail(CloseReason::transport_error, "invalid heartbeat direction");
            break;
        case PacketType::close:
            fail(CloseReason::transport_close, "closed by the client", Farewell::noop);
            break;
        case PacketType::open:
        case PacketType::upgrade:
        case PacketType::noop:
            break;
    }
}

void Session::handle_pong() {
    if (!is_pong_due_) return;
    start_heartbeat();
}

void Session::start_heartbeat() {
    is_pong_due_ = false;
    is_pong_extended_ = false;
    heartbeat_deadline_ = now_ + options_.ping_interval;
}

void Session::handle_heartbeat() {
    if (is_pong_due_) {
        fail(CloseReason::ping_timeout, "no pong in time");
        return;
    }
    is_pong_due_ = true;
    heartbeat_deadline_ = std::max(heartbeat_deadline_, now_ - timer_slack) + options_.ping_timeout;
    const char ping = to_char(PacketType::ping);
    separate();
    queue_.append(std::string_view(&ping, 1));
}

// --- the upgrade

bool Session::receive_upgrade(TimePoint now) {
    now_ = now;
    if (state_ != State::open || transport_ != Transport::polling || upgrade_ != Upgrade::none) return false;
    confirm_deadline_ = no_deadline;
    upgrade_ = Upgrade::accepted;
    upgrade_deadline_ = now + options_.upgrade_timeout;
    return true;
}

void Session::receive_probe_frame(std::string_view data, bool is_binary, TimePoint now) {
    now_ = now;
    if (state_ == State::closed || upgrade_ == Upgrade::none) return;
    const std::optional<Packet> packet = is_binary ? std::nullopt : decode_packet(data);
    if (packet && packet->type == PacketType::ping && packet->data == "probe") {
        upgrade_ = Upgrade::probed;
        put_event(SessionEvent::Kind::probe_received);
    } else if (packet && packet->type == PacketType::upgrade && upgrade_ == Upgrade::probed && !is_post_pending()) {
        complete_upgrade();
    } else {
        stop_upgrade();
        put_event(SessionEvent::Kind::probe_failed);
    }
}

void Session::receive_probe_closed() {
    stop_upgrade();
}

void Session::complete_upgrade() {
    stop_upgrade();
    transport_ = Transport::websocket;
    farewell_ = Farewell::noop;
    if (state_ == State::lingering) {
        finish_lingering();
    } else {
        start_heartbeat();
    }
    put_event(SessionEvent::Kind::upgraded);
}

void Session::stop_upgrade() {
    upgrade_ = Upgrade::none;
    upgrade_deadline_ = no_deadline;
}

// --- what the program wants

Session::Route Session::route() const noexcept {
    if (state_ != State::open) return Route::nowhere;
    return transport_ == Transport::websocket ? Route::websocket : Route::queue;
}

// The bound is on a peer that does not fetch what it is sent.
bool Session::has_room(std::uint64_t turn) {
    if (state_ != State::open) return false;
    if (backlog_.measure(queue_, turn, options_.turn_bytes_max) > options_.queue_bytes_max) {
        fail(CloseReason::slow_consumer, "too much waits for the next poll");
        return false;
    }
    separate();
    return true;
}

void Session::separate() {
    if (!queue_.empty()) queue_.append(separator);
}

void Session::enqueue(const SharedBuffer& records, std::uint64_t turn) {
    if (has_room(turn)) queue_.append(records);
}

void Session::enqueue(std::string_view records, std::uint64_t turn) {
    if (has_room(turn)) queue_.append(records);
}

void Session::close(bool discard, TimePoint now) {
    now_ = now;
    if (state_ != State::open) return;
    const bool is_probed = upgrade_ == Upgrade::probed;
    const bool is_heard_at_once = is_poll_pending_ && queue_.empty() && !is_probed;
    const bool lingers = transport_ == Transport::polling && !discard && !is_heard_at_once;
    const TimePoint upgrade_deadline = upgrade_deadline_;
    fail(CloseReason::forced_close, "closed by the server");
    if (!lingers) return;
    state_ = State::lingering;
    linger_deadline_ = now + options_.close_timeout;
    if (!is_probed) return;
    upgrade_ = Upgrade::probed;
    upgrade_deadline_ = upgrade_deadline;
}

void Session::abandon(TimePoint now) {
    now_ = now;
    fail(CloseReason::forced_close, "made room for others");
    if (state_ == State::lingering) finish_lingering();
}

void Session::drop_queue(const Closed& closed, TimePoint now) {
    now_ = now;
    fail(closed.reason, closed.description);
    if (state_ == State::lingering) finish_lingering();
    queue_.clear();
}

void Session::finish_lingering() {
    stop_upgrade();
    state_ = State::closed;
    linger_deadline_ = no_deadline;
}

// The one way out of the open state. What waits is kept for a pending poll, or for a WebSocket that is still there.
void Session::fail(CloseReason reason, std::string_view description, Farewell farewell) {
    if (state_ != State::open) return;
    state_ = State::closed;
    farewell_ = farewell;
    post_.stop();
    stop_upgrade();
    heartbeat_deadline_ = no_deadline;
    confirm_deadline_ = no_deadline;
    put_event(SessionEvent::Kind::closed);
    event_->closed = {reason, description};
}

// --- what comes out

void Session::put_event(SessionEvent::Kind kind) {
    assert((!event_ || event_->kind != SessionEvent::Kind::closed) && "take the events before the next call");
    event_ = SessionEvent{kind, {}, {}};
}

std::optional<SessionEvent> Session::next_event() {
    read_post();
    if (!event_ && post_.done()) post_.release();
    if (!event_ && !decoded_.empty()) std::string().swap(decoded_);
    return std::exchange(event_, std::nullopt);
}

std::string Session::take_payload() {
    std::string payload;
    if (transport_ == Transport::websocket) append_queue(payload, queue_);
    return payload;
}

bool Session::is_poll_answer_due() const noexcept {
    if (!is_poll_pending_) return false;
    return !queue_.empty() || farewell_ != Farewell::none || upgrade_ == Upgrade::probed;
}

std::string Session::take_poll_answer() {
    is_poll_pending_ = false;
    if (!std::exchange(is_greeted_, true) && state_ == State::open) confirm_deadline_ = now_ + options_.confirm_timeout;
    std::string payload;
    if (transport_ == Transport::polling) append_queue(payload, queue_);
    if (state_ == State::lingering) {
        const bool goes_on = !payload.empty() || upgrade_ == Upgrade::probed;
        if (payload.empty()) append_packet(payload, PacketType::noop);
        if (goes_on) return payload;
        finish_lingering();
    }
    if (farewell_ == Farewell::close) {
        append_packet(payload, PacketType::close);
    } else if (payload.empty()) {
        append_packet(payload, PacketType::noop);
    }
    return payload;
}

bool Session::is_finished() const noexcept {
    return state_ == State::closed && !is_poll_pending_;
}

TimePoint Session::next_deadline() const noexcept {
    return std::min({heartbeat_deadline_, upgrade_deadline_, linger_deadline_, confirm_deadline_});
}

void Session::handle_deadline(TimePoint now) {
    now_ = now;
    if (now >= linger_deadline_) finish_lingering();
    if (now >= upgrade_deadline_) {
        stop_upgrade();
        put_event(SessionEvent::Kind::probe_failed);
    }
    if (now >= confirm_deadline_) fail(CloseReason::transport_close, "nobody came back after the handshake");
    if (now >= heartbeat_deadline_) handle_heartbeat();
}

}  // namespace parley::engineio
