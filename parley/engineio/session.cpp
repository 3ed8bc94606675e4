// SPDX-License-Identifier: MIT
//
// Theory of operation
// -------------------
// A session is one of three states, and while it is open it has a transport and perhaps an upgrade under way. What is
// sent by polling waits with the driver; a poll takes all of it. Here it is only known whether something waits.
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
//   open         ping interval over                  a ping is due
//   open         ping timeout over                   closed (ping timeout)
//   open         too much waits for a poll           closed (slow consumer)
//   open         close(), GET pending, nothing said  closed (forced close); the GET gets `1`
//   open         close(), by polling, else           lingering, or with discard closed (forced close)
//   open         close(), by WebSocket               closed (forced close)
//   lingering    GET, something waits                it gets what waits
//   lingering    GET, an upgrade was probed          it gets `6`
//   lingering    GET, else                           closed: it gets `6`, then `1`
//   lingering    upgrade complete                    closed; what waits goes by the WebSocket, which is then closed
//   lingering    close timeout over                  closed
//   not closed   abandon()                           closed (forced close)
//   not closed   drop_waiting()                      closed, and nothing waits any more
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
#include <cassert>
#include <chrono>
#include <cstdint>
#include <utility>

#include "parley/base/utf8.hpp"
#include "parley/json/writer.hpp"

