// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "parley/net/stream.hpp"
#include "parley/net/timer.hpp"

namespace parley::net::detail {

/// What came of one attempt to receive or to send.
struct Transfer {
    enum class Kind : std::uint8_t { done, would_block, ended, failed };

    static Transfer done(std::size_t bytes) { return {Kind::done, false, 0, bytes}; }
    static Transfer sent(std::size_t bytes, std::size_t offered) { return {Kind::done, bytes < offered, 0, bytes}; }
    static Transfer would_block() { return {Kind::would_block, true, 0, 0}; }
    static Transfer ended() { return {Kind::ended, false, 0, 0}; }
    static Transfer failed(int error) { return {Kind::failed, false, error, 0}; }

    Kind kind = Kind::would_block;
    bool is_short = false;  // less was taken than was offered: there is no more room
    int error = 0;          // an errno value
    std::size_t bytes = 0;
};

/// What the connections of one loop share: always the same memory, so that it stays in the cache.
struct StreamWorkspace {
    static constexpr std::size_t receive_bytes = 256 * 1024;
    // Of all that are ready together, and the least that one of many may bring.
    static constexpr std::size_t turn_bytes = 4 * 1024 * 1024;
    static constexpr std::size_t share_bytes_min = 32 * 1024;
    static constexpr std::size_t slack_bytes =
        64;  // readable behind the data, so that vector code need not look where it ends

    std::span<char> receive_buffer() { return {memory.data(), receive_bytes}; }

    /// So many connections are ready in this turn: what each of them may bring, so that the others do not wait long.
    void share_among(std::size_t ready) noexcept {
        share_bytes = std::clamp(turn_bytes / std::max<std::size_t>(ready, 1), share_bytes_min, receive_bytes);
    }

    std::vector<char> memory = std::vector<char>(receive_bytes + slack_bytes);
    std::array<std::string_view, 256> pieces;
    std::size_t share_bytes = receive_bytes;
};

/// A stream over something that says when it is ready: everything but the system calls. The rules of receiving,
/// flushing and closing stand here once, for every backend of this kind.
///
/// State       may receive       may send            leaves by
/// fresh       no                no                  `set_handler` -> open, `close` -> closing, `detach` -> closed
/// open        unless paused     yes                 `close` -> closing, `detach` or an error -> closed
/// closing     a share, dropped  what is left        all sent: FIN -> lingering, an error or a stall -> closed
/// lingering   a share, dropped  no                  FIN, reset or `linger_timeout` -> closed
/// closed      no                no                  the descriptor is released, `on_closed` has been called
///
/// Interest in readiness is told once, in the flush at the end of the turn, and only when it has changed. What cannot
/// be acted upon is never waited for: a paused or ended stream does not wait for input, so nothing can spin. One that
/// has had its share of an interval, where only the end is awaited, waits for the end alone.
class ReadinessStream : public Stream {
 public:
    void flush() final;
    void pause_reading() final;
    void resume_reading() final;
    void await_end() final;
    void close() final;
    [[nodiscard]] std::unique_ptr<DetachedStream> detach() final;
    [[nodiscard]] TimePoint last_progress() const final;

 protected:
    /// What became possible. `ended`: the peer's FIN has arrived, perhaps behind octets; told where it was asked for.
    /// `broken`: the connection is reset or both directions are over.
    struct Readiness {
        bool readable = false;
        bool writable = false;
        bool ended = false;
        bool broken = false;
        [[nodiscard]] bool is_any() const { return readable || writable || ended || broken; }
    };

    /// What is waited for. The end comes as input, too; `end` is for who waits for nothing but that.
    struct Interest {
        bool readable : 1 = false;
        bool writable : 1 = false;
        bool end : 1 = false;
        friend bool operator==(const Interest&, const Interest&) = default;
    };

    explicit ReadinessStream(Loop& loop) : Stream(loop) {}

    /// Acts on readiness; may destroy this stream.
    void handle_ready(Readiness ready);

    virtual StreamWorkspace& workspace() = 0;
    virtual Transfer receive_some(std::span<char> into) = 0;
    /// Offers some or all of `pieces` to the system, from the first on.
    virtual Transfer send_some(std::span<const std::string_view> pieces) = 0;
    virtual void send_end() = 0;
    /// The error that made the connection `broken`, as an errno value; ECONNRESET when nothing better is known.
    virtual int take_error() = 0;
    /// Asks to be told of readiness, as long as it lasts; that the connection is broken is always told. False when the
    /// system has no memory for it.
    virtual bool watch(Interest interest) = 0;
    /// Gives the descriptor away, of which no readiness is told afterwards.
    virtual std::unique_ptr<DetachedStream> give_away() = 0;
    /// Gives the descriptor back. No readiness is told afterwards.
    virtual void release() = 0;

 private:
    enum class State : std::uint8_t { fresh, open, closing, lingering, closed };

    void handle_started() final;
    void handle_flush() final;

    [[nodiscard]] bool may_receive() const;
    [[nodiscard]] bool is_held_back() const;
    [[nodiscard]] bool wants_input() const { return may_receive() && !is_held_back(); }
    [[nodiscard]] Interest interest() const;
    void note_interest();
    void count_share(std::size_t bytes);
    void handle_share_timer();
    void receive(bool broken);
    [[nodiscard]] bool may_send() const;
    void send_pending();
    void update_watch();
    void go_on_closing();
    void handle_close_timer();
    void finish(std::optional<Error> error);

    // Only the end is awaited.
    struct Closing {
        explicit Closing(ReadinessStream& stream);

        ClosingLimits limits;
        Timer share_timer;  // runs in an interval in which something was taken
        std::size_t share;  // octets that may still be taken in it
        // The time of the last octets that are sent.
        Timer timer;
        TimePoint since{};
        std::uint64_t passed = 0;  // what the outbox had sent by then
    };
    std::unique_ptr<Closing> closing_;
    TimePoint last_progress_{};
    int pending_error_ = 0;  // happened where no handler may be called; told in the flush
    State state_ = State::fresh;
    bool paused_ : 1 = false;
    bool ended_ : 1 = false;           // the peer's FIN has been received
    bool end_announced_ : 1 = false;   // it has arrived, where only that is awaited
    bool held_up_ : 1 = false;         // the last send was short
    bool may_retry_ : 1 = false;       // held up, but room was announced since
    bool drained_untold_ : 1 = false;  // something was sent since the last on_drained
    bool watches_ : 1 = false;
    Interest watched_;  // what was last asked of watch()
};

}  // namespace parley::net::detail
