// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "parley/base/rate_limit.hpp"
#include "parley/base/time.hpp"
#include "parley/engineio/options.hpp"
#include "parley/engineio/packet.hpp"
#include "parley/engineio/payload.hpp"

namespace parley::engineio {

/// Why a session ended, as the official server names it; the last one is our own.
enum class CloseReason : std::uint8_t {
    transport_close,  ///< the peer closed its connection or said goodbye
    transport_error,  ///< it broke a rule of the transport, or its connection failed
    ping_timeout,     ///< it did not answer a ping
    parse_error,      ///< it sent what is no packet
    forced_close,     ///< the program closed the session
    slow_consumer,    ///< it did not take what it was sent
};

/// The official words, for example "transport close".
[[nodiscard]] std::string_view to_string(CloseReason reason) noexcept;

/// The end of a session: the reason, and a text for logs. The text is a literal.
struct Closed {
    CloseReason reason{};
    std::string_view description;
};

/// What happened to a session, one at a time.
struct SessionEvent {
    enum class Kind : std::uint8_t {
        message_received,  ///< `message` arrived
        probe_received,    ///< the WebSocket of the upgrade asks: answer it `probe_answer`
        probe_failed,      ///< close the WebSocket of the upgrade; the session goes on by polling
        upgraded,          ///< the WebSocket of the upgrade is now the session's; what waits for a poll goes there
        ping_due,          ///< send `ping`, by whatever is the transport
        closed,            ///< the end, said once: close every WebSocket of the session
    };
    Kind kind{};
    Message message;  ///< valid until the next `receive_...`, `resume_post` or `next_event`
    Closed closed;
};

/// One Engine.IO session from its handshake to its end, over polling, WebSocket, or first one and then the other
/// (Engine.IO protocol v4). It reads no clock, and owns neither a connection nor what waits for one.
///
/// The driver sends the open packet first, then puts what is sent where `route()` says, and tells whether something
/// waits for a poll (`set_waiting`). It tells what arrived (`receive_...`), what the program wants (`close`) and that a
/// deadline passed. After each such call it drains `next_event()`, then
///   - by the end of the turn, answers the pending poll when `is_poll_answer_due()` (`answer_poll`);
///   - answers a POST when `is_post_pending()` has become false, or else resumes it in the next turn;
///   - arms its one timer to `next_deadline()`;
///   - destroys it when `is_finished()`.
class Session {
 public:
    /// What a WebSocket that probes is answered.
    static constexpr Packet probe_answer{.type = PacketType::pong, .data = "probe", .compress = false};
    /// The heartbeat.
    static constexpr Packet ping{.type = PacketType::ping, .data = {}, .compress = false};

    /// Where a message of the program goes now.
    enum class Route : std::uint8_t { nowhere, queue, websocket };

    /// A session that was just accepted. `options` must outlive it.
    Session(const Options& options, std::string sid, Transport transport, TimePoint now);

    [[nodiscard]] const std::string& sid() const noexcept { return sid_; }
    [[nodiscard]] Transport transport() const noexcept { return transport_; }
    [[nodiscard]] bool is_open() const noexcept { return state_ == State::open; }
    [[nodiscard]] bool is_upgrading() const noexcept { return upgrade_ != Upgrade::none; }

    /// What the open packet says, as JSON.
    [[nodiscard]] std::string opening() const;

    // What arrives by polling.

    /// A request that names this session. False: it is one too many (`Options::polling_requests_per_second_max`), and
    /// the session is told nothing of it.
    [[nodiscard]] bool admit_request(TimePoint now) noexcept;

    /// A GET: it is answered when there is something to say. False: another one is pending; the session is over, this
    /// GET is answered 400.
    [[nodiscard]] bool receive_poll(TimePoint now);

    /// The connection of the pending GET went away before the answer: nobody knows what the peer has, the session ends.
    void receive_poll_aborted(TimePoint now);

    /// The body of a POST, to stay in place while `is_post_pending()`. Its packets come out of `next_event()`, at most
    /// `Options::packets_per_turn` of them before `resume_post`. False: another POST is pending; the session is over,
    /// this one is answered 400.
    [[nodiscard]] bool receive_post(std::string_view body, TimePoint now);

