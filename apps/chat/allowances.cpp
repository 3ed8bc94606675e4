// SPDX-License-Identifier: MIT
#include "apps/chat/allowances.hpp"

#include <algorithm>

namespace parley::chat {

std::shared_ptr<Allowance> Allowances::of(const Handshake& handshake, TimePoint now) {
    const Connection connection(&handshake, handshake.issued);
    const auto known = allowances_.find(connection);
    if (known != allowances_.end()) return known->second;
    if (allowances_.size() >= forget_at_) forget_unused(now);
    return allowances_.emplace(connection, std::make_shared<Allowance>(limits_)).first->second;
}

void Allowances::forget_unused(TimePoint now) {
    std::erase_if(allowances_, [now](const auto& entry) {
        const std::shared_ptr<Allowance>& allowance = entry.second;
        return allowance.use_count() == 1 && allowance->is_untouched(now);
    });
    forget_at_ = std::max<std::size_t>(64, allowances_.size() * 2);
}

}  // namespace parley::chat
