// SPDX-License-Identifier: MIT
#include "parley/web/location.hpp"

#include <cstddef>

#include "parley/base/text.hpp"

namespace parley::web {

namespace {

bool is_encoded(std::string_view text) {
    return text.size() >= 3 && hex_value(text[1]) >= 0 && hex_value(text[2]) >= 0;
}

bool may_stay(char c) {
    constexpr std::string_view never = "\"<>`{}%";
    return c > 0x20 && c < 0x7F && never.find(c) == std::string_view::npos;
}

}  // namespace

std::string encode_location(std::string_view location) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(location.size());
    for (std::size_t i = 0; i < location.size(); ++i) {
        const char c = location[i];
        if (may_stay(c) || (c == '%' && is_encoded(location.substr(i)))) {
            encoded += c;
            continue;
        }
        const auto octet = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += digits[octet >> 4];
        encoded += digits[octet & 0x0F];
    }
    return encoded;
}

}  // namespace parley::web