namespace parley::engineio {

namespace {

// What ends the answer to a poll.
constexpr std::string_view noop = "6";
constexpr std::string_view goodbye = "1";
constexpr std::string_view noop_and_goodbye = "6\0361";

// How late a driver's timer may be without the pong's time being counted from then: lateness must not add up.
constexpr Duration timer_slack = std::chrono::milliseconds(20);

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
    if (transport == Transport::polling) polling_ = std::make_unique<Polling>();
}

Session::Polling& Session::polling() {
    if (polling_ == nullptr) polling_ = std::make_unique<Polling>();
    return *polling_;
}

std::string Session::opening() const {
    const bool may_upgrade = transport_ == Transport::polling && options_.websocket && options_.allow_upgrades;
    std::string json;
    JsonWriter writer(json);
    writer.begin_object();
    writer.key("sid").value(std::string_view(sid_));
    writer.key("upgrades").begin_array();
    if (may_upgrade) writer.value(to_string(Transport::websocket));
    writer.end_array();
    writer.key("pingInterval").value(static_cast<std::int64_t>(options_.ping_interval.count()));
    writer.key("pingTimeout").value(static_cast<std::int64_t>(options_.ping_timeout.count()));
    writer.key("maxPayload").value(static_cast<std::uint64_t>(options_.max_http_buffer_size));
    writer.end_object();
    return json;
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
    if (polling_ != nullptr) polling_->confirm_deadline = no_deadline;
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
    Polling& reading = polling();
    reading.confirm_deadline = no_deadline;
    if (!is_valid_utf8(body)) {
        fail(CloseReason::parse_error, "payload that is not UTF-8");
        return true;
    }
    reading.post = PayloadReader(body);
    reading.post_budget = options_.packets_per_turn;
    return true;
}

void Session::resume_post(TimePoint now) {
    now_ = now;
    if (polling_ != nullptr) polling_->post_budget = options_.packets_per_turn;
}

void Session::receive_invalid_post(TimePoint now) {
    now_ = now;
    fail(CloseReason::transport_error, "invalid content");
}

void Session::read_post() {
    while (!event_ && is_post_pending() && polling_->post_budget > 0) {
        --polling_->post_budget;
        Packet packet;
        if (polling_->post.next(packet)) {
            handle_packet(packet);
        } else {
            fail(CloseReason::parse_error, "invalid packet in payload");
        }
    }
    if (event_ || is_post_pending()) return;
    polling_->post.release();
    if (transport_ == Transport::websocket) polling_.reset();
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
    put_event(SessionEvent::Kind::ping_due);
}

// --- the upgrade

bool Session::receive_upgrade(TimePoint now) {
    now_ = now;
    if (state_ != State::open || transport_ != Transport::polling || upgrade_ != Upgrade::none) return false;
    polling_->confirm_deadline = no_deadline;
    polling_->upgrade_deadline = now + options_.upgrade_timeout;
    upgrade_ = Upgrade::accepted;
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
    if (polling_ != nullptr) polling_->upgrade_deadline = no_deadline;
}

// --- what the program wants

Session::Route Session::route() const noexcept {
    if (state_ != State::open) return Route::nowhere;
    return transport_ == Transport::websocket ? Route::websocket : Route::queue;
}

void Session::receive_overflow(TimePoint now) {
    now_ = now;
    fail(CloseReason::slow_consumer, "too much waits for the next poll");
}

void Session::close(bool discard, TimePoint now) {
    now_ = now;
    if (state_ != State::open) return;
    const bool is_probed = upgrade_ == Upgrade::probed;
    const bool is_heard_at_once = is_poll_pending_ && !is_waiting_ && !is_probed;
    const bool lingers = transport_ == Transport::polling && !discard && !is_heard_at_once;
    const TimePoint upgrade_deadline = polling_ != nullptr ? polling_->upgrade_deadline : no_deadline;
    fail(CloseReason::forced_close, "closed by the server");
    if (!lingers) return;
    state_ = State::lingering;
    polling_->linger_deadline = now + options_.close_timeout;
    if (!is_probed) return;
    upgrade_ = Upgrade::probed;
    polling_->upgrade_deadline = upgrade_deadline;
}

void Session::abandon(TimePoint now) {
    now_ = now;
    fail(CloseReason::forced_close, "made room for others");
    if (state_ == State::lingering) finish_lingering();
}

void Session::drop_waiting(const Closed& closed, TimePoint now) {
    now_ = now;
    is_waiting_ = false;
    fail(closed.reason, closed.description);
    if (state_ == State::lingering) finish_lingering();
}

void Session::finish_lingering() {
    stop_upgrade();
    state_ = State::closed;
    polling_->linger_deadline = no_deadline;
}

// The one way out of the open state. What waits is kept for a pending poll, or for a WebSocket that is still there.
void Session::fail(CloseReason reason, std::string_view description, Farewell farewell) {
    if (state_ != State::open) return;
    state_ = State::closed;
    farewell_ = farewell;
    stop_upgrade();
    heartbeat_deadline_ = no_deadline;
    if (polling_ != nullptr) {
        polling_->post.stop();
        polling_->confirm_deadline = no_deadline;
    }
    put_event(SessionEvent::Kind::closed);
    event_->closed = {reason, description};
}

// --- what comes out

void Session::put_event(SessionEvent::Kind kind) {
    assert((!event_ || event_->kind != SessionEvent::Kind::closed) && "take the events before the next call");
    event_ = SessionEvent{kind, {}, {}};
}

std::optional<SessionEvent> Session::next_event() {
    if (polling_ != nullptr) read_post();
    if (!event_ && !decoded_.empty()) std::string().swap(decoded_);
    return std::exchange(event_, std::nullopt);
}

bool Session::is_poll_answer_due() const noexcept {
    if (!is_poll_pending_) return false;
    return is_waiting_ || farewell_ != Farewell::none || upgrade_ == Upgrade::probed;
}

std::string_view Session::answer_poll() {
    is_poll_pending_ = false;
    const bool is_polling = transport_ == Transport::polling;
    if (!std::exchange(is_greeted_, true) && state_ == State::open && is_polling)
        polling_->confirm_deadline = now_ + options_.confirm_timeout;
    const bool is_something_said = is_polling && std::exchange(is_waiting_, false);
    if (state_ == State::lingering) {
        if (is_something_said) return {};
        if (upgrade_ == Upgrade::probed) return noop;
        finish_lingering();
        return noop_and_goodbye;
    }
    if (farewell_ == Farewell::close) return goodbye;
    return is_something_said ? std::string_view() : noop;
}

bool Session::is_finished() const noexcept {
    return state_ == State::closed && !is_poll_pending_;
}

TimePoint Session::next_deadline() const noexcept {
    if (polling_ == nullptr) return heartbeat_deadline_;
    const Polling& polling = *polling_;
    return std::min(std::min(heartbeat_deadline_, polling.upgrade_deadline),
                    std::min(polling.linger_deadline, polling.confirm_deadline));
}

void Session::handle_deadline(TimePoint now) {
    now_ = now;
    if (polling_ != nullptr) {
        if (now >= polling_->linger_deadline) finish_lingering();
        if (now >= polling_->upgrade_deadline) {
            stop_upgrade();
            return put_event(SessionEvent::Kind::probe_failed);  // one event at a time: what else is due comes next
        }
        if (now >= polling_->confirm_deadline)
            fail(CloseReason::transport_close, "nobody came back after the handshake");
    }
    if (now >= heartbeat_deadline_) handle_heartbeat();
}

}  // namespace parley::engineio
