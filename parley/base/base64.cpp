// SPDX-License-Identifier: MIT
#include "parley/base/base64.hpp"

#include <array>
#include <cstdint>

namespace parley {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t not_base64 = 0xFF;

constexpr std::array<std::uint8_t, 256> make_values() {
    std::array<std::uint8_t, 256> values{};
    values.fill(not_base64);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    values['-'] = 62;
    values['_'] = 63;
    return values;
}

constexpr std::array<std::uint8_t, 256> values = make_values();

std::unexpected<Error> bad(const char* why) {
    return std::unexpected(Error{ErrorCode::invalid_input, why});
}

// Padding, where there is any, fills the last group of four and nothing else does.
std::size_t padding_of(std::string_view text) {
    if (text.size() % 4 != 0 || !text.ends_with('=')) return 0;
    return text.ends_with("==") ? 2 : 1;
}

}  // namespace

void append_base64(std::string& out, std::string_view octets) {
    const std::size_t start = out.size();
    out.resize(start + base64_size(octets.size()));
    char* to = out.data() + start;
    const auto* from = reinterpret_cast<const unsigned char*>(octets.data());
    std::size_t left = octets.size();
    for (; left >= 3; left -= 3, from += 3) {
        const std::uint32_t group = std::uint32_t{from[0]} << 16 | std::uint32_t{from[1]} << 8 | from[2];
        *to++ = alphabet[group >> 18];
        *to++ = alphabet[group >> 12 & 63];
        *to++ = alphabet[group >> 6 & 63];
        *to++ = alphabet[group & 63];
    }
    if (left == 0) return;
    const std::uint32_t group = std::uint32_t{from[0]} << 16 | (left == 2 ? std::uint32_t{from[1]} << 8 : 0);
    *to++ = alphabet[group >> 18];
    *to++ = alphabet[group >> 12 & 63];
    *to++ = left == 2 ? alphabet[group >> 6 & 63] : '=';
    *to++ = '=';
}

std::string base64_encode(std::string_view octets) {
    std::string out;
    append_base64(out, octets);
    return out;
}

Result<std::string> base64_decode(std::string_view text) {
    text.remove_suffix(padding_of(text));
    if (text.size() % 4 == 1) return bad("base64: a lone last character");

    std::string octets;
    octets.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned held = 0;  // bits of `bits` that are not out yet
    for (const char c : text) {
        const std::uint8_t value = values[static_cast<unsigned char>(c)];
        if (value == not_base64) return bad("base64: a character outside the alphabet");
        bits = bits << 6 | value;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        octets.push_back(static_cast<char>(bits >> held & 0xFF));
    }
    if ((bits & ((1U << held) - 1)) != 0) return bad("base64: bits behind the last octet");
    return octets;
}

}  // namespace parley
