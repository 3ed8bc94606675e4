// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "parley/base/entropy.hpp"
#include "parley/base/error.hpp"
#include "parley/websocket/deflate_parameters.hpp"

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
    PerMessageDeflate deflate = {.enabled = false};  ///< what `deflate_offer` was made of
};

/// What a server has chosen of it.
struct HandshakeChoice {
    std::string subprotocol;                   ///< empty where none was offered
    std::optional<DeflateParameters> deflate;  ///< nothing: messages are not compressed
};

/// Judges the answer to a client's opening handshake (RFC 6455 §4.1, "the client MUST validate the server's response"):
/// 101, one `Upgrade: websocket`, `upgrade` in Connection, the proof that belongs to the key, no extension but what
/// was offered, and one of the subprotocols exactly where some were offered (as browsers have it).
///
/// What was chosen; or what is wrong, in a clause that goes on after "the server".
[[nodiscard]] Result<HandshakeChoice> check_handshake_answer(const http::ReceivedResponse& answer,
                                                             const HandshakeOffer& offer);

}  // namespace parley::websocket
