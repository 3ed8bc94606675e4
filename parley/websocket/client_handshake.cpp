// SPDX-License-Identifier: MIT
#include "parley/websocket/client_handshake.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

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

Result<std::string> check_subprotocol(const http::ReceivedResponse& answer, std::span<const std::string> offered) {
    if (answer.count("Sec-WebSocket-Protocol") == 0) {
        if (offered.empty()) return std::string();
        return refuse("chose none of the subprotocols that were offered");
    }
    const std::string_view chosen = find_single(answer, "Sec-WebSocket-Protocol");
    if (std::ranges::find(offered, chosen) == offered.end()) {
        return refuse("chose a subprotocol that was not offered");
    }
    return std::string(chosen);
}

Result<std::optional<DeflateParameters>> check_extensions(const http::ReceivedResponse& answer,
                                                          const PerMessageDeflate& offered) {
    const std::size_t lines = answer.count("Sec-WebSocket-Extensions");
    if (lines == 0) return std::nullopt;
    if (lines > 1) return refuse("chose more than one extension");
    return check_deflate_answer(*answer.find("Sec-WebSocket-Extensions"), offered);
}

}  // namespace

std::string make_key(EntropySource& entropy) {
    std::array<std::byte, 16> octets{};
    entropy.fill(octets);
    return base64_encode({reinterpret_cast<const char*>(octets.data()), octets.size()});
}

Result<HandshakeChoice> check_handshake_answer(const http::ReceivedResponse& answer, const HandshakeOffer& offer) {
    if (answer.status() != 101) return refuse("does not speak WebSocket at this address");
    if (!equals_ignoring_case(find_single(answer, "Upgrade"), "websocket")) {
        return refuse("answered 101 without Upgrade: websocket");
    }
    if (!answer.lists("Connection", "upgrade")) return refuse("answered 101 without Connection: Upgrade");
    if (find_single(answer, "Sec-WebSocket-Accept") != accept_key(offer.key)) {
        return refuse("answered 101 without the proof that it read the key (Sec-WebSocket-Accept)");
    }
    Result<std::optional<DeflateParameters>> deflate = check_extensions(answer, offer.deflate);
    if (!deflate) return std::unexpected(std::move(deflate.error()));
    Result<std::string> subprotocol = check_subprotocol(answer, offer.subprotocols);
    if (!subprotocol) return std::unexpected(std::move(subprotocol.error()));
    return HandshakeChoice{.subprotocol = std::move(*subprotocol), .deflate = *deflate};
}

}  // namespace parley::websocket
