// SPDX-License-Identifier: MIT
#include "apps/chat/room.hpp"

#include <algorithm>

namespace parley::chat {

namespace {

/// What a message adds to a welcome, with its comma: escapes make it longer than its parts.
std::size_t bytes_in_welcome(const Message& message) {
    return to_json(message).size() + 1;
}

}  // namespace

void Room::leave(std::string_view member_id) {
    std::erase_if(members_, [&](const Member& member) { return member.id == member_id; });
}

Room::Posted Room::post(const Member& sender, Draft draft, std::int64_t time) {
    // A sender who did not see the receipt sends again after a reconnect, with the same key.
    const auto earlier = std::ranges::find(history_, draft.key, &Message::key);
    if (earlier != history_.end()) return {*earlier, false};
    history_.push_back({next_id_++, sender.id, sender.name, std::move(draft.text), time, std::move(draft.key)});
    history_bytes_ += bytes_in_welcome(history_.back());
    forget_oldest();
    return {history_.back(), true};
}

void Room::forget_oldest() {
    const auto is_too_much = [this] {
        return history_.size() > limits_.history_messages_max || history_bytes_ > limits_.history_bytes_max;
    };
    while (history_.size() > 1 && is_too_much()) {
        history_bytes_ -= bytes_in_welcome(history_.front());
        history_.pop_front();
    }
}

Welcome Room::welcome(std::string name, const Member& you) const {
    return {std::move(name), since_, you, members_, {history_.begin(), history_.end()}};
}

Room* Rooms::open(const std::string& name, std::int64_t now) {
    if (Room* room = find(name)) return room;
    if (rooms_.size() >= limits_.rooms_max) return nullptr;
    return &rooms_.try_emplace(name, limits_, now).first->second;
}

Room* Rooms::find(const std::string& name) {
    const auto found = rooms_.find(name);
    return found == rooms_.end() ? nullptr : &found->second;
}

void Rooms::close_if_empty(const std::string& name) {
    const Room* room = find(name);
    if (room != nullptr && room->is_empty()) rooms_.erase(name);
}

}  // namespace parley::chat
