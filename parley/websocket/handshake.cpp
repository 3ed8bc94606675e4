// SPDX-License-Identifier: MIT
#include "parley/websocket/handshake.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "parley/base/base64.hpp"
#include "parley/base/sha1.hpp"
#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"
#include "parley/http/request_head.hpp"
#include "parley/websocket/extensions.hpp"

namespace parley::websocket {
namespace {

constexpr std::string_view protocol_header = "Sec-WebSocket-Protocol";
constexpr std::string_view extensions_header = "Sec-WebSocket-Extensions";

// The value of a header that may come only once (RFC 6455 §11.3).
std::optional<std::string_view> find_single(const http::RequestHead& request, std::string_view name) {
    return request.count(name) == 1 ? request.find(name) : std::nullopt;
}

// Sixteen octets in base64 are 22 characters and two of padding. The four bits that the last character has too many are
// not looked at: the key is random anyhow.
bool is_key(std::string_view text) noexcept {
    constexpr std::size_t characters = 22;
    if (text.size() != characters + 2 || !text.ends_with("==")) return false;
    return std::ranges::all_of(text.substr(0, characters), [](char c) {
        const char lower = to_lower(c);
        return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '+' || c == '/';
    });
}

// Calls `visit(std::string_view value)`, which returns whether to go on, for each line of this name. False: it did not.
template <typename Visit>
bool all_lines(const http::RequestHead& request, std::string_view name, Visit visit) {
    return std::ranges::all_of(request.headers(), [&](const http::Header& header) {
        return !equals_ignoring_case(header.name, name) || visit(header.value);
    });
}

bool is_protocol_list(std::string_view value) {
    bool good = true;
    for_each_list_item(value, [&](std::string_view item) { return good = http::detail::is_token(item); });
    return good;
}

bool is_extension_list(std::string_view value) {
    ExtensionOffers offers(value);
    ExtensionItem item = offers.next();
    while (item.kind == ExtensionItem::Kind::offer || item.kind == ExtensionItem::Kind::parameter)
        item = offers.next();
    return item.kind != ExtensionItem::Kind::malformed;
}

HandshakeAnswer refuse(int status, std::string_view reason) {
    return {.status = status, .accept = {}, .subprotocol = {}, .extensions = {}, .reason = reason};
}

}  // namespace

HandshakeAnswer check_handshake(const http::RequestHead& request) {
    if (request.method() != "GET") return refuse(405, "A WebSocket handshake is a GET request.");
    if (request.minor_version() < 1) return refuse(400, "A WebSocket handshake needs HTTP/1.1.");
    const std::size_t upgrades = request.count("Upgrade");
    if (upgrades == 0) return refuse(426, "This address speaks WebSocket: upgrade the connection.");
    const std::string_view upgrade = find_single(request, "Upgrade").value_or("");
    if (!equals_ignoring_case(upgrade, "websocket")) return refuse(400, "The Upgrade header must be: websocket.");
    if (!request.lists("Connection", "upgrade")) return refuse(400, "The Connection header must name: upgrade.");
    if (request.has_body()) return refuse(400, "A WebSocket handshake has no body.");
    if (find_single(request, "Sec-WebSocket-Version") != "13") return refuse(426, "The WebSocket version must be 13.");

    const std::string_view key = find_single(request, "Sec-WebSocket-Key").value_or("");
    if (!is_key(key)) return refuse(400, "Sec-WebSocket-Key must be one key of 16 octets in base64.");
    if (!all_lines(request, protocol_header, is_protocol_list)) {
        return refuse(400, "Sec-WebSocket-Protocol is not a list of names.");
    }
    if (!all_lines(request, extensions_header, is_extension_list)) {
        return refuse(400, "Sec-WebSocket-Extensions is malformed.");
    }
    return {.status = 101, .accept = accept_key(key), .subprotocol = {}, .extensions = {}, .reason = {}};
}

std::string_view choose_subprotocol(const http::RequestHead& request, std::span<const std::string> supported) {
    std::string_view chosen;
    all_lines(request, protocol_header, [&](std::string_view value) {
        for_each_list_item(value, [&](std::string_view wanted) {
            const auto found = std::ranges::find(supported, wanted);
            if (found != supported.end()) chosen = *found;
            return chosen.empty();
        });
        return chosen.empty();
    });
    return chosen;
}

std::optional<DeflateAgreement> choose_deflate(const http::RequestHead& request, const PerMessageDeflate& options,
                                               DeflateContexts contexts) {
    std::optional<DeflateAgreement> chosen;
    all_lines(request, extensions_header, [&](std::string_view value) {
        chosen = accept_deflate_offer(value, options, contexts);
        return !chosen;
    });
    return chosen;
}

std::string accept_key(std::string_view key) {
    std::string proof(key);
    proof += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    const std::array<std::byte, 20> digest = sha1(proof);
    return base64_encode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

}  // namespace parley::websocket
