// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/bytes.hpp"
#include "parley/base/time.hpp"
#include "parley/socketio/decoder.hpp"
#include "parley/socketio/failure.hpp"
#include "parley/socketio/limits.hpp"
#include "parley/socketio/socket_handle.hpp"

namespace parley::socketio {

/// What a message from the peer meant. Which members are set stands with each kind.
///
/// The views live until `next_event` has nothing more to say, or the next `receive_...` or `handle_deadline`.
struct Event {
    enum class Kind {
        /// The peer wants into a namespace: `namespace_name`, `data` (the auth object's JSON text; empty: none). Answer
        /// with `accept` or `refuse`, now or later.
        connect_received,
        /// `socket`, `namespace_name`, `event_name`, `ack_id`, `data` (array, the name first), `attachments`.
        event_received,
        /// `socket`, `namespace_name`, `ack_id`, `data` (array), `attachments`.
        ack_received,
        /// The peer left the namespace: `socket`, `namespace_name`. The connection has already forgotten the socket.
        disconnect_received,
        /// The connection answers by itself: `data` is a packet to send as it stands.
        reply_ready,
        /// The connection cannot go on: `failure`. Close the session; its sockets end with `forced close`.
        failed,
    };

    Kind kind{};
    /// What `accept` was given for the namespace.
    SocketHandle socket = SocketHandle::none;
    std::string_view namespace_name{};
    std::string_view event_name{};
    std::optional<std::uint64_t> ack_id{};
    /// JSON text, whole and validated; see arguments.hpp for reading arguments out of it.
    std::string_view data{};
    /// Where in the array `data` the arguments begin: behind the bracket, or behind the event's name.
    std::size_t arguments_at = 1;
    std::span<const BytesView> attachments{};
    Failure failure{};
};

/// The positive answer to a CONNECT.
struct Acceptance {
    std::string_view namespace_name{};
    /// The public id of the new socket.
    std::string_view sid{};
    /// Comes back in each event of the namespace.
    SocketHandle socket = SocketHandle::none;
};

/// The negative answer to a CONNECT.
struct Refusal {
    std::string_view namespace_name{};
    std::string_view message{};
    /// JSON text of the `data` member; empty: none.
    std::string_view data_json{};
};

/// The server's side of one Engine.IO session: which namespaces the peer is in, and what each of its packets means.
///
/// A machine: give it a message, take its events until there is none, then give it the next. It fails once; afterwards
/// it takes nothing and says nothing. The theory of operation and the state table stand in connection.cpp. For an event
/// without attachments and escapes in its name nothing is allocated. Source: Socket.IO protocol v5.
class Connection {
 public:
    /// `options` must outlive it.
    Connection(const Options& options, TimePoint now);
    Connection(Options&&, TimePoint) = delete;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Takes one text message of the session, which must live until its events are handled.
    void receive_text(std::string_view message, TimePoint now);

    /// Takes one binary message of the session. Its octets are copied.
    void receive_binary(std::string_view octets, TimePoint now);

    /// What happened, one at a time.
    [[nodiscard]] std::optional<Event> next_event();

    /// Lets the peer into a namespace that it asked for, and appends the answer to `out`.
    ///
    /// False, and nothing appended: no CONNECT of this namespace waits (the connection failed, or it is answered).
    bool accept(const Acceptance& acceptance, std::string& out);

    /// Keeps the peer out of a namespace that it asked for, and appends the answer to `out`. False as in `accept`.
    bool refuse(const Refusal& refusal, std::string& out);

    /// Puts the peer out of a namespace, and appends the DISCONNECT to `out`.
    ///
    /// Packets that the peer sent before it learnt of it are dropped, until it connects again. False, and nothing
    /// appended: it is not in the namespace.
    bool disconnect(std::string_view namespace_name, TimePoint now, std::string& out);

    /// The sockets of the namespaces that the peer is in, in the order in which it asked for them.
    [[nodiscard]] std::vector<SocketHandle> sockets() const;

    /// The socket of one namespace, or `none` when the peer is not in it.
    [[nodiscard]] SocketHandle socket(std::string_view namespace_name) const;

    [[nodiscard]] bool failed() const noexcept { return failed_; }

    /// Octets that wait for attachments to come.
    [[nodiscard]] std::size_t buffered_bytes() const noexcept { return decoder_.buffered_bytes(); }

    /// When `handle_deadline` wants to be called; may move with every other call.
    [[nodiscard]] TimePoint next_deadline() const noexcept;
    void handle_deadline(TimePoint now);

 private:
    enum class State : std::uint8_t { connecting, connected, expelled };
    struct Membership {
        std::string namespace_name;
        State state;
        SocketHandle socket;
    };

    void handle(PacketDecoder::Status status, TimePoint now);
    void handle_packet(const DecodedPacket& packet, TimePoint now);
    void handle_connect(const DecodedPacket& packet, TimePoint now);
    void handle_disconnect(const DecodedPacket& packet, TimePoint now);
    void handle_message(const DecodedPacket& packet);
    bool count_connect(TimePoint now);
    bool make_space();
    void refuse_at_once(std::string_view namespace_name, std::string_view message);
    void rearm_connect_deadline(TimePoint now);
    void fail(const Failure& failure);
    void put_event(Event::Kind kind, SocketHandle socket = SocketHandle::none) {
        pending_ = kind;
        pending_socket_ = socket;
    }
    [[nodiscard]] Event event_of(Event::Kind kind) const;
    [[nodiscard]] std::size_t find(std::string_view namespace_name) const;

    [[nodiscard]] const Options& options() const noexcept { return decoder_.options(); }

    PacketDecoder decoder_;
    std::vector<Membership> memberships_;
    std::string reply_;
    TimePoint connect_deadline_;
    TimePoint window_end_;
    std::size_t connects_in_window_ = 0;
    std::size_t refused_connects_ = 0;
    // What `next_event` makes an event of, with what the decoder knows of the packet.
    std::optional<Event::Kind> pending_;
    SocketHandle pending_socket_ = SocketHandle::none;
    Failure failure_;
    bool failed_ = false;
};

}  // namespace parley::socketio
