// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "parley/base/function.hpp"
#include "parley/net/stream.hpp"
#include "parley/net/timer.hpp"
#include "parley/tls/session.hpp"

namespace parley::tls {

/// A connection in TLS over another one, for whom has it as any other: what is appended is encrypted when it is
/// flushed, and what is told has been decrypted. The handshake begins with the first `set_handler`; what is appended
/// before it is over waits.
///
/// | State | What comes is | What goes is | Leaves by |
/// |---|---|---|---|
/// | fresh | not read | kept | `set_handler` -> open, `close` -> closing, `detach` -> closed |
/// | open | told | encrypted | `close`, when the handshake is over -> closing, what breaks TLS -> closing, `detach` or
/// an error -> closed | | closing | dropped | all sent, close_notify behind it | the other stream's end -> closed | |
/// closed | | | `on_closed` has been called |
///
/// Only as much is encrypted as may leave soon, so that `outbox()` says what waits. The peer's close_notify is its end;
/// a server takes FIN without one as that, too, and to a client it is an error, because anybody in between can send it
/// (RFC 8446 §6.1).
class TlsStream final : public net::Stream, private net::StreamHandler {
 public:
    /// `under` has no handler yet.
    TlsStream(std::unique_ptr<net::Stream> under, std::unique_ptr<Session> session);

    /// Is told once that the handshake is over. Before the first `set_handler`.
    void on_established(Function<void()> callback) { on_established_ = std::move(callback); }
    /// What who speaks HTTP in clear is answered, as a hint. It must live as long as this.
    void set_plain_answer(std::string_view answer) noexcept { plain_answer_ = answer; }

    void flush() override;
    void pause_reading() override;
    void resume_reading() override;
    void await_end() override { under_->await_end(); }
    void close() override;
    [[nodiscard]] std::unique_ptr<net::DetachedStream> detach() override;
    [[nodiscard]] TimePoint last_progress() const override { return under_->last_progress(); }
    [[nodiscard]] net::Endpoint peer() const override { return under_->peer(); }
    [[nodiscard]] net::Endpoint local() const override { return under_->local(); }
    [[nodiscard]] bool is_secure() const noexcept override { return true; }

 private:
    enum class State : std::uint8_t { fresh, open, closing, closed };
    class Detached;

    void handle_started() override;
    void handle_flush() override;

    // net::StreamHandler, of the connection below
    void on_data(std::span<char> octets) override;
    void on_end() override;
    void on_drained() override;
    void on_closed(std::optional<Error> error) override;
    [[nodiscard]] ClosingLimits closing_limits() const override;

    [[nodiscard]] bool read();
    void handle(Session::Status status);
    [[nodiscard]] Session::Status fill(std::span<char> window, std::size_t& filled);
    void encrypt(std::size_t bytes_max);
    void wait_to_close();
    void finish_close();
    void fail(Error error);
    [[nodiscard]] bool may_read() const noexcept { return state_ == State::open && !is_paused_ && !is_ended_; }

    std::unique_ptr<net::Stream> under_;
    std::unique_ptr<Session> session_;
    Function<void()> on_established_;
    std::string_view plain_answer_;
    std::optional<Error> error_;
    std::unique_ptr<net::Timer> closing_;  // `close` waits for the handshake, so long
    const std::shared_ptr<const bool> life_ = std::make_shared<const bool>(true);  // gone with this
    State state_ = State::fresh;
    bool is_paused_ = false;
    bool is_ended_ = false;        // the peer's end has been told
    bool drained_untold_ = false;  // something was encrypted since the last on_drained
};

}  // namespace parley::tls
