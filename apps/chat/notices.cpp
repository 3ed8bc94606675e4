// SPDX-License-Identifier: MIT
#include "apps/chat/notices.hpp"

#include <utility>

namespace parley::chat {

bool Notices::joined(const Member& member, TimePoint now) {
    if (may_tell_at_once(now)) return true;
    waiting_.joined.push_back(member);
    return false;
}

bool Notices::left(const Member& member, TimePoint now) {
    if (may_tell_at_once(now)) return true;
    const auto is_the_same = [&](const Member& other) { return other.id == member.id; };
    if (std::erase_if(waiting_.joined, is_the_same) == 0) waiting_.left.push_back(member);
    return false;
}

Changes Notices::take() {
    return std::exchange(waiting_, {});
}

// While something waits the next one waits too: they must be told in their order.
bool Notices::may_tell_at_once(TimePoint now) {
    return waiting_.joined.empty() && waiting_.left.empty() && rate_.take(now);
}

}  // namespace parley::chat
