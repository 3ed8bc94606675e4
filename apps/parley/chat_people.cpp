// SPDX-License-Identifier: MIT
#include "apps/parley/chat_people.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "apps/chat/wording.hpp"

namespace parley {

void ChatPeople::reset(const std::vector<chat::Member>& members, std::string own_id) {
    own_id_ = std::move(own_id);
    names_.clear();
    typing_.clear();
    for (const chat::Member& member : members)
        names_.insert_or_assign(member.id, member.name);
}

bool ChatPeople::add(const chat::Member& member) {
    const bool is_new = !has(member.name);
    names_.insert_or_assign(member.id, member.name);
    return is_new;
}

bool ChatPeople::remove(const chat::Member& member) {
    names_.erase(member.id);
    typing_.erase(member.id);
    return !has(member.name);
}

bool ChatPeople::is_own(std::string_view id) const {
    const auto own = names_.find(own_id_);
    const auto other = names_.find(id);
    return own != names_.end() && other != names_.end() && own->second == other->second;
}

std::vector<std::string> ChatPeople::names() const {
    std::set<std::pair<std::u32string, std::string>> sorted;
    for (const auto& [id, name] : names_)
        sorted.emplace(chat::comparable_name(name), name);
    std::vector<std::string> names;
    for (const auto& [comparable, name] : sorted)
        names.push_back(name);
    return names;
}

std::vector<std::string> ChatPeople::names_like(std::string_view beginning) const {
    const std::u32string wanted = chat::comparable_name(beginning);
    const auto own = names_.find(own_id_);
    std::vector<std::string> alike = names();
    std::erase_if(alike, [&](const std::string& name) {
        return !chat::comparable_name(name).starts_with(wanted) || (own != names_.end() && own->second == name);
    });
    return alike;
}

void ChatPeople::set_typing(const chat::Member& member, bool is_typing, TimePoint now) {
    if (!is_typing || is_own(member.id) || !names_.contains(member.id)) {
        typing_.erase(member.id);
    } else {
        typing_.insert_or_assign(member.id, now + typing_expires);
    }
}

std::string ChatPeople::typing(TimePoint now) const {
    std::vector<std::string> names;
    for (const auto& [id, until] : typing_) {
        const auto found = names_.find(id);
        if (until > now && found != names_.end()) names.push_back(found->second);
    }
    if (names.empty()) return {};
    if (names.size() > 2) return "several people are typing...";
    if (names.size() == 2) return names[0] + " and " + names[1] + " are typing...";
    return names[0] + " is typing...";
}

bool ChatPeople::has(std::string_view name) const {
    return std::ranges::any_of(names_, [&](const auto& entry) { return entry.second == name; });
}

}  // namespace parley
