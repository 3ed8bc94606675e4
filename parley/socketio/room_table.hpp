// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "parley/base/keyed_hash.hpp"
#include "parley/socketio/selection.hpp"
#include "parley/socketio/socket_handle.hpp"

namespace parley::socketio {

/// What one socket may do.
struct RoomLimits {
    /// Rooms of one socket besides the one of its own id.
    std::size_t rooms_per_socket_max = 1'024;
    /// Octets of a room's name.
    std::size_t room_bytes_max = 255;
};

/// Who is in which room of one namespace, of the sockets of one loop.
///
/// Sockets are named by their ids, since others know no handle. Membership takes effect before the call returns. A
/// selection allocates nothing once the largest has been seen: sockets are marked with its number, so that one who is
/// in several of the rooms is meant once. Names are hashed under a secret key, since peers may choose them. The room of
/// a socket's own id exists without an entry of its own.
class RoomTable {
 public:
    explicit RoomTable(const KeyedHash& hash, const RoomLimits& limits = {});
    RoomTable(const RoomTable&) = delete;
    RoomTable& operator=(const RoomTable&) = delete;

    /// Makes a connected socket known. It is in the room of its own id from now on, which must stay in place until it
    /// is removed.
    void add(std::string_view sid, SocketHandle socket);

    /// Takes a socket out of all of its rooms and forgets it; an unknown one is ignored.
    void remove(std::string_view sid);

    /// Puts a socket into rooms. False: it is unknown, or a limit keeps it out of one of them; it is then in none of
    /// those that it was not in before.
    bool join(std::string_view sid, std::span<const std::string> rooms);

    /// Takes a socket out of a room; false when it was not in it.
    bool leave(std::string_view sid, std::string_view room);

    /// The same for all that are selected. One whose limit is reached stays where it is.
    void join(const Selection& selection, std::span<const std::string> rooms);
    void leave(const Selection& selection, std::span<const std::string> rooms);

    /// The socket of this id; `none` when it is unknown.
    [[nodiscard]] SocketHandle find(std::string_view sid) const;

    /// The rooms of a socket, its own id included, in the order in which it joined them.
    [[nodiscard]] std::vector<std::string> rooms_of(std::string_view sid) const;

    [[nodiscard]] bool has(std::string_view sid, std::string_view room) const;

    /// Those who are selected, each once: room by room as given, in each by the order of joining.
    [[nodiscard]] std::vector<SocketHandle> select(const Selection& selection);

    /// Calls `use(std::span<const SocketHandle>)` with them, in memory that is kept for the next time. What happens
    /// meanwhile, also another selection, does not change them.
    template <typename Use>
    void with_selected(const Selection& selection, Use&& use) {
        std::vector<SocketHandle> selected = std::exchange(selected_, {});
        select(selection, selected);
        use(std::span<const SocketHandle>(selected));
        if (selected.capacity() > selected_.capacity()) selected_ = std::move(selected);
    }

    [[nodiscard]] std::size_t socket_count() const noexcept { return sockets_.size(); }

    /// Rooms that somebody joined; those of the sockets' own ids are not counted.
    [[nodiscard]] std::size_t room_count() const noexcept { return rooms_.size(); }

    /// The names of all rooms that somebody is in, also those of the sockets' own ids, sorted.
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
    [[nodiscard]] static bool has(const Member& member, std::string_view room);
    [[nodiscard]] bool may_join(const Member& member, std::span<const std::string> rooms) const;
    bool join_all(Member& member, std::span<const std::string> rooms);
    void join(Member& member, std::string_view room);
    bool leave(Member& member, std::string_view room);
    void leave(Member& member, std::size_t index);
    void close_gaps(Room& room);
    void close_gaps_of_everyone();

    template <typename Visit>
    void visit_room(std::string_view room, Visit&& visit);
    template <typename Visit>
    void visit_selected(const Selection& selection, Visit&& visit);
    void select(const Selection& selection, std::vector<SocketHandle>& selected);
    [[nodiscard]] std::vector<Member*> select_members(const Selection& selection);

    RoomLimits limits_;
    std::unordered_map<std::string_view, Member, KeyedHash, std::equal_to<>> sockets_;  // by their own ids
    Table<Room> rooms_;
    Audience everyone_;
    std::uint64_t mark_ = 0;
    std::vector<SocketHandle> selected_;  // keeps its memory from one selection to the next
};

}  // namespace parley::socketio
