// SPDX-License-Identifier: MIT
//
// Theory of operation. Octets come from the stream, go to the machine, and come out of it as messages for the listener.
// What is sent is appended to the stream's outbox. Everything that ends the connection tells the listener once and
// never from inside a call of the owner: what `terminate` and a full outbox begin, the timer completes.
//
//   ended by                     the listener hears             then
//   the closing handshake        at its end                     the stream closes in order
//   a violation                  at once                        the stream sends the Close frame and closes in order
//   too much waiting             soon: 1008                     the same, at most close_timeout
//   nothing taken, or silence    when its time is up            the stream is cut
//   terminate, a lost stream     soon                           the stream is cut
#include "parley/web/websocket_connection.hpp"

#include <algorithm>
#include <utility>

#include "parley/net/loop.hpp"
#include "parley/web/connection_table.hpp"
#include "parley/websocket/close_code.hpp"

namespace parley::web {

namespace {

// Messages of one connection that are handled in one turn of the loop, so that one peer does not hold up the others.
constexpr int messages_per_turn_max = 128;
// A longer one counts as so many: a compressed message may be a thousand times what came.
constexpr std::size_t octets_per_message = 8 * 1024;

constexpr std::size_t reason_bytes_max = 123;  // RFC 6455 §5.5: a control frame's 125 octets without the code

constexpr std::uint16_t policy_violation = 1008;
constexpr std::uint16_t abnormal = 1006;
constexpr std::string_view slow_consumer_reason = "slow consumer";
constexpr std::string_view no_memory_reason = "out of memory";

/// The longest beginning of `text` that fits and does not cut a character.
std::string_view cut_reason(std::string_view text) {
    if (text.size() <= reason_bytes_max) return text;
    std::size_t size = reason_bytes_max;
    while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U)
        --size;
    return text.substr(0, size);
}

}  // namespace

WebSocketConnection::WebSocketConnection(ConnectionTable& table, std::unique_ptr<net::Stream> stream,
                                         SharedWebSocketOptions options, WebSocketListener& listener)
    : Connection(table, std::move(stream)),
      options_(std::move(options)),
      listener_(&listener),
      machine_(options_->machine),
      last_received_(now()) {
    schedule_timer();
}

// In.

void WebSocketConnection::start(std::span<char> early_bytes) {
    if (early_bytes.empty()) return;
    const bool is_kept = loop().contain([&] {
        machine_.receive(early_bytes, now());
        pause();
    });
    if (!is_kept) terminate();
}

void WebSocketConnection::receive(std::span<char> bytes) {
    if (!is_receiving()) return;
    last_received_ = now();
    is_pinged_ = false;
    machine_.receive(bytes, last_received_);
    drain_events();
}

// The stream is in the middle of receiving, so nothing may end here: without a window of its own the message is
// collected from the loop's buffer, and fails there.
std::span<char> WebSocketConnection::receive_window() {
    try {
        return machine_.receive_window();
    } catch (const std::bad_alloc&) {
        return {};
    }
}

void WebSocketConnection::drain_events() {
    Outbox& outbox = stream().outbox();
    for (int budget = messages_per_turn_max; is_receiving(); --budget) {
        if (budget <= 0 && machine_.has_unread()) {
            pause();
            break;
        }
        const std::optional<websocket::Event> event = machine_.next_event(outbox);
        if (!event) break;
        if (event->kind == websocket::Event::Kind::message_received) {
            budget -= static_cast<int>(event->message.data.size() / octets_per_message);
            listener_->on_message(event->message);
        } else {
            const websocket::Closed& closed = event->closed;
            finish(static_cast<std::uint16_t>(closed.code), closed.reason, closed.cause);
        }
    }
    if (stage_ != Stage::ended && !outbox.empty()) stream().flush_soon();
    schedule_timer();
    if (is_present()) retain_or_shed(machine_.retained_bytes() + behind_);
}

