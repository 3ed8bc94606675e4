// SPDX-License-Identifier: MIT
#include "parley/websocket/extensions.hpp"

#include <algorithm>

#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"

namespace parley::websocket {

namespace {

bool is_token_character(char c) {
    return http::detail::is_character_of(http::detail::token_character, c);
}

}  // namespace

// extension-list = 1#extension          extension       = token *( ";" parameter )
// parameter      = token [ "=" value ]  value           = token / quoted-string
// with white space around every separator.

ExtensionItem ExtensionOffers::next() noexcept {
    if (in_offer_) {
        if (take(';')) return read_parameter();
        if (!rest_.empty() && !take(',')) return fail();
        in_offer_ = false;
    }
    while (take(',')) {
    }
    return rest_.empty() ? ExtensionItem{} : read_offer();
}

ExtensionItem ExtensionOffers::read_offer() noexcept {
    in_offer_ = true;
    const std::string_view name = take_token();
    return name.empty() ? fail() : ExtensionItem{ExtensionItem::Kind::offer, name, {}};
}

ExtensionItem ExtensionOffers::read_parameter() noexcept {
    const std::string_view name = take_token();
    if (name.empty()) return fail();
    ExtensionItem item{ExtensionItem::Kind::parameter, name, {}};
    if (!take('=')) return item;
    item.value = take_value();
    return item.value.empty() ? fail() : item;
}

std::string_view ExtensionOffers::take_token() noexcept {
    rest_ = trim_ows(rest_);
    const auto end = std::ranges::find_if_not(rest_, is_token_character);
    const std::string_view token(rest_.begin(), end);
    rest_ = trim_ows(rest_.substr(token.size()));
    return token;
}

// A token, with or without quotes around it; empty: anything else.
std::string_view ExtensionOffers::take_value() noexcept {
    if (!rest_.starts_with('"')) return take_token();
    const std::size_t closing = rest_.find('"', 1);
    if (closing == std::string_view::npos) return {};
    const std::string_view value = rest_.substr(1, closing - 1);
    rest_ = trim_ows(rest_.substr(closing + 1));
    return http::detail::is_token(value) ? value : std::string_view{};
}

bool ExtensionOffers::take(char separator) noexcept {
    rest_ = trim_ows(rest_);
    if (!rest_.starts_with(separator)) return false;
    rest_ = trim_ows(rest_.substr(1));
    return true;
}

ExtensionItem ExtensionOffers::fail() noexcept {
    rest_ = {};
    in_offer_ = false;
    return {ExtensionItem::Kind::malformed, {}, {}};
}

}  // namespace parley::websocket
