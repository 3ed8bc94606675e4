// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace parley {

/// The compression of WebSocket messages, permessage-deflate (RFC 7692). It is agreed to in the handshake, by those
/// peers that can; `{}` is all that it takes to turn it on where it is off. Names are those of the official server.
///
/// What costs memory is context takeover: each side compresses with what it has said before in view, and both keep
/// that, for each connection. Without takeover all connections of a thread share one compressor, and one broadcast is
/// compressed once.
///
/// `threshold`: messages of fewer octets go as they are. `..._no_context_takeover`: that side keeps nothing of the
/// messages that it has sent. `..._max_window_bits`: it looks back so many octets, as a power of two, 9 to 15. A server
/// has its own at most and says the client's where the client lets it, as browsers do; a client asks for the server's,
/// and takes more of one that cannot.
///
/// `zlib_deflate_options`, in words of zlib: `level` from 0 (not at all) to 9 (as small as possible); `mem_level` from
/// 1 to 9, the memory of a compressor: with a window of 12 bits it is 39 KB at 5, 270 KB at 9.
///
/// `contexts_max`: connections of one server that may keep contexts of their own, each up to 50 KB with what is set
/// here; shared out evenly between the threads. With one more no takeover is agreed to, in either direction.
struct PerMessageDeflate {
    struct Zlib {
        int level = 1;
        int mem_level = 5;
    };
    bool enabled = true;
    std::size_t threshold = 1'024;
    bool server_no_context_takeover = false;
    bool client_no_context_takeover = false;
    int server_max_window_bits = 12;
    int client_max_window_bits = 12;
    Zlib zlib_deflate_options = {};
    std::size_t contexts_max = 1'000;
};

}  // namespace parley
