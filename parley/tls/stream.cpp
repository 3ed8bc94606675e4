// SPDX-License-Identifier: MIT
#include "parley/tls/stream.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>
#include <vector>

#include "parley/net/loop.hpp"

namespace parley::tls {
namespace {

// So much may wait below, encrypted: what a fast line takes before the next turn.
constexpr std::size_t encrypted_bytes_max = 128 * 1024;
// More than that is what TLS says by itself, as to each request for new keys (RFC 8446 §4.6.3), to a peer that takes
// nothing.
constexpr std::size_t unasked_bytes_max = 2 * encrypted_bytes_max;

// What the connections of one thread share: always the same memory, so that it stays in the cache.
struct Workspace {
    static constexpr std::size_t read_bytes = 64 * 1024;
    static constexpr std::size_t slack_bytes = 64;  // may be read behind the data: StreamHandler::on_data

    std::vector<char> read_buffer = std::vector<char>(read_bytes + slack_bytes);
    std::array<char, Session::record_bytes_max> record{};
    std::array<std::string_view, 32> pieces;
};

Workspace& workspace() {
    thread_local const std::unique_ptr<Workspace> of_this_thread = std::make_unique<Workspace>();
    return *of_this_thread;
}

// The octets of the next record: as they lie, where that is much, else put together.
std::string_view next_record(const Outbox& outbox) {
    Workspace& shared = workspace();
    const std::size_t count = outbox.gather(shared.pieces);
    std::string_view first = shared.pieces.front();
    if (count == 1 || first.size() >= shared.record.size()) return first.substr(0, shared.record.size());
    std::size_t size = 0;
    for (std::size_t i = 0; i < count && size < shared.record.size(); ++i) {
        const std::string_view part = shared.pieces[i].substr(0, shared.record.size() - size);
        std::ranges::copy(part, shared.record.begin() + static_cast<std::ptrdiff_t>(size));
        size += part.size();
    }
    return {shared.record.data(), size};
}

}  // namespace

TlsStream::TlsStream(std::unique_ptr<net::Stream> under, std::unique_ptr<Session> session)
    : Stream(under->loop()), under_(std::move(under)), session_(std::move(session)) {}

void TlsStream::handle_started() {
    if (state_ != State::fresh) return;
    state_ = State::open;
    under_->set_handler(*this);
    join_flush();  // where the handshake begins, and what came before is read
}

// ---- in

void TlsStream::on_data(std::span<char> octets) {
    if (is_ended_) return;  // behind close_notify there is nothing of TLS
    session_->receive({octets.data(), octets.size()});
    static_cast<void>(read());
}

void TlsStream::on_end() {
    if (state_ != State::open || std::exchange(is_ended_, true)) return;
    if (closing_ != nullptr) return finish_close();
    if (session_->role() == Role::server && session_->is_established()) return handler()->on_end();
    fail(session_->is_established()
             ? Error{ErrorCode::disconnected, "The connection ended where TLS had not (no close_notify)."}
             : Error{ErrorCode::tls_failed, "The connection ended in the handshake of TLS."});
}

// Reads what there is, while the handler wants it. False: a handler has destroyed this.
bool TlsStream::read() {
    const std::weak_ptr<const bool> life = life_;
    try {
        while (may_read()) {
            std::span<char> window = session_->is_established() ? handler()->receive_window() : std::span<char>{};
            if (window.empty()) window = std::span(workspace().read_buffer).first(Workspace::read_bytes);
            std::size_t filled = 0;
            const Session::Status status = fill(window, filled);
            if (!under_->outbox().empty()) under_->flush_soon();
            if (under_->outbox().size() > unasked_bytes_max) {
                fail({ErrorCode::limit_exceeded, "The other side has TLS answer and does not take the answers."});
                break;
            }
            if (filled > 0) handler()->on_data(window.first(filled));
            if (life.expired()) return false;
            if (status == Session::Status::wants_input) return true;
            if (status != Session::Status::read) handle(status);
            if (life.expired()) return false;
        }
        if (session_ == nullptr) return true;  // it has left for another loop
        is_paused_ && !is_ended_ ? session_->keep_input() : session_->forget_input();
    } catch (const std::bad_alloc&) {
        if (life.expired()) return false;
        loop().note_allocation_failure();
        fail({ErrorCode::limit_exceeded, "There is no memory left for TLS."});
    }
    return true;
}

// As many records as the window takes.
Session::Status TlsStream::fill(std::span<char> window, std::size_t& filled) {
    Session::Reading reading{Session::Status::read, 0};
    while (reading.status == Session::Status::read && filled < window.size()) {
        reading = session_->read(window.subspan(filled), under_->outbox());
        filled += reading.bytes;
    }
    return reading.status;
}

// The handler is called last: it may destroy this stream.
void TlsStream::handle(Session::Status status) {
    if (state_ != State::open) return;
    switch (status) {
        case Session::Status::established: {
            if (closing_ != nullptr) return finish_close();
            if (!outbox().empty()) join_flush();
            Function<void()> told = std::move(on_established_);
            return told ? told() : void();
        }
        case Session::Status::ended:
            is_ended_ = true;
            return handler()->on_end();
        case Session::Status::failed:
            if (session_->was_http()) under_->outbox().append(plain_answer_);
            return fail(session_->error());
        case Session::Status::read:
        case Session::Status::wants_input:
            return;
    }
}

void TlsStream::pause_reading() {
    is_paused_ = true;
    under_->pause_reading();
}

void TlsStream::resume_reading() {
    is_paused_ = false;
    under_->resume_reading();
    if (session_ != nullptr && session_->has_input()) join_flush();
}

// ---- out

void TlsStream::encrypt(std::size_t bytes_max) {
    while (!outbox().empty() && under_->outbox().size() < bytes_max) {
        const std::string_view record = next_record(outbox());
        if (!session_->write(record, under_->outbox())) return fail(session_->error());
        outbox().consume(record.size());
        drained_untold_ = true;
    }
}

void TlsStream::flush() {
    if (state_ != State::open || !session_->is_established()) return;
    encrypt(encrypted_bytes_max);
    under_->flush();
    join_flush();
}

// A handler is called last: it may destroy this stream.
void TlsStream::handle_flush() {
    if (state_ != State::open) return outbox().clear();
    const bool begins = session_->role() == Role::client && !session_->is_established();
    if (may_read() && (begins || session_->has_input()) && !read()) return;
    if (state_ != State::open) return;
    if (session_->is_established()) encrypt(encrypted_bytes_max);
    flush_beneath(*under_);
}

// What could not be encrypted yet goes on its way; when all of it has left, the handler is told.
void TlsStream::on_drained() {
    if (state_ != State::open) return;
    if (!outbox().empty()) return join_flush();
    if (std::exchange(drained_untold_, false)) handler()->on_drained();
}

// ---- the end

void TlsStream::close() {
    if (closing_ != nullptr) return;
    const bool must_wait = state_ == State::open && !session_->is_established() && !outbox().empty();
    if (!must_wait || !loop().contain([this] { wait_to_close(); })) finish_close();
}

// What is to be sent goes behind the handshake, which has as long as anything that is sent at the end.
void TlsStream::wait_to_close() {
    closing_ = std::make_unique<net::Timer>(loop(), [this] { finish_close(); });
    closing_->start(closing_limits().stall_timeout);
}

void TlsStream::finish_close() {
    if (state_ != State::fresh && state_ != State::open) return;
    closing_.reset();
    const bool was_fresh = std::exchange(state_, State::closing) == State::fresh;
    if (was_fresh) under_->set_handler(*this);
    // All of it, so that the stream below may judge whether the peer takes it.
    if (session_->is_established()) encrypt(SIZE_MAX);
    session_->close(under_->outbox());
    outbox().clear();
    under_->close();
}

void TlsStream::fail(Error error) {
    if (state_ != State::open) return;
    state_ = State::closing;
    closing_.reset();
    error_ = std::move(error);
    outbox().clear();
    under_->close();  // sends the alert, if there is one
}

void TlsStream::on_closed(std::optional<Error> error) {
    state_ = State::closed;
    closing_.reset();
    outbox().clear();
    if (error_) error = std::move(error_);
    if (handler() != nullptr) handler()->on_closed(std::move(error));
}

ClosingLimits TlsStream::closing_limits() const {
    return handler() != nullptr ? handler()->closing_limits() : ClosingLimits();
}

// ---- from loop to loop

class TlsStream::Detached final : public net::DetachedStream {
 public:
    Detached(std::unique_ptr<net::DetachedStream> under, std::unique_ptr<Session> session, std::string_view answer)
        : under_(std::move(under)), session_(std::move(session)), plain_answer_(answer) {}

 private:
    std::unique_ptr<net::Stream> attach(net::Loop& loop) override {
        auto stream = std::make_unique<TlsStream>(loop.adopt(std::move(under_)), std::move(session_));
        stream->set_plain_answer(plain_answer_);
        return stream;
    }

    std::unique_ptr<net::DetachedStream> under_;
    std::unique_ptr<Session> session_;
    std::string_view plain_answer_;
};

std::unique_ptr<net::DetachedStream> TlsStream::detach() {
    const bool is_well = (state_ == State::fresh || state_ == State::open) && !is_ended_ && closing_ == nullptr;
    if (!is_well || !outbox().empty()) return nullptr;
    session_->keep_input();
    std::unique_ptr<net::DetachedStream> under = under_->detach();
    if (under == nullptr) {
        drained_untold_ = true;  // something of TLS waits: who wanted to go is told when it has left
        return nullptr;
    }
    state_ = State::closed;
    return std::make_unique<Detached>(std::move(under), std::move(session_), plain_answer_);
}

}  // namespace parley::tls
