// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "parley/base/entropy.hpp"
#include "parley/base/error.hpp"

namespace parley::http {
class ReceivedResponse;
}

namespace parley::websocket {

/// The key of a client's opening handshake: sixteen octets that nobody can foresee, in base64 (RFC 6455 §4.1).
[[nodiscard]] std::string make_key(EntropySource& entropy);

/// What a client asks for in its opening handshake.
struct HandshakeOffer {
    std::string_view key;
    std::span<const std::string> subprotocols;
};

/// Judges the answer to a client's opening handshake (RFC 6455 §4.1, "the client MUST validate the server's response"):
/// 101, one `Upgrade: websocket`, `upgrade` in Connection, the proof that belongs to the key, no extension, and one of
/// the subprotocols exactly where some were offered (as browsers have it).
///
/// The subprotocol, empty where none was offered; or what is wrong, in a clause that goes on after "the server".
[[nodiscard]] Result<std::string> check_handshake_answer(const http::ReceivedResponse& answer,
                                                         const HandshakeOffer& offer);

}  // namespace parley::websocket
