// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "parley/base/error.hpp"
#include "parley/net/listener.hpp"

namespace parley::net {

/// How to listen on a Unix-domain socket.
struct LocalListenOptions {
    std::uint32_t mode = 0660;  ///< of its file: who may connect
    int backlog = 4096;         ///< connections that may wait to be accepted
    std::string refusal = {};   ///< octets for those who are turned away, as far as they can be sent at once
};

/// Accepts connections on a Unix-domain socket, whose file is made at `path` and goes with the listener. A file that a
/// process has left behind which is gone is replaced; any other is not touched, and is an error. The connections have
/// no addresses.
[[nodiscard]] Result<std::unique_ptr<Listener>> listen_local(Loop& loop, const std::string& path,
                                                             const LocalListenOptions& options, OnAccept on_accept);

/// How many sockets the service manager has handed over to this process that nobody has taken (sd_listen_fds(3):
/// LISTEN_PID and LISTEN_FDS).
[[nodiscard]] std::size_t handed_over_sockets();

/// Takes the next of these, and accepts connections on it.
[[nodiscard]] Result<std::unique_ptr<Listener>> listen_handed_over(Loop& loop, std::string refusal, OnAccept on_accept);

}  // namespace parley::net
