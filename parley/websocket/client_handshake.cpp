// SPDX-License-Identifier: MIT
#include "parley/websocket/client_handshake.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "parley/base/base64.hpp"
#include "parley/base/text.hpp"
#include "parley/http/received_response.hpp"
#include "parley/websocket/handshake.hpp"

namespace parley::websocket {
namespace {

std::unexpected<Error> refuse(const char* reason) {
    return std::unexpected(Error{ErrorCode::invalid_input, reason});
}

// The value of a header that may come only once.
std::string_view find_single(const http::ReceivedResponse& answer, std::string_view name) {
    return answer.count(name) == 1 ? *answer.find(name) : std::string_view();
}

}  // namespace

std::string make_key(EntropySource& entropy) {
    std::array<std::byte, 16> octets{};
    entropy.fill(octets);
    return base64_encode({reinterpret_cast<const char*>(octets.data()), octets.size()});
}

Result<std::string> check_handshake_answer(const http::ReceivedResponse& answer, const HandshakeOffer& offer) {
    if (answer.status() != 101) return refuse("does not speak WebSocket at this address");
    if (!equals_ignoring_case(find_single(answer, "Upgrade"), "websocket")) {
        return refuse("answered 101 without Upgrade: websocket");
    }
    if (!answer.lists("Connection", "upgrade")) return refuse("answered 101 without Connection: Upgrade");
    if (find_single(answer, "Sec-WebSocket-Accept") != accept_key(offer.key)) {
        return refuse("answered 101 without the proof that it read the key (Sec-WebSocket-Accept)");
    }
    if (answer.count("Sec-WebSocket-Extensions") > 0) return refuse("chose an extension that was not offered");
    if (answer.count("Sec-WebSocket-Protocol") == 0) {
        if (offer.subprotocols.empty()) return std::string();
        return refuse("chose none of the subprotocols that were offered");
    }
    const std::string_view chosen = find_single(answer, "Sec-WebSocket-Protocol");
    if (std::ranges::find(offer.subprotocols, chosen) == offer.subprotocols.end()) {
        return refuse("chose a subprotocol that was not offered");
    }
    return std::string(chosen);
}

}  // namespace parley::websocket
