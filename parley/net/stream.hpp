// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

#include "parley/base/error.hpp"
#include "parley/base/intrusive_list.hpp"
#include "parley/base/outbox.hpp"
#include "parley/base/time.hpp"
#include "parley/net/closing_limits.hpp"
#include "parley/net/endpoint.hpp"

namespace parley::net {

class Loop;
class Stream;

/// A connection on its way from one loop to another: nothing happens on it until a loop has adopted it. It may be
/// handed to any thread; destroyed, it ends the connection.
class DetachedStream {
 public:
    virtual ~DetachedStream() = default;
    DetachedStream(const DetachedStream&) = delete;
    DetachedStream& operator=(const DetachedStream&) = delete;

 protected:
    DetachedStream() = default;

 private:
    friend class Loop;
    /// Once: the connection as a stream of `loop`, a loop of the same kind as the one that it came from.
    [[nodiscard]] virtual std::unique_ptr<Stream> attach(Loop& loop) = 0;
};

/// What happens on a stream. All calls come from the loop, never from inside a call into a stream; each may destroy the
/// stream, this handler, or any other stream, listener, timer or task. None may throw.
class StreamHandler {
 public:
    /// Bytes arrived. `bytes` is the memory that `receive_window` named, filled from its start, or else a part of the
    /// loop's buffer; it may be changed in place, is valid during the call, and in the loop's buffer 64 more octets
    /// behind it may be read (not trusted).
    virtual void on_data(std::span<char> bytes) = 0;

    /// Where the next bytes shall be put; empty means the loop's buffer. Asked before each receive: the place for the
    /// rest of a large message, so that it is received where it is needed; where many connections bring something at
    /// once, only its beginning is filled in one turn. It must live until the following `on_data` or `on_closed`.
    virtual std::span<char> receive_window() { return {}; }

    /// The peer will send nothing more (FIN). Sending is still possible; a handler with nothing more to say calls
    /// `close()`. Nothing else ends such a connection but a reset.
    virtual void on_end() = 0;

    /// The outbox has been sent to its last byte; it is time to append more, if there is more. Called in the flush, so
    /// what is appended now leaves with the next turn.
    virtual void on_drained() {}

    /// The connection is over and its descriptor released; no call follows. No error: `close()` was called and has
    /// finished. An error says why else: reset, broken, or the peer took too long to take what `close()` had to send.
    virtual void on_closed(std::optional<Error> error) = 0;

    /// What `close()` and `await_end()` keep to; asked from inside of a call into the stream, too.
    [[nodiscard]] virtual ClosingLimits closing_limits() const { return {}; }

 protected:
    ~StreamHandler() = default;
};

/// One connection: bytes in, bytes out.
///
/// Bytes come to the handler; bytes to send are appended to `outbox()`, and `flush_soon()` asks for one send at the end
/// of the turn. Destroying a stream ends the connection at once (what is still in the outbox is lost) and is allowed
/// inside every callback. Belongs to its loop's thread and must be destroyed before the loop.
///
/// A stream over another stream (TLS) derives from this, too.
class Stream : private ListHook {
 public:
    /// More than this waiting is sent at once, while it is hot in the cache, rather than at the end of the turn.
    static constexpr std::size_t send_at_once_bytes = 65'536;

    virtual ~Stream();
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    /// Names the receiver of everything that happens. The first call starts the reading; later ones take effect at
    /// once. The handler must live as long as the stream, or until another is set.
    void set_handler(StreamHandler& handler);

    /// What waits to be sent. Append, then call `flush_soon()`.
    [[nodiscard]] Outbox& outbox() noexcept { return outbox_; }
    [[nodiscard]] const Outbox& outbox() const noexcept { return outbox_; }

    /// Asks for the outbox to be sent at the end of this turn; cheap, call it as often as you like. When much is
    /// waiting the send is tried now. Calls no handler either way.
    void flush_soon() {
        if (outbox_.size() > send_at_once_bytes) flush();
        if (!is_linked()) join_flush();
    }

    /// Tries to send now; for a stream that lies on this one. Calls no handler: what comes of it is told at the end of
    /// the turn.
    virtual void flush() = 0;

    /// Stops and restarts the delivery of bytes and of the peer's FIN. A reset is still noticed while paused.
    virtual void pause_reading() = 0;
    virtual void resume_reading() = 0;

    /// Only the peer's end is awaited from now on, whatever comes before it: no more than `read_bytes_max` octets are
    /// taken in each `read_interval` (ClosingLimits), until FIN has arrived, with which what lies before it is bounded.
    /// Nothing changes where there is no memory for it.
    virtual void await_end() = 0;

    /// Ends the connection in order: sends what waits, then FIN, drops what the peer still sends until its FIN, as
    /// slowly as `await_end` says, then `on_closed`. Bounded by the handler's ClosingLimits. No `on_data`, `on_end` or
    /// `on_drained` follows.
    virtual void close() = 0;

    /// Takes the connection off its loop, so that another one may adopt it (`Loop::adopt`): no call to the handler
    /// follows, and this stream is over. Octets that the handler was given are its own to carry along; what had not
    /// been received, FIN included, comes to the next stream. Null, and nothing has happened, where something waits to
    /// be sent, or the connection is being closed or is broken.
    [[nodiscard]] virtual std::unique_ptr<DetachedStream> detach() = 0;

    /// When the connection last took bytes; now, while nothing is held up. A slow peer is one for whom this lies far
    /// back.
    [[nodiscard]] virtual TimePoint last_progress() const = 0;

    [[nodiscard]] virtual Endpoint peer() const = 0;
    [[nodiscard]] virtual Endpoint local() const = 0;

    /// Whether nobody on the way can read what it carries (TLS).
    [[nodiscard]] virtual bool is_secure() const noexcept { return false; }

    [[nodiscard]] Loop& loop() const noexcept { return loop_; }

 protected:
    explicit Stream(Loop& loop) : loop_(loop) {}

    /// The handler has been set for the first time: reading may start.
    virtual void handle_started() = 0;

    /// The flush at the end of the turn: sends and tells the handler what came of it. May destroy this stream.
    virtual void handle_flush() = 0;

    /// For a stream over another one: does the other's flush now, as the last step of its own. May destroy both.
    static void flush_beneath(Stream& under) {
        under.unlink();
        under.handle_flush();
    }

    /// Puts this stream on the list of those that are flushed at the end of the turn.
    void join_flush();

    [[nodiscard]] StreamHandler* handler() const noexcept { return handler_; }

 private:
    friend class Loop;
    friend class IntrusiveList<Stream>;

    Loop& loop_;
    StreamHandler* handler_ = nullptr;
    Outbox outbox_;
};

}  // namespace parley::net