    /// Goes on with the pending POST in a new turn.
    void resume_post(TimePoint now);

    /// A POST that is not text: it is answered 400 and the session is over.
    void receive_invalid_post(TimePoint now);

    // What arrives by WebSocket.

    /// One message of the session's WebSocket.
    void receive_frame(std::string_view data, bool is_binary, TimePoint now);

    /// The session's WebSocket is gone, for a reason of the transport. `description` is a literal.
    void receive_websocket_closed(CloseReason reason, std::string_view description, TimePoint now);

    /// A WebSocket that names this session. False: it cannot be upgraded (any more), the WebSocket is to be closed.
    [[nodiscard]] bool receive_upgrade(TimePoint now);

    /// One message of the WebSocket of the upgrade.
    void receive_probe_frame(std::string_view data, bool is_binary, TimePoint now);

    /// The WebSocket of the upgrade is gone.
    void receive_probe_closed();

    // What the program wants.

    /// Where to put the next packet: into the WebSocket, or where it waits for a poll.
    [[nodiscard]] Route route() const noexcept;

    /// Whether something waits for a poll.
    void set_waiting(bool is_waiting) noexcept { is_waiting_ = is_waiting; }

    /// Too much waits for a poll: the session is over.
    void receive_overflow(TimePoint now);

    /// Ends the session: `closed` follows at once. What waits goes before the goodbye, and by polling that may need
    /// another GET; with `discard` nobody waits for one.
    void close(bool discard, TimePoint now);

    /// Ends the session, also one that still waits to say goodbye; what waits for it is forgotten.
    void drop_waiting(const Closed& closed, TimePoint now);

    /// Ends the session at once, also one that still waits to say goodbye: others need its place.
    void abandon(TimePoint now);

    // What comes out.

    [[nodiscard]] std::optional<SessionEvent> next_event();

    /// Whether an event waits that must be taken before the machine is told anything.
    [[nodiscard]] bool has_event() const noexcept { return event_.has_value(); }

    [[nodiscard]] bool is_poll_pending() const noexcept { return is_poll_pending_; }
    [[nodiscard]] bool is_poll_answer_due() const noexcept;
    /// What ends the answer to the pending poll, behind all that waits by polling; empty when that is all.
    [[nodiscard]] std::string_view answer_poll();

    [[nodiscard]] bool is_post_pending() const noexcept { return polling_ != nullptr && !polling_->post.done(); }

    [[nodiscard]] bool is_finished() const noexcept;

    [[nodiscard]] TimePoint next_deadline() const noexcept;
    void handle_deadline(TimePoint now);

 private:
    enum class State : std::uint8_t { open, lingering, closed };
    enum class Upgrade : std::uint8_t { none, accepted, probed };
    enum class Farewell : std::uint8_t { none, noop, close };

    // What is under way only while the transport is polling.
    struct Polling {
        PayloadReader post;
        std::size_t post_budget = 0;
        TimePoint upgrade_deadline = no_deadline;
        TimePoint linger_deadline = no_deadline;
        TimePoint confirm_deadline = no_deadline;
    };

    void handle_packet(const Packet& packet);
    void handle_pong();
    void handle_heartbeat();
    void start_heartbeat();
    void complete_upgrade();
    void stop_upgrade();
    void finish_lingering();
    void read_post();
    Polling& polling();
    void put_event(SessionEvent::Kind kind);
    void fail(CloseReason reason, std::string_view description, Farewell farewell = Farewell::close);

    const Options& options_;
    std::string sid_;
    RateLimit request_rate_;
    std::unique_ptr<Polling> polling_;  // null over WebSocket
    std::string decoded_;               // the octets of a frame that came as base64
    std::optional<SessionEvent> event_;

    TimePoint now_{};
    TimePoint heartbeat_deadline_ = no_deadline;

    Transport transport_;
    State state_ = State::open;
    Upgrade upgrade_ = Upgrade::none;
    Farewell farewell_ = Farewell::none;
    bool is_poll_pending_ = false;
    bool is_waiting_ = false;  // something waits for a poll
    bool is_greeted_ = false;  // the open packet has gone by polling
    bool is_pong_due_ = false;
    bool is_pong_extended_ = false;
};

}  // namespace parley::engineio
