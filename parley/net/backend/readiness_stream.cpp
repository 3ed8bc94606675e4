// SPDX-License-Identifier: MIT
#include "parley/net/backend/readiness_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "parley/net/loop.hpp"
#include "parley/net/system_error.hpp"

namespace parley::net::detail {
namespace {

// One stream sends no more than this per turn, so that a fast reader does not keep the others waiting.
constexpr std::size_t send_per_turn_bytes_max = 1024 * 1024;

}  // namespace

void ReadinessStream::handle_started() {
    if (state_ == State::fresh) state_ = State::open;
    join_flush();
}

bool ReadinessStream::may_receive() const {
    if (ended_ || state_ == State::fresh || state_ == State::closed) return false;
    return state_ != State::open || !paused_;
}

bool ReadinessStream::is_held_back() const {
    return closing_ != nullptr && closing_->share == 0 && !end_announced_;
}

ReadinessStream::Interest ReadinessStream::interest() const {
    return {.readable = wants_input(), .writable = held_up_, .end = may_receive() && is_held_back()};
}

void ReadinessStream::note_interest() {
    if (interest() != watched_) join_flush();
}

void ReadinessStream::pause_reading() {
    paused_ = true;
    note_interest();
}

void ReadinessStream::resume_reading() {
    paused_ = false;
    note_interest();
}

TimePoint ReadinessStream::last_progress() const {
    return held_up_ ? last_progress_ : loop().now();
}

// ---- receiving

void ReadinessStream::handle_ready(Readiness ready) {
    if (state_ == State::closed) return;
    if (ready.writable && held_up_) {
        may_retry_ = true;
        join_flush();
    }
    if (ready.ended && closing_ != nullptr && !end_announced_) {
        end_announced_ = true;
        note_interest();
    }
    if (wants_input()) {
        // A broken connection may still hold bytes that arrived before; receiving tells when they are all out.
        if (ready.readable || ready.broken) receive(ready.broken);
    } else if (ready.broken) {
        finish(connection_error(take_error()));
    }
}

// The handler is called last: it may destroy this stream.
void ReadinessStream::receive(bool broken) {
    const bool drop = state_ != State::open;
    std::span<char> window = drop ? std::span<char>{} : handler()->receive_window();
    if (window.empty()) window = workspace().receive_buffer();
    window = window.first(std::min(window.size(), workspace().share_bytes));
    if (closing_ != nullptr && !end_announced_) window = window.first(std::min(window.size(), closing_->share));
    const Transfer transfer = receive_some(window);
    switch (transfer.kind) {
        case Transfer::Kind::done:
            if (closing_ != nullptr) count_share(transfer.bytes);
            if (!drop) handler()->on_data(window.first(transfer.bytes));
            return;
        case Transfer::Kind::would_block:
            if (broken) finish(connection_error(take_error()));
            return;
        case Transfer::Kind::ended:
            ended_ = true;
            join_flush();
            if (!drop) return handler()->on_end();
            if (state_ == State::lingering) finish(std::nullopt);
            return;
        case Transfer::Kind::failed:
            // Once everything has been handed over, a reset is only a rude way of saying goodbye.
            if (state_ == State::lingering) return finish(std::nullopt);
            return finish(connection_error(transfer.error));
    }
}

// ---- sending

bool ReadinessStream::may_send() const {
    if (state_ != State::open && state_ != State::closing) return false;
    return pending_error_ == 0 && (!held_up_ || may_retry_);
}

void ReadinessStream::flush() {
    if (!may_send()) return;
    send_pending();
    join_flush();
}

void ReadinessStream::send_pending() {
    const bool was_held_up = held_up_;
    held_up_ = may_retry_ = false;
    std::size_t sent = 0;
    while (!outbox().empty() && !held_up_ && sent < send_per_turn_bytes_max) {
        const std::size_t count = outbox().gather(workspace().pieces);
        const Transfer transfer = send_some(std::span(workspace().pieces).first(count));
        if (transfer.kind == Transfer::Kind::failed) {
            pending_error_ = transfer.error;
            return;
        }
        held_up_ = transfer.is_short;
        if (transfer.bytes > 0 || !was_held_up) last_progress_ = loop().now();
        if (transfer.bytes > 0) {
            outbox().consume(transfer.bytes);
            drained_untold_ = true;
            sent += transfer.bytes;
        }
    }
}

// A handler is called last: it may destroy this stream.
void ReadinessStream::handle_flush() {
    if (state_ == State::fresh || state_ == State::closed) return;
    if (may_send()) send_pending();
    if (pending_error_ != 0) return finish(connection_error(pending_error_));
    if (state_ == State::closing) return go_on_closing();
    if (state_ == State::lingering) outbox().clear();  // appended after FIN: kept, it would ask for a turn for ever
    update_watch();
    if (!outbox().empty()) {
        if (!held_up_) join_flush();  // it has had its share of this turn
    } else if (state_ == State::open && drained_untold_) {
        drained_untold_ = false;
        handler()->on_drained();
    }
}

void ReadinessStream::update_watch() {
    const Interest wanted = interest();
    if (watches_ && wanted == watched_) return;
    watches_ = true;
    watched_ = wanted;
    if (watch(wanted)) return;
    pending_error_ = ENOMEM;
    join_flush();
}

std::unique_ptr<DetachedStream> ReadinessStream::detach() {
    const bool is_well = (state_ == State::fresh || state_ == State::open) && pending_error_ == 0;
    if (!is_well || closing_ != nullptr || !outbox().empty()) return nullptr;
    std::unique_ptr<DetachedStream> detached = give_away();
    state_ = State::closed;
    return detached;
}

// ---- closing

ReadinessStream::Closing::Closing(ReadinessStream& stream)
    : limits(stream.handler() != nullptr ? stream.handler()->closing_limits() : ClosingLimits()),
      share_timer(stream.loop(), [&stream] { stream.handle_share_timer(); }),
      share(limits.read_bytes_max),
      timer(stream.loop(), [&stream] { stream.handle_close_timer(); }) {}

void ReadinessStream::await_end() {
    if (closing_ != nullptr || state_ == State::closed) return;
    loop().contain([this] { closing_ = std::make_unique<Closing>(*this); });
}

void ReadinessStream::count_share(std::size_t bytes) {
    if (!closing_->share_timer.is_running()) closing_->share_timer.start(closing_->limits.read_interval);
    closing_->share -= std::min(bytes, closing_->share);
    note_interest();
}

void ReadinessStream::handle_share_timer() {
    closing_->share = closing_->limits.read_bytes_max;
    note_interest();
}

void ReadinessStream::close() {
    if (state_ != State::fresh && state_ != State::open) return;
    state_ = State::closing;
    join_flush();
}

void ReadinessStream::go_on_closing() {
    if (outbox().empty()) {
        if (ended_) return finish(std::nullopt);
        state_ = State::lingering;
        send_end();
    } else if (!held_up_) {
        join_flush();
    }
    await_end();
    if (closing_ == nullptr) return finish(connection_error(ENOMEM));  // without a time it might wait for ever
    update_watch();
    if (state_ == State::lingering) return closing_->timer.start(closing_->limits.linger_timeout);
    if (closing_->timer.is_running()) return;
    closing_->since = loop().now();
    closing_->passed = outbox().passed();
    closing_->timer.start(closing_->limits.stall_timeout);
}

void ReadinessStream::handle_close_timer() {
    if (state_ == State::lingering) return finish(std::nullopt);
    const std::uint64_t taken = outbox().passed() - closing_->passed;
    const Duration earned = std::chrono::milliseconds(taken * 1000 / closing_->limits.bytes_per_second_min);
    const TimePoint deadline = std::min(last_progress(), closing_->since + earned) + closing_->limits.stall_timeout;
    if (loop().now() < deadline) return closing_->timer.start_at(deadline);
    finish(Error{ErrorCode::timed_out, "The other side did not take what was left to send."});
}

void ReadinessStream::finish(std::optional<Error> error) {
    state_ = State::closed;
    closing_.reset();
    release();
    outbox().clear();
    if (handler() != nullptr) handler()->on_closed(std::move(error));
}

}  // namespace parley::net::detail
