// SPDX-License-Identifier: MIT
#include "tests/simulation/ledger.hpp"

#include <algorithm>

namespace parley::simulation {

Ledger::Member* Ledger::find(const std::string& id) {
    const auto found = members_.find(id);
    return found == members_.end() ? nullptr : &found->second;
}

const Ledger::Member* Ledger::find(const std::string& id) const {
    const auto found = members_.find(id);
    return found == members_.end() ? nullptr : &found->second;
}

void Ledger::join(const std::string& id, std::string_view place, std::size_t loop) {
    report_.note("program: ", id, " joined ", place);
    if (find(id) != nullptr) return report_.violation(id, " joined ", place, " twice");
    Member& member = members_[id];
    member.place = place;
    member.loop = loop;
}

void Ledger::begin_leaving(const std::string& id) {
    Member* const member = find(id);
    if (member == nullptr || !member->is_in) return report_.violation(id, " is disconnecting without being connected");
    if (member->is_leaving) return report_.violation(id, " is disconnecting twice");
    member->is_leaving = true;
}

void Ledger::leave(const std::string& id) {
    report_.note("program: ", id, " left");
    Member* const member = find(id);
    if (member == nullptr || !member->is_in) return report_.violation(id, " left without being there");
    member->is_in = false;
    member->rooms.clear();
}

void Ledger::abandon(std::string_view place) {
    for (auto& [id, member] : members_) {
        if (member.place != place) continue;
        member.is_in = false;
        member.is_abandoned = true;
        member.rooms.clear();
    }
}

bool Ledger::is_in(const std::string& id) const {
    const Member* const member = find(id);
    return member != nullptr && member->is_in;
}

void Ledger::cut(const std::string& id) {
    Member* const member = find(id);
    if (member != nullptr && !member->is_leaving) member->is_cut = true;
}

bool Ledger::is_cut(const std::string& id) const {
    const Member* const member = find(id);
    return member != nullptr && member->is_cut;
}

std::size_t Ledger::size(std::string_view place) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        members_, [&](const auto& entry) { return entry.second.place == place && entry.second.is_in; }));
}

std::size_t Ledger::loop_of(const std::string& id) const {
    const Member* const member = find(id);
    return member == nullptr ? 0 : member->loop;
}

void Ledger::enter_room(const std::string& id, const std::string& room) {
    if (Member* const member = find(id)) member->rooms.insert(room);
}

void Ledger::leave_room(const std::string& id, const std::string& room) {
    if (Member* const member = find(id)) member->rooms.erase(room);
}

std::set<std::string> Ledger::rooms(const std::string& id) const {
    const Member* const member = find(id);
    return member == nullptr ? std::set<std::string>() : member->rooms;
}

void Ledger::hear(const std::string& id, std::uint64_t n) {
    Member* const member = find(id);
    if (member == nullptr || !member->is_in) return report_.violation(id, " is heard without being there");
    if (member->heard != n) report_.violation(id, " is heard with ", n, ", not with ", member->heard);
    member->heard = n + 1;
}

std::uint64_t Ledger::heard(const std::string& id) const {
    const Member* const member = find(id);
    return member == nullptr ? 0 : member->heard;
}

bool Ledger::is_selected(const Selection& to, const std::string& id, const Member& member) {
    if (member.place != to.place || member.loop != to.loop || !member.is_in || id == to.except) return false;
    return to.room.empty() || to.room == id || member.rooms.contains(to.room);
}

std::set<std::string> Ledger::select(const Selection& to) const {
    std::set<std::string> selected;
    for (const auto& [id, member] : members_)
        if (is_selected(to, id, member)) selected.insert(id);
    return selected;
}

void Ledger::say(const std::string& id, std::uint64_t token, bool is_volatile) {
    Member* const member = find(id);
    if (member == nullptr || !member->is_in || member->is_leaving)
        return report_.violation("something could be said to ", id, ", who is not there");
    member->told.push_back({token, is_volatile});
}

void Ledger::say_if_there(const std::string& id, std::uint64_t token, bool is_volatile) {
    Member* const member = find(id);
    if (member != nullptr && member->is_in && !member->is_leaving) member->told.push_back({token, is_volatile});
}

void Ledger::say_to_many(const Selection& to, std::uint64_t token, bool is_volatile) {
    for (auto& [id, member] : members_)
        if (!member.is_leaving && is_selected(to, id, member)) member.told.push_back({token, is_volatile});
}

void Ledger::receive(const std::string& id, std::uint64_t token) {
    Member* const member = find(id);
    if (member == nullptr) return report_.violation(token, " arrived for ", id, ", who never was");
    std::deque<Told>& told = member->told;
    while (!told.empty() && told.front().token != token && told.front().is_volatile) {
        told.pop_front();
        ++left_out_;
    }
    const bool is_next = !told.empty() && told.front().token == token;
    if (!is_next && member->is_abandoned && has_elsewhere_) return;
    if (told.empty()) return report_.violation(token, " arrived at ", id, ", to whom nothing is to be said");
    if (!is_next) return report_.violation(token, " arrived at ", id, ", where ", told.front().token, " is the next");
    told.pop_front();
}

std::size_t Ledger::waiting(const std::string& id) const {
    const Member* const member = find(id);
    if (member == nullptr) return 0;
    return static_cast<std::size_t>(
        std::ranges::count_if(member->told, [](const Told& told) { return !told.is_volatile; }));
}

void Ledger::expect(std::uint64_t token, std::string_view what) {
    events_[token].what = what;
}

void Ledger::happen(std::uint64_t token) {
    Event& event = events_[token];
    if (event.is_forbidden) report_.violation(event.what, " ", token, " happened although it was cancelled");
    if (++event.happened > 1) report_.violation(event.what, " ", token, " happened twice");
}

bool Ledger::forbid(std::uint64_t token) {
    Event& event = events_[token];
    if (event.happened > 0) return false;
    event.is_forbidden = true;
    return true;
}

void Ledger::excuse_all() {
    for (auto& [token, event] : events_)
        event.is_excused = true;
}

std::string Ledger::complaint() const {
    for (const auto& [token, event] : events_) {
        if (event.happened == 0 && !event.is_forbidden && !event.is_excused)
            return event.what + " " + std::to_string(token) + " has not happened";
    }
    return {};
}

void Ledger::check_empty(std::string_view when) {
    for (const auto& [id, member] : members_) {
        if (member.is_in) report_.violation(id, " in ", member.place, " was not told its end ", when);
    }
}

}  // namespace parley::simulation
