// SPDX-License-Identifier: MIT
#pragma once

namespace parley::net {
class Loop;
}

namespace parley::client {

/// What has a loop for a client to live on: an `Application`, or a `Server` by that of its own.
template <typename Host>
concept HasLoop = requires(Host& host) { host.application().loop(); } || requires(Host& host) { host.loop(); };

/// The loop of such a host.
template <HasLoop Host>
[[nodiscard]] net::Loop& loop_of(Host& host) {
    if constexpr (requires { host.application(); }) {
        return host.application().loop();
    } else {
        return host.loop();
    }
}

}  // namespace parley::client
