// SPDX-License-Identifier: MIT
#include "parley/engine/population.hpp"

#include <algorithm>
#include <iterator>

#include "parley/base/random_id.hpp"
#include "parley/engine/engine.hpp"

namespace parley::engine {

namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t numbers = letters.size() * letters.size();

// What the first two characters are as a number.
std::optional<std::size_t> number_of(std::string_view sid) noexcept {
    if (sid.size() < 2) return std::nullopt;
    const std::size_t high = letters.find(sid[0]);
    const std::size_t low = letters.find(sid[1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    return high * letters.size() + low;
}

}  // namespace

std::size_t Population::sessions() const noexcept {
    std::size_t all = 0;
    for (const Counts& counts : counts_)
        all += counts.sessions.load(std::memory_order_relaxed);
    return all;
}

std::size_t Population::newcomers() const noexcept {
    std::size_t all = 0;
    for (const Counts& counts : counts_)
        all += counts.newcomers.load(std::memory_order_relaxed);
    return all;
}

void Population::enter(engineio::AddressGroup address) {
    const std::lock_guard lock(mutex_);
    ++by_address_[address];
}

void Population::leave(engineio::AddressGroup address) noexcept {
    const std::lock_guard lock(mutex_);
    const auto found = by_address_.find(address);
    if (--found->second == 0) by_address_.erase(found);
}

std::size_t Population::count(engineio::AddressGroup address) const {
    const std::lock_guard lock(mutex_);
    const auto found = by_address_.find(address);
    return found == by_address_.end() ? 0 : found->second;
}

bool Population::make_room_elsewhere(std::size_t index) {
    const auto of = [this](std::size_t i) { return counts_[i].newcomers.load(std::memory_order_relaxed); };
    std::size_t most = index;
    for (std::size_t i = 0; i < counts_.size(); ++i)
        if (i != index && (most == index || of(i) > of(most))) most = i;
    if (most == index || of(most) == 0) return false;
    return gates_[most]->post([engine = engines_[most]] { engine->make_room_for_another(); });
}

// The index is the number's remainder.
std::string session_id(EntropySource& entropy, std::size_t index, std::size_t engines) {
    std::string sid = random_id(entropy);
    const std::size_t chance = number_of(sid).value_or(0);
    std::size_t number = chance - chance % engines + index;
    if (number >= numbers) number -= engines;
    sid[0] = letters[number / letters.size()];
    sid[1] = letters[number % letters.size()];
    return sid;
}

std::optional<std::size_t> engine_of(std::string_view sid, std::size_t engines) noexcept {
    const std::optional<std::size_t> number = number_of(sid);
    return number ? std::optional(*number % engines) : std::nullopt;
}

}  // namespace parley::engine