// Who is behind has its outbox given up, in the middle of a message: there is no goodbye. Who has sent half a message
// is told.
void WebSocketConnection::shed() {
    if (stage_ == Stage::ended) return static_cast<void>(leave());
    if (behind_ > 0 || stage_ != Stage::open)
        return cut(policy_violation, slow_consumer_reason, WebSocketCloseCause::slow_consumer);
    machine_.close({websocket::CloseCode::message_too_big, no_memory_reason}, now(), stream().outbox());
    machine_ = websocket::Connection(options_->machine);
    finish(static_cast<std::uint16_t>(websocket::CloseCode::message_too_big), no_memory_reason,
           WebSocketCloseCause::protocol_error);
    schedule_timer();
    if (is_present()) retain(0);
}

// Nothing comes from the stream, not even its end, before what is unread has been read.
void WebSocketConnection::pause() {
    machine_.keep_unread();
    is_paused_ = true;
    stream().pause_reading();
    resume_next_turn();
}

void WebSocketConnection::resume() {
    if (stage_ == Stage::terminating) return cut(abnormal, {}, WebSocketCloseCause::closed_by_us);
    if (stage_ == Stage::slow_consumer) {
        finish(policy_violation, slow_consumer_reason, WebSocketCloseCause::slow_consumer);
        return schedule_timer();
    }
    if (!is_receiving()) return;
    if (!std::exchange(is_paused_, false)) return;
    stream().resume_reading();
    drain_events();
}

void WebSocketConnection::receive_end() {
    if (!is_receiving()) return;
    machine_.receive_eof(now());
    drain_events();
}

// Out.

template <typename Append>
bool WebSocketConnection::send(Append&& append) {
    try {
        if (!may_send() || !append(stream().outbox())) return false;
    } catch (const std::bad_alloc&) {
        loop().note_allocation_failure();
        terminate();
        return false;
    }
    after_send();
    return true;
}

bool WebSocketConnection::send_text(std::string_view text, websocket::Compress compress) {
    return send([&](Outbox& outbox) { return machine_.send_text(text, outbox, compress); });
}

bool WebSocketConnection::send_text(char prefix, std::string_view text, websocket::Compress compress) {
    return send([&](Outbox& outbox) { return machine_.send_text(prefix, text, outbox, compress); });
}

bool WebSocketConnection::send_binary(std::string_view octets, websocket::Compress compress) {
    return send([&](Outbox& outbox) { return machine_.send_binary(octets, outbox, compress); });
}

bool WebSocketConnection::send_encoded(const SharedBuffer& frames) {
    return send([&](Outbox& outbox) {
        if (!machine_.is_open()) return false;
        outbox.append(frames);
        return true;
    });
}

bool WebSocketConnection::ping(std::string_view payload) {
    return send([&](Outbox& outbox) { return machine_.ping(payload, outbox); });
}

bool WebSocketConnection::may_send() {
    if (!is_open()) return false;
    const std::size_t behind = backlog_.measure(stream().outbox(), loop().turn(), options_->turn_bytes_max);
    return (behind == 0 && behind_ == 0) || may_send_behind(behind);
}

bool WebSocketConnection::may_send_behind(std::size_t behind) {
    behind_ = static_cast<std::uint32_t>(std::min<std::size_t>(behind, UINT32_MAX));
    if (behind > 0) table().tell_backlog(behind);
    // Counted here, and given up at the end of the turn: a sender's connection does not end within its call.
    retain(machine_.retained_bytes() + behind_);
    const std::size_t behind_max = memory().is_full() ? 0 : options_->outbound_bytes_max;
    if (behind <= behind_max) return true;
    machine_.close({websocket::CloseCode::policy_violation, slow_consumer_reason}, now(), stream().outbox());
    stream().flush_soon();
    stage_ = Stage::slow_consumer;
    resume_next_turn();
    return false;
}

void WebSocketConnection::after_send() {
    stream().flush_soon();
    // Cheaper than schedule_timer: once in a stall_timeout at most, this looks whether anything was taken meanwhile.
    wake_at(now() + options_->stall_timeout);
}

