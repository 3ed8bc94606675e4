// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "parley/websocket/deflate_parameters.hpp"

namespace parley::http {
class RequestHead;
}

namespace parley::websocket {

/// What a request to become a WebSocket connection is answered.
struct HandshakeAnswer {
    int status = 400;         ///< 101, or the status of the refusal: 400, 405, 426
    std::string accept;       ///< of 101: the value of Sec-WebSocket-Accept
    std::string subprotocol;  ///< of 101: what was chosen; empty: none. The caller may set it (a token, RFC 6455 §4.1).
    std::string extensions =
        {};  ///< of 101: what was agreed to; empty: nothing. The caller may set it (`choose_deflate`).
    std::string_view reason = {};  ///< of a refusal: one sentence for the body; lives for ever

    [[nodiscard]] bool accepted() const noexcept { return status == 101; }

    /// Calls `add(std::string_view name, std::string_view value)` for each header that belongs to the answer, but for
    /// `Connection: Upgrade` and `Upgrade: websocket`, which a 101 and a 426 need and the HTTP framing writes.
    template <typename Add>
    void for_each_header(Add&& add) const {
        using namespace std::string_view_literals;
        if (status == 405) add("Allow"sv, "GET"sv);
        if (status == 426) add("Sec-WebSocket-Version"sv, "13"sv);
        if (status != 101) return;
        add("Sec-WebSocket-Accept"sv, std::string_view(accept));
        if (!subprotocol.empty()) add("Sec-WebSocket-Protocol"sv, std::string_view(subprotocol));
        if (!extensions.empty()) add("Sec-WebSocket-Extensions"sv, std::string_view(extensions));
    }
};

/// Judges a client's opening handshake (RFC 6455 §4.2.1), strictly: GET, HTTP/1.1, no body, one `Upgrade: websocket`,
/// `upgrade` in Connection, one key of sixteen octets in base64, version 13; well-formed lists of subprotocols and
/// extensions.
///
/// An Upgrade header with further protocols in it is refused, although RFC 9110 §7.8 knows such lists: no client sends
/// one, and two readers of it may disagree. Subprotocols are chosen with `choose_subprotocol`, and of the extensions
/// permessage-deflate with `choose_deflate`; where the request comes from (Origin) is a question for the caller.
[[nodiscard]] HandshakeAnswer check_handshake(const http::RequestHead& request);

/// The first subprotocol of the client's list that the server speaks too; empty: none in common, or none asked for.
/// The view is one into `supported`. Names are compared octet by octet (RFC 6455 §4.1 and §4.2.2).
[[nodiscard]] std::string_view choose_subprotocol(const http::RequestHead& request,
                                                  std::span<const std::string> supported);

/// The first offer of permessage-deflate, in all lines of the request, that a server with these options accepts: see
/// `accept_deflate_offer`.
[[nodiscard]] std::optional<DeflateAgreement> choose_deflate(const http::RequestHead& request,
                                                             const PerMessageDeflate& options,
                                                             DeflateContexts contexts);

/// The proof that the server has read the client's `key` (RFC 6455 §4.2.2, step 5.4).
[[nodiscard]] std::string accept_key(std::string_view key);

}  // namespace parley::websocket
