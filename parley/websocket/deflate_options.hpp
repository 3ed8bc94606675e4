// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace parley {

/// How zlib compresses, in its own words.
struct ZlibDeflateOptions {
    int level = 1;      ///< 0 (not at all) to 9 (as small as possible)
    int mem_level = 5;  ///< 1 to 9: memory of a compressor; with a window of 12 bits it is 39 KB at 5, 270 KB at 9
};

/// The compression of WebSocket messages, permessage-deflate (RFC 7692). It is agreed to in the handshake, by those
/// peers that can; `{}` is all that it takes to turn it on where it is off.
///
/// Names are those of the official server. What costs memory is context takeover: each side compresses with what it has
/// said before in view, and both keep that, for each connection. A smaller window keeps less. Without takeover all
/// connections of a thread share one compressor, and one broadcast is compressed once.
struct PerMessageDeflate {
    bool enabled = true;
    std::size_t threshold = 1'024;            ///< octets; a shorter message goes as it is
    bool server_no_context_takeover = false;  ///< the server keeps nothing of the messages that it has sent
    bool client_no_context_takeover = false;  ///< nor the client of its own
    /// 9 to 15: the server looks back so many octets, as a power of two. A server has this at most; a client asks for
    /// it, and takes more of a server that cannot.
    int server_max_window_bits = 12;
    int client_max_window_bits = 12;  ///< the same of the client, where it lets the server choose, as browsers do
    ZlibDeflateOptions zlib_deflate_options = {};
    /// Connections of one server that may keep contexts of their own, each up to 50 KB with what is set here; it is
    /// shared out evenly between the threads. With one more no context takeover is agreed to, in either direction.
    std::size_t contexts_max = 1'000;
};

}  // namespace parley
