// SPDX-License-Identifier: MIT
#include "parley/net/local_listener.hpp"

#include <utility>

#include "parley/net/backend/backend.hpp"
#include "parley/net/loop.hpp"

namespace parley::net {

Result<std::unique_ptr<Listener>> listen_local(Loop& loop, const std::string& path, const LocalListenOptions& options,
                                               OnAccept on_accept) {
    return loop.backend().listen_local(loop, path, options, std::move(on_accept));
}

Result<std::unique_ptr<Listener>> listen_handed_over(Loop& loop, std::string refusal, OnAccept on_accept) {
    return loop.backend().listen_handed_over(loop, std::move(refusal), std::move(on_accept));
}

}  // namespace parley::net
