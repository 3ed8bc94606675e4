// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parley/base/keyed_hash.hpp"
#include "parley/socketio/adapter.hpp"

namespace parley::socketio {

/// What an adapter lets one socket do.
struct RoomLimits {
    /// Rooms of one socket besides the one of its own id.
    std::size_t rooms_per_socket_max = 1'024;
    /// Octets of a room's name.
    std::size_t room_bytes_max = 255;
};

/// The adapter of a server that is alone: the rooms of one namespace in its memory.
///
/// A broadcast allocates nothing once its largest audience has been seen: sockets are marked with the number of the
/// broadcast, so that one who is in several of the rooms is meant once. Names are hashed under a secret key, since
/// peers may choose them. The room of a socket's own id exists without an entry of its own.
class InMemoryAdapter final : public Adapter {
 public:
    /// `host` must outlive the adapter.
    InMemoryAdapter(AdapterHost& host, const KeyedHash& hash, const RoomLimits& limits = {});
    InMemoryAdapter(const InMemoryAdapter&) = delete;
    InMemoryAdapter& operator=(const InMemoryAdapter&) = delete;

    void add_socket(std::string_view sid, SocketHandle socket) override;
    bool add_all(std::string_view sid, std::span<const std::string> rooms) override;
    bool del(std::string_view sid, std::string_view room) override;
    void del_all(std::string_view sid) override;
    [[nodiscard]] std::vector<std::string> socket_rooms(std::string_view sid) const override;
    [[nodiscard]] bool has(std::string_view sid, std::string_view room) const override;
    [[nodiscard]] std::vector<SocketHandle> fetch_sockets(const BroadcastOptions& options) override;
    std::size_t broadcast(const OutgoingPacket& packet, const BroadcastOptions& options) override;
    void add_sockets(const BroadcastOptions& options, std::span<const std::string> rooms) override;
    void del_sockets(const BroadcastOptions& options, std::span<const std::string> rooms) override;
    void disconnect_sockets(const BroadcastOptions& options, bool close) override;

    /// Has `observer` told of each change; null: nobody. It must not change the adapter from within.
    void set_observer(RoomObserver* observer) noexcept { observer_ = observer; }

    /// Sockets of the namespace on this server.
    [[nodiscard]] std::size_t socket_count() const noexcept { return sockets_.size(); }

    /// Rooms that somebody joined; those of the sockets' own ids are not counted.
    [[nodiscard]] std::size_t room_count() const noexcept { return rooms_.size(); }

    /// The names of the rooms that `room_count` counts, in the order in which they came to be.
    [[nodiscard]] std::vector<std::string> rooms() const;

 private:
    struct Member;

    // Sockets in the order in which they came. One that left stays as a gap (`member` is null) until gaps are the
    // majority, so that leaving moves nothing and keeps the order.
    struct Slot {
        SocketHandle socket;
        Member* member;
    };
    struct Audience {
        std::vector<Slot> slots;
        std::size_t gaps = 0;

        [[nodiscard]] std::size_t size() const noexcept { return slots.size() - gaps; }
    };

    struct Room {
        std::string_view name;
        std::uint64_t number = 0;  // counts up as rooms come to be
        Audience audience;
    };
    struct Joined {
        Room* room;
        std::size_t position;  // in room->audience.slots
    };
    struct Member {
        std::string_view sid;
        SocketHandle socket = SocketHandle::none;
        std::uint64_t mark = 0;    // of the last selection that excluded or took it
        std::size_t position = 0;  // in everyone_.slots
        bool is_in_own_room = true;
        std::vector<Joined> rooms;  // in the order of joining
    };

    template <typename Value>
    using Table = std::unordered_map<std::string, Value, KeyedHash, std::equal_to<>>;

    [[nodiscard]] Member* find_member(std::string_view sid);
    [[nodiscard]] const Member* find_member(std::string_view sid) const;
    [[nodiscard]] static bool is_in(const Member& member, const Room& room);
    [[nodiscard]] bool has(const Member& member, std::string_view room) const;
    [[nodiscard]] bool may_join(const Member& member, std::span<const std::string> rooms) const;
    bool join_all(Member& member, std::span<const std::string> rooms);
    void join(Member& member, std::string_view room);
    void join_own_room(Member& member);
    bool leave(Member& member, std::string_view room);
    bool leave_own_room(Member& member);
    void leave(Member& member, std::size_t index);
    void close_gaps(Room& room);
    void close_gaps_of_everyone();
    [[nodiscard]] bool exists(std::string_view room) const;

    template <typename Visit>
    void visit_room(std::string_view room, Visit&& visit);
    template <typename Visit>
    void select(const BroadcastOptions& options, Visit&& visit);
    [[nodiscard]] std::vector<Member*> select_members(const BroadcastOptions& options);

    AdapterHost& host_;
    RoomLimits limits_;
    RoomObserver* observer_ = nullptr;
    Table<Member> sockets_;
    Table<Room> rooms_;
    Audience everyone_;
    std::uint64_t rooms_created_ = 0;
    std::uint64_t mark_ = 0;
    std::vector<SocketHandle> recipients_;  // keeps its memory from one broadcast to the next
};

}  // namespace parley::socketio
