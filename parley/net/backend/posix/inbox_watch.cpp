// SPDX-License-Identifier: MIT
#include "parley/net/backend/posix/inbox_watch.hpp"

#include <bit>

namespace parley::net::detail {

// The function is moved out while it runs, so that it survives a watch that it destroys.
void InboxWatch::tell() {
    std::uint64_t arrived = inbox_.take();
    bool destroyed = false;
    destroyed_ = &destroyed;
    Function<void(int)> on_signal = std::move(on_signal_);
    for (; arrived != 0 && !destroyed; arrived &= arrived - 1)
        on_signal(std::countr_zero(arrived) + 1);
    if (destroyed) return;
    destroyed_ = nullptr;
    on_signal_ = std::move(on_signal);
}

}  // namespace parley::net::detail
