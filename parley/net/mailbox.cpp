// SPDX-License-Identifier: MIT
#include "parley/net/mailbox.hpp"

#include <utility>

namespace parley::net {

bool Mailbox::push(Function<void()> function) {
    const std::lock_guard lock(mutex_);
    functions_.push_back(std::move(function));
    return !has_mail_.exchange(true, std::memory_order_release);
}

std::vector<Function<void()>> Mailbox::take() {
    if (is_empty()) return {};
    const std::lock_guard lock(mutex_);
    has_mail_.store(false, std::memory_order_release);
    return std::exchange(functions_, {});
}

}  // namespace parley::net
