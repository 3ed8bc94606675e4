// SPDX-License-Identifier: MIT
#include "apps/chat/room.hpp"

#include <algorithm>

#include "apps/chat/wording.hpp"

namespace parley::chat {

namespace {

std::size_t memory_of(const Said& said) {
    const Message& message = said.message;
    return sizeof(Said) + message.from.size() + message.name.size() + message.text.size() + said.key.size() +
           said.identity.size();
}

}  // namespace

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

void Room::load(Page page) {
    if (page.since) since_ = *page.since;
    next_id_ = std::max(next_id_, page.next_id);
    const std::int64_t known_from = history_.empty() ? next_id_ : history_.front().message.id;
    for (auto said = page.messages.rbegin(); said != page.messages.rend(); ++said) {
        if (said->message.id >= known_from) continue;
        history_bytes_ += bytes_of(*said);
        history_memory_ += memory_of(*said);
        history_.push_front(std::move(*said));
    }
    is_loaded_ = true;
    keep_within_limits();
}

void Room::add(Said said) {
    next_id_ = std::max(next_id_, said.message.id + 1);
    history_bytes_ += bytes_of(said);
    history_memory_ += memory_of(said);
    history_.push_back(std::move(said));
    keep_within_limits();
}

void Room::keep_within_limits() {
    while (history_.size() > 1 &&
           (history_.size() > limits_.history_messages_max || history_bytes_ > limits_.history_bytes_max))
        forget_oldest();
}

void Room::forget_oldest() {
    history_bytes_ -= bytes_of(history_.front());
    history_memory_ -= memory_of(history_.front());
    history_.pop_front();
}

void Room::forget_history() {
    history_ = {};
    history_bytes_ = 0;
    history_memory_ = 0;
    is_loaded_ = false;
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

void Rooms::load(const std::string& name, Page page) {
    Entry& entry = rooms_.find(name)->second;
    const std::size_t before = entry.room.history_memory();
    entry.room.load(std::move(page));
    count_again(entry, before);
}

void Rooms::add(const std::string& name, Said said) {
    Entry& entry = rooms_.find(name)->second;
    const std::size_t before = entry.room.history_memory();
    entry.room.add(std::move(said));
    count_again(entry, before);
}

void Rooms::count_again(Entry& entry, std::size_t memory_before) {
    histories_memory_ = histories_memory_ - memory_before + entry.room.history_memory();
    by_silence_.erase(entry.last_word);
    entry.last_word = ++words_;
    by_silence_.emplace(entry.last_word, &entry);
    forget_silent();
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
    if (found == rooms_.end() || !found->second.room.is_empty() || found->second.room.is_held()) return;
    histories_memory_ -= found->second.room.history_memory();
    by_silence_.erase(found->second.last_word);
    rooms_.erase(found);
}

}  // namespace parley::chat
