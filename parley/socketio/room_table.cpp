// SPDX-License-Identifier: MIT
#include "parley/socketio/room_table.hpp"

#include <algorithm>
#include <utility>

#include "parley/base/reserve_one.hpp"

// Two tables, sockets by id and rooms by name, whose nodes refer to each other: a room's slot to its member, a member's
// entry to its room and the slot in it. So leaving needs no look-up, and a broadcast walks contiguous slots.
//
// The room of a socket's own id has no node. Where a room is looked up by name the owner of that id comes first, then
// whoever else joined a room of that name.

namespace parley::socketio {
namespace {

// Gaps are cheap to skip and dear to close; few of them never are worth it.
bool wants_closing(std::size_t gaps, std::size_t slots) {
    return gaps > 16 && gaps > slots / 2;
}

}  // namespace

RoomTable::RoomTable(const KeyedHash& hash, const RoomLimits& limits)
    : limits_(limits), sockets_(0, hash), rooms_(0, hash) {}

// Membership

void RoomTable::add(std::string_view sid, SocketHandle socket) {
    reserve_one(everyone_.slots);
    const auto [at, is_new] = sockets_.try_emplace(sid);
    Member& member = at->second;
    if (!is_new) {
        member.socket = socket;
        everyone_.slots[member.position].socket = socket;
        for (const Joined& joined : member.rooms)
            joined.room->audience.slots[joined.position].socket = socket;
        return;
    }
    member.sid = at->first;
    member.socket = socket;
    member.position = everyone_.slots.size();
    everyone_.slots.push_back({socket, &member});
}

bool RoomTable::join(std::string_view sid, std::span<const std::string> rooms) {
    Member* member = find_member(sid);
    return member != nullptr && join_all(*member, rooms);
}

bool RoomTable::leave(std::string_view sid, std::string_view room) {
    Member* member = find_member(sid);
    return member != nullptr && leave(*member, room);
}

void RoomTable::remove(std::string_view sid) {
    const auto at = sockets_.find(sid);
    if (at == sockets_.end()) return;
    Member& member = at->second;
    while (!member.rooms.empty())
        leave(member, member.rooms.size() - 1);
    everyone_.slots[member.position].member = nullptr;
    ++everyone_.gaps;
    sockets_.erase(at);
    if (sockets_.empty()) everyone_ = {};
    close_gaps_of_everyone();
}

bool RoomTable::join_all(Member& member, std::span<const std::string> rooms) {
    if (!may_join(member, rooms)) return false;
    for (const std::string& room : rooms)
        join(member, room);
    return true;
}

bool RoomTable::may_join(const Member& member, std::span<const std::string> rooms) const {
    for (const std::string& room : rooms) {
        if (room.size() > limits_.room_bytes_max) return false;
    }
    if (member.rooms.size() + rooms.size() <= limits_.rooms_per_socket_max) return true;
    std::size_t count = member.rooms.size();
    for (std::size_t i = 0; i < rooms.size(); ++i) {
        const bool is_repeated = std::find(rooms.begin(), rooms.begin() + static_cast<std::ptrdiff_t>(i), rooms[i]) !=
                                 rooms.begin() + static_cast<std::ptrdiff_t>(i);
        if (rooms[i] != member.sid && !is_repeated && !has(member, rooms[i])) ++count;
        if (count > limits_.rooms_per_socket_max) return false;  // what a peer's long list costs is bounded, too
    }
    return true;
}

void RoomTable::join(Member& member, std::string_view name) {
    if (name == member.sid) {
        member.is_in_own_room = true;
        return;
    }
    reserve_one(member.rooms);
    auto at = rooms_.find(name);
    if (at != rooms_.end()) {
        if (is_in(member, at->second)) return;
    } else {
        Room made;
        reserve_one(made.audience.slots);
        at = rooms_.try_emplace(std::string(name), std::move(made)).first;
        at->second.name = at->first;
    }
    Room& room = at->second;
    reserve_one(room.audience.slots);
    member.rooms.push_back({&room, room.audience.slots.size()});
    room.audience.slots.push_back({member.socket, &member});
}

bool RoomTable::leave(Member& member, std::string_view room) {
    if (room == member.sid) return std::exchange(member.is_in_own_room, false);
    for (std::size_t i = 0; i < member.rooms.size(); ++i) {
        if (member.rooms[i].room->name != room) continue;
        leave(member, i);
        return true;
    }
    return false;
}

void RoomTable::leave(Member& member, std::size_t index) {
    const auto [room, position] = member.rooms[index];
    member.rooms.erase(member.rooms.begin() + static_cast<std::ptrdiff_t>(index));
    room->audience.slots[position].member = nullptr;
    ++room->audience.gaps;
    if (room->audience.size() > 0) return close_gaps(*room);

    rooms_.erase(rooms_.find(room->name));
}

void RoomTable::close_gaps(Room& room) {
    Audience& audience = room.audience;
    if (!wants_closing(audience.gaps, audience.slots.size())) return;
    std::erase_if(audience.slots, [](const Slot& slot) { return slot.member == nullptr; });
    audience.gaps = 0;
    for (std::size_t position = 0; position < audience.slots.size(); ++position) {
        auto& rooms = audience.slots[position].member->rooms;
        std::find_if(rooms.begin(), rooms.end(), [&](const Joined& j) { return j.room == &room; })->position = position;
    }
}

void RoomTable::close_gaps_of_everyone() {
    if (!wants_closing(everyone_.gaps, everyone_.slots.size())) return;
    std::erase_if(everyone_.slots, [](const Slot& slot) { return slot.member == nullptr; });
    everyone_.gaps = 0;
    for (std::size_t position = 0; position < everyone_.slots.size(); ++position)
        everyone_.slots[position].member->position = position;
}

// Questions

RoomTable::Member* RoomTable::find_member(std::string_view sid) {
    const auto at = sockets_.find(sid);
    return at == sockets_.end() ? nullptr : &at->second;
}

const RoomTable::Member* RoomTable::find_member(std::string_view sid) const {
    const auto at = sockets_.find(sid);
    return at == sockets_.end() ? nullptr : &at->second;
}

bool RoomTable::is_in(const Member& member, const Room& room) {
    return std::any_of(member.rooms.begin(), member.rooms.end(), [&](const Joined& j) { return j.room == &room; });
}

bool RoomTable::has(const Member& member, std::string_view room) {
    if (room == member.sid) return member.is_in_own_room;
    return std::any_of(member.rooms.begin(), member.rooms.end(), [&](const Joined& j) { return j.room->name == room; });
}

SocketHandle RoomTable::find(std::string_view sid) const {
    const Member* member = find_member(sid);
    return member == nullptr ? SocketHandle::none : member->socket;
}

bool RoomTable::has(std::string_view sid, std::string_view room) const {
    const Member* member = find_member(sid);
    return member != nullptr && has(*member, room);
}

std::vector<std::string> RoomTable::rooms_of(std::string_view sid) const {
    std::vector<std::string> names;
    const Member* member = find_member(sid);
    if (member == nullptr) return names;
    if (member->is_in_own_room) names.emplace_back(member->sid);
    for (const Joined& joined : member->rooms)
        names.emplace_back(joined.room->name);
    return names;
}

std::vector<std::string> RoomTable::rooms() const {
    std::vector<std::string> names;
    names.reserve(sockets_.size() + rooms_.size());
    for (const auto& [sid, member] : sockets_) {
        if (member.is_in_own_room) names.emplace_back(sid);
    }
    for (const auto& [name, room] : rooms_)
        names.push_back(name);
    std::ranges::sort(names);
    const auto repeated = std::ranges::unique(names);
    names.erase(repeated.begin(), repeated.end());
    return names;
}

// Selection

template <typename Visit>
void RoomTable::visit_room(std::string_view name, Visit&& visit) {
    if (Member* owner = find_member(name); owner != nullptr && owner->is_in_own_room) visit({owner->socket, owner});
    const auto at = rooms_.find(name);
    if (at == rooms_.end()) return;
    for (const Slot& slot : at->second.audience.slots) {
        if (slot.member != nullptr) visit(slot);
    }
}

template <typename Visit>
void RoomTable::visit_selected(const Selection& selection, Visit&& visit) {
    // In one room nobody stands twice, and where nobody is excepted no mark is needed: members stay untouched.
    const bool marks = !selection.except.empty() || selection.rooms.size() > 1;
    const std::uint64_t mark = ++mark_;
    const auto take = [&](const Slot& slot) {
        if (marks) {
            if (slot.member->mark == mark) return;
            slot.member->mark = mark;
        }
        visit(slot);
    };
    for (const std::string& room : selection.except)
        visit_room(room, [&](const Slot& slot) { slot.member->mark = mark; });
    for (const std::string& room : selection.rooms)
        visit_room(room, take);
    if (!selection.rooms.empty()) return;
    for (const Slot& slot : everyone_.slots) {
        if (slot.member != nullptr) take(slot);
    }
}

std::vector<SocketHandle> RoomTable::select(const Selection& selection) {
    std::vector<SocketHandle> selected;
    select(selection, selected);
    return selected;
}

void RoomTable::select(const Selection& selection, std::vector<SocketHandle>& selected) {
    selected.clear();
    visit_selected(selection, [&](const Slot& slot) { selected.push_back(slot.socket); });
}

std::vector<RoomTable::Member*> RoomTable::select_members(const Selection& selection) {
    std::vector<Member*> members;
    visit_selected(selection, [&](const Slot& slot) { members.push_back(slot.member); });
    return members;
}

void RoomTable::join(const Selection& selection, std::span<const std::string> rooms) {
    for (Member* member : select_members(selection))
        join_all(*member, rooms);
}

void RoomTable::leave(const Selection& selection, std::span<const std::string> rooms) {
    for (Member* member : select_members(selection)) {
        for (const std::string& room : rooms)
            leave(*member, room);
    }
}

}  // namespace parley::socketio
