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
#include "parley/socketio/socket_handle.hpp"

namespace parley::socketio {

/// An event on its way to many sockets of one namespace.
struct OutgoingPacket {
    std::string_view namespace_name = "/";
    /// JSON text: the array of the event's name and arguments.
    std::string_view data{};
    /// What the placeholders of `data` stand for, in order.
    std::span<const BytesView> attachments{};
    /// Asks each recipient for an ack.
    std::optional<std::uint64_t> ack_id{};
};

/// Appends `packet` in its wire form, without its attachments.
void append_packet(std::string& out, const OutgoingPacket& packet);

/// How a broadcast travels.
struct BroadcastFlags {
    /// Dropped for a recipient whose transport cannot take it at once.
    bool is_volatile = false;
    /// Stays on this server.
    bool is_local = false;
};

/// Which sockets are meant, and how. The views must live until the call returns.
struct BroadcastOptions {
    /// The sockets of any of these; none given: all sockets of the namespace. A socket's id is a room, too.
    std::span<const std::string> rooms{};
    /// But not the sockets of any of these.
    std::span<const std::string> except{};
    BroadcastFlags flags{};
};

/// The owner of the sockets, as an adapter sees it.
class AdapterHost {
 public:
    virtual ~AdapterHost() = default;

    /// Sends `packet` to each of `recipients`. Called once per broadcast, also when nobody is meant: encode once here.
    ///
    /// The arguments live until the call returns. Sockets may join and leave meanwhile.
    virtual void deliver(std::span<const SocketHandle> recipients, const OutgoingPacket& packet,
                         const BroadcastFlags& flags) = 0;

    /// Disconnects each of `sockets` from the namespace, or, with `close`, closes their connections.
    virtual void disconnect(std::span<const SocketHandle> sockets, bool close) = 0;
};

/// Is told how the rooms change: `room_created` before the first `room_joined`, `room_left` before `room_deleted`.
class RoomObserver {
 public:
    virtual ~RoomObserver() = default;
    virtual void room_created(std::string_view room) = 0;
    virtual void room_joined(std::string_view room, std::string_view sid) = 0;
    virtual void room_left(std::string_view room, std::string_view sid) = 0;
    virtual void room_deleted(std::string_view room) = 0;
};

/// Who is in which room of one namespace, and the way of a broadcast to them: on this server, or on all of a cluster.
///
/// The contract that a cluster's adapter fulfils, too; sockets are named by their ids, since other servers know no
/// handle. Membership takes effect before the call returns. Loop-affine.
class Adapter {
 public:
    virtual ~Adapter() = default;

    /// Makes a connected socket known. It is in the room of its own id from now on.
    virtual void add_socket(std::string_view sid, SocketHandle socket) = 0;

    /// Puts a socket into rooms. False: it is unknown, or a limit keeps it out of one of them; it is then in none of
    /// those that it was not in before.
    virtual bool add_all(std::string_view sid, std::span<const std::string> rooms) = 0;

    /// Takes a socket out of a room; false when it was not in it.
    virtual bool del(std::string_view sid, std::string_view room) = 0;

    /// Takes a socket out of all of its rooms and forgets it; an unknown one is ignored.
    virtual void del_all(std::string_view sid) = 0;

    /// The rooms of a socket of this server, its own id included, in the order in which it joined them.
    [[nodiscard]] virtual std::vector<std::string> socket_rooms(std::string_view sid) const = 0;

    /// Whether a socket of this server is in a room.
    [[nodiscard]] virtual bool has(std::string_view sid, std::string_view room) const = 0;

    /// The sockets of this server that `options` means, each once: room by room as given, in each by the order of
    /// joining.
    [[nodiscard]] virtual std::vector<SocketHandle> fetch_sockets(const BroadcastOptions& options) = 0;

    /// Sends `packet` to the sockets that `options` means; returns how many of them are on this server.
    virtual std::size_t broadcast(const OutgoingPacket& packet, const BroadcastOptions& options) = 0;

    /// Puts the sockets that `options` means into rooms. A socket whose limit is reached stays where it is.
    virtual void add_sockets(const BroadcastOptions& options, std::span<const std::string> rooms) = 0;

    /// Takes the sockets that `options` means out of rooms.
    virtual void del_sockets(const BroadcastOptions& options, std::span<const std::string> rooms) = 0;

    /// Disconnects the sockets that `options` means (`AdapterHost::disconnect`).
    virtual void disconnect_sockets(const BroadcastOptions& options, bool close) = 0;
};

}  // namespace parley::socketio
