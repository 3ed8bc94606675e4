// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace parley::socketio {

/// How the owner of the sockets calls one of them: a pointer or an index, opaque here. It is stored and given back.
enum class SocketHandle : std::uint64_t { none = 0 };

}  // namespace parley::socketio