void WebSocketConnection::note_caught_up() {
    behind_ = 0;
    retain(machine_.retained_bytes());
}

std::size_t WebSocketConnection::buffered_bytes() const {
    return is_present() ? stream().outbox().size() : 0;
}

// The end.

void WebSocketConnection::close(std::uint16_t code, std::string_view reason) {
    if (!is_open()) return;
    stage_ = Stage::closing;
    Outbox& outbox = stream().outbox();
    const auto close_code = static_cast<websocket::CloseCode>(code);
    const auto say = [&](const websocket::CloseStatus& status) { return machine_.close(status, now(), outbox); };
    const bool is_said = loop().contain([&] {
        if (close_code == websocket::CloseCode::no_status) {
            say({});
        } else if (websocket::may_be_sent(close_code)) {
            if (!say({close_code, cut_reason(reason)})) say({close_code, {}});
        } else {
            say({websocket::CloseCode::normal, {}});
        }
    });
    if (!is_said) return terminate();
    stream().flush_soon();
    stream().await_end();
    schedule_timer();
}

void WebSocketConnection::terminate() {
    if (stage_ == Stage::ended) return;
    stage_ = Stage::terminating;
    resume_next_turn();
}

void WebSocketConnection::finish(std::uint16_t code, std::string_view reason, WebSocketCloseCause cause) {
    stream().close();
    tell(code, reason, cause);
}

void WebSocketConnection::cut(std::uint16_t code, std::string_view reason, WebSocketCloseCause cause) {
    tell(code, reason, cause);
    if (is_present()) leave();
}

void WebSocketConnection::tell(std::uint16_t code, std::string_view reason, WebSocketCloseCause cause) {
    if (stage_ == Stage::ended) return;
    stage_ = Stage::ended;
    end_deadline_ = now() + options_->close_timeout;
    machine_.use_deflate(nullptr);  // contexts are for others, while what waits still leaves
    std::exchange(listener_, nullptr)->on_closed(code, reason, cause);
}

void WebSocketConnection::handle_lost() {
    cut(abnormal, {}, WebSocketCloseCause::connection_lost);
}

void WebSocketConnection::abandon() {
    tell(abnormal, {}, WebSocketCloseCause::connection_lost);
}

// Time.

TimePoint WebSocketConnection::deadline() const {
    if (stage_ == Stage::ended) return end_deadline_;
    if (!is_receiving()) return no_deadline;
    TimePoint earliest = machine_.next_deadline();
    if (!stream().outbox().empty()) earliest = std::min(earliest, stream().last_progress() + options_->stall_timeout);
    if (pings()) earliest = std::min(earliest, silence_deadline());
    return earliest;
}

bool WebSocketConnection::pings() const {
    return is_open() && options_->ping_interval > Duration::zero();
}

TimePoint WebSocketConnection::silence_deadline() const {
    return last_received_ + options_->ping_interval + (is_pinged_ ? options_->ping_timeout : Duration::zero());
}

void WebSocketConnection::schedule_timer() {
    if (is_present()) wake_at(deadline());
}

void WebSocketConnection::handle_timer() {
    if (now() < deadline()) return schedule_timer();
    if (stage_ == Stage::ended) return static_cast<void>(leave());
    Outbox& outbox = stream().outbox();
    if (!outbox.empty() && now() >= stream().last_progress() + options_->stall_timeout)
        return cut(policy_violation, slow_consumer_reason, WebSocketCloseCause::slow_consumer);
    if (pings() && now() >= silence_deadline()) {
        if (is_pinged_) return cut(abnormal, {}, WebSocketCloseCause::timed_out);
        is_pinged_ = true;
        if (machine_.deflate() != nullptr) machine_.deflate()->trim();
        machine_.ping({}, outbox);
    }
    machine_.handle_deadline(now(), outbox);
    drain_events();
}

}  // namespace parley::web
