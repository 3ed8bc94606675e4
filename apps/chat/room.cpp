// SPDX-License-Identifier: MIT
#include "apps/chat/room.hpp"

#include <algorithm>

#include "apps/chat/wording.hpp"

namespace parley::chat {

std::size_t Room::Said::bytes_in_welcome() const {
    // With their commas; escapes make a message longer than its parts.
    return to_json(message).size() + to_json(OwnMessage{message.id, key}).size() + 2;
}

std::size_t Room::Said::memory() const {
    return sizeof(Said) + message.from.size() + message.name.size() + message.text.size() + key.size() +
           identity.size();
}

void Room::enter(Visitor visitor) {
    std::u32string name = comparable_name(visitor.member.name);
    present_.push_back({std::move(visitor), std::move(name)});
}

void Room::leave(std::string_view member_id) {
    std::erase_if(present_, [&](const Present& present) { return present.visitor.member.id == member_id; });
}

bool Room::is_taken(std::string_view name, std::string_view identity) const {
    const std::u32string wanted = comparable_name(name);
    return std::ranges::any_of(present_, [&](const Present& present) {
        return present.comparable_name == wanted && present.visitor.identity != identity;
    });
}

Room::Posted Room::post(const Visitor& sender, Draft draft, std::int64_t time) {
    // A sender who did not see the receipt sends again after a reconnect, with the same key.
    const auto earlier = std::ranges::find_if(
        history_, [&](const Said& said) { return said.key == draft.key && said.identity == sender.identity; });
    if (earlier != history_.end()) return {earlier->message, false};
    const auto& [id, name] = sender.member;
    history_.push_back({{next_id_++, id, name, std::move(draft.text), time}, std::move(draft.key), sender.identity});
    history_bytes_ += history_.back().bytes_in_welcome();
    history_memory_ += history_.back().memory();
    while (history_.size() > 1 && has_too_long_history())
        forget_oldest();
    return {history_.back().message, true};
}

bool Room::has_too_long_history() const {
    return history_.size() > limits_.history_messages_max || history_bytes_ > limits_.history_bytes_max;
}

void Room::forget_oldest() {
    history_bytes_ -= history_.front().bytes_in_welcome();
    history_memory_ -= history_.front().memory();
    history_.pop_front();
}

void Room::forget_history() {
    history_ = {};
    history_bytes_ = 0;
    history_memory_ = 0;
}

Welcome Room::welcome(std::string name, const Visitor& you) const {
    Welcome welcome{std::move(name), since_, you.member, {}, {}, {}};
    for (const Present& present : present_)
        welcome.members.push_back(present.visitor.member);
    for (const Said& said : history_) {
        welcome.history.push_back(said.message);
        if (said.identity == you.identity) welcome.yours.push_back({said.message.id, said.key});
    }
    return welcome;
}

Room* Rooms::open(const std::string& name, std::int64_t now) {
    if (Room* room = find(name)) return room;
    if (is_full()) return nullptr;
    return &rooms_.try_emplace(name, Entry{Room(limits_, now)}).first->second.room;
}

Room* Rooms::find(const std::string& name) {
    const auto found = rooms_.find(name);
    return found == rooms_.end() ? nullptr : &found->second.room;
}

Room::Posted Rooms::post(const std::string& name, const Visitor& sender, Draft draft, std::int64_t time) {
    Entry& entry = rooms_.find(name)->second;
    histories_memory_ -= entry.room.history_memory();
    const Room::Posted posted = entry.room.post(sender, std::move(draft), time);
    histories_memory_ += entry.room.history_memory();
    by_silence_.erase(entry.last_word);
    entry.last_word = ++words_;
    by_silence_.emplace(entry.last_word, &entry);
    forget_silent();
    return posted;
}

void Rooms::forget_silent() {
    // The last that spoke keeps its history: that is bounded by itself.
    while (histories_memory_ > limits_.histories_bytes_max && by_silence_.size() > 1) {
        Entry& silent = *by_silence_.begin()->second;
        histories_memory_ -= silent.room.history_memory();
        silent.room.forget_history();
        by_silence_.erase(by_silence_.begin());
    }
}

void Rooms::close_if_empty(const std::string& name) {
    const auto found = rooms_.find(name);
    if (found == rooms_.end() || !found->second.room.is_empty()) return;
    histories_memory_ -= found->second.room.history_memory();
    by_silence_.erase(found->second.last_word);
    rooms_.erase(found);
}

}  // namespace parley::chat
