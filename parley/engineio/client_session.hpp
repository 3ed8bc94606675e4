// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "parley/base/time.hpp"
#include "parley/engineio/greeting.hpp"
#include "parley/engineio/packet.hpp"
#include "parley/engineio/payload.hpp"
#include "parley/engineio/session.hpp"
#include "parley/engineio/transport.hpp"

namespace parley::engineio {

/// What a client may choose about one session.
struct ClientOptions {
    int revision = 4;                                ///< of the protocol: 4, or 3
    bool upgrade = true;                             ///< from polling to WebSocket, when the server offers it
    std::chrono::milliseconds open_timeout{20'000};  ///< for the open packet
    std::chrono::milliseconds close_timeout{5'000};  ///< for the goodbye to leave
    std::size_t send_buffer_bytes_max = 64'000'000;  ///< of what waits to be sent
};

/// What happened to a client's session, one at a time.
struct ClientEvent {
    enum class Kind : std::uint8_t {
        opened,            ///< the server has greeted: `greeting()`
        message_received,  ///< `message`
        pinged,            ///< the server asked whether the client is there, and is answered (protocol 4)
        upgraded,          ///< the WebSocket of the upgrade is now the session's
        closed,            ///< the end, said once: close every connection of the session
    };
    Kind kind{};
    Message message;  ///< valid until the next call of `next_event` or of a `receive_...`
    Closed closed;
};

/// The client's end of one Engine.IO session from its first octet to its end, over polling, WebSocket, or first one and
/// then the other (Engine.IO protocol 4, or 3, in which it is the client that pings). It reads no clock and owns no
/// connection.
///
/// The driver tells it what arrived (`receive_...`), what the program wants (`send`, `close`) and that a deadline
/// passed. After each such call it drains `next_event()`, then does what is due:
///   - `is_poll_due()`: it sends a GET and says `begin_poll()`;
///   - `is_post_due()`: it sends a POST of `take_payload()`;
///   - `is_upgrade_due()`: it opens a WebSocket for the session and says `begin_upgrade()`;
///   - `take_upgrade_packet()`: it sends that text on the WebSocket of the upgrade;
///   - not `is_upgrading()` any more, and not `upgraded`: it closes the WebSocket of the upgrade;
///   - `take_packet()`: it sends that on the session's WebSocket;
///   - `is_finished()`: it closes the connections and destroys this.
class ClientSession {
 public:
    /// A session that is to open over `transport`. `options` must outlive it.
    ClientSession(const ClientOptions& options, Transport transport, TimePoint now);

    [[nodiscard]] Transport transport() const noexcept { return transport_; }
    [[nodiscard]] bool is_open() const noexcept { return state_ == State::open; }
    [[nodiscard]] bool is_finished() const noexcept { return state_ == State::closed && !event_; }
    /// Of an open session.
    [[nodiscard]] const Greeting& greeting() const noexcept { return greeting_; }

    // What arrives.

    /// The body of the answer to the GET.
    void receive_poll_answer(std::string_view body, TimePoint now);
    /// The server took the last POST.
    void receive_post_answer(TimePoint now);
    /// One message of the session's WebSocket.
    void receive_frame(std::string_view data, bool is_binary, TimePoint now);
    /// The session's transport is of no use any more, for this reason; `description` is a literal.
    void receive_failure(CloseReason reason, std::string_view description);
    /// The WebSocket of the upgrade is open; one message of it; it is gone.
    void receive_upgrade_open();
    void receive_upgrade_frame(std::string_view data, bool is_binary, TimePoint now);
    void receive_upgrade_closed();

    // What the program wants.

    /// Sends one message. False: the session is not open, or too much waits (`send_buffer_bytes_max`).
    bool send(const Message& message);
    /// Whether nothing waits to be sent and a message would leave at once: where not, volatile ones are dropped.
    [[nodiscard]] bool is_writable() const noexcept;
    /// Whether the next message may be written to the session's WebSocket at once, without `send`.
    [[nodiscard]] bool sends_directly() const noexcept { return uses_websocket() && is_writable(); }
    /// Octets that wait.
    [[nodiscard]] std::size_t waiting_bytes() const noexcept { return waiting_bytes_; }
    /// Ends the session: what waits goes before the goodbye.
    void close(TimePoint now);

    // What comes out.

    [[nodiscard]] std::optional<ClientEvent> next_event();

    [[nodiscard]] bool is_poll_due() const noexcept;
    void begin_poll() noexcept { is_polling_ = true; }
    [[nodiscard]] bool is_post_due() const noexcept;
    /// At most `Greeting::max_payload` octets, but one packet at least.
    [[nodiscard]] std::string take_payload();
    [[nodiscard]] bool is_upgrade_due() const noexcept { return upgrade_ == Upgrade::offered && is_open(); }
    void begin_upgrade() noexcept { upgrade_ = Upgrade::connecting; }
    [[nodiscard]] bool is_upgrading() const noexcept { return upgrade_ > Upgrade::offered; }
    [[nodiscard]] std::optional<std::string_view> take_upgrade_packet() noexcept;
    /// One packet for the session's WebSocket; nothing: none waits. Binary ones go as binary messages, of protocol 3
    /// with the octet of their type in front.
    struct OwnedPacket {
        PacketType type{};
        std::string data;
        bool is_binary = false;
        bool compress = true;
    };
    [[nodiscard]] std::optional<OwnedPacket> take_packet();
    /// Whether the session's WebSocket is to be closed: everything was said.
    [[nodiscard]] bool is_goodbye_due() const noexcept;

    [[nodiscard]] TimePoint next_deadline() const noexcept;
    void handle_deadline(TimePoint now);

 private:
    enum class State : std::uint8_t { opening, open, closing, closed };
    enum class Upgrade : std::uint8_t { none, offered, connecting, probing, pausing };

    void handle_packet(const Packet& packet);
    void handle_greeting(std::string_view json);
    void put_event(ClientEvent::Kind kind);
    void put(PacketType type, const Message& message);
    [[nodiscard]] OwnedPacket take_front();
    void fail(CloseReason reason, std::string_view description);
    void end(CloseReason reason, std::string_view description);
    void stop_upgrade();
    void complete_upgrade();
    [[nodiscard]] bool is_pinging() const noexcept { return options_.revision == 3; }
    [[nodiscard]] bool is_paused() const noexcept { return upgrade_ == Upgrade::pausing; }
    [[nodiscard]] bool uses_websocket() const noexcept { return transport_ == Transport::websocket; }

    const ClientOptions& options_;
    Greeting greeting_;
    std::deque<OwnedPacket> queue_;
    std::size_t waiting_bytes_ = 0;
    std::string payload_;  // of the poll that is being read
    PayloadReader reader_;
    std::string decoded_;
    std::optional<ClientEvent> event_;
    std::optional<Closed> end_;  // to be said behind that event
    std::optional<std::string_view> upgrade_packet_;

    TimePoint now_{};
    TimePoint heartbeat_deadline_ = no_deadline;
    TimePoint ping_at_ = no_deadline;  // where it is the client that pings
    TimePoint deadline_;               // for the open packet, and then for the goodbye
    Transport transport_;
    State state_ = State::opening;
    Upgrade upgrade_ = Upgrade::none;
    bool is_polling_ = false;
    bool is_posting_ = false;
    bool is_pong_waiting_ = false;
};

}  // namespace parley::engineio
