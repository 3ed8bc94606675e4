// SPDX-License-Identifier: MIT
#include "parley/base/utf8.hpp"

#include <simdjson.h>

#include <cstring>

namespace parley {
namespace {

// Below this the call through simdjson's dispatch table costs more than the loop.
constexpr std::size_t vector_threshold = 64;

constexpr std::uint64_t high_bits = 0x8080808080808080U;

std::uint64_t load_word(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

std::size_t ascii_prefix(std::string_view text) noexcept {
    std::size_t at = 0;
    while (at + 8 <= text.size() && (load_word(text.data() + at) & high_bits) == 0)
        at += 8;
    while (at < text.size() && static_cast<unsigned char>(text[at]) < 0x80)
        ++at;
    return at;
}

// What the first octet of a character asks of those that follow (Unicode, table 3-7). `following` is 0 for an octet
// that cannot start a character of several.
struct Lead {
    std::uint8_t following = 0;
    std::uint8_t lowest = 0x80;
    std::uint8_t highest = 0xBF;
};

Lead lead_of(unsigned char octet) noexcept {
    if (octet < 0xC2 || octet > 0xF4) return {};
    if (octet < 0xE0) return {1, 0x80, 0xBF};
    if (octet < 0xF0) {
        const std::uint8_t lowest = octet == 0xE0 ? 0xA0 : 0x80;
        const std::uint8_t highest = octet == 0xED ? 0x9F : 0xBF;
        return {2, lowest, highest};
    }
    const std::uint8_t lowest = octet == 0xF0 ? 0x90 : 0x80;
    const std::uint8_t highest = octet == 0xF4 ? 0x8F : 0xBF;
    return {3, lowest, highest};
}

struct Character {
    std::size_t size = 0;  // octets of the character, or of the longest part of it that is there
    bool well_formed = false;
};

Character character_at(std::string_view text, std::size_t at) noexcept {
    const auto octet = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    if (octet(at) < 0x80) return {1, true};
    Lead lead = lead_of(octet(at));
    if (lead.following == 0) return {1, false};
    std::size_t size = 1;
    while (lead.following > 0) {
        if (at + size == text.size()) return {size, false};
        const unsigned char next = octet(at + size);
        if (next < lead.lowest || next > lead.highest) return {size, false};
        lead = {static_cast<std::uint8_t>(lead.following - 1), 0x80, 0xBF};
        ++size;
    }
    return {size, true};
}

// Octets of whole, well-formed characters that `text` begins with.
std::size_t valid_prefix(std::string_view text) noexcept {
    std::size_t at = 0;
    while (true) {
        at += ascii_prefix(text.substr(at));
        if (at == text.size()) return at;
        const Character character = character_at(text, at);
        if (!character.well_formed) return at;
        at += character.size;
    }
}

}  // namespace

bool is_ascii(std::string_view text) noexcept {
    return ascii_prefix(text) == text.size();
}

bool is_valid_utf8(std::string_view text) noexcept {
    if (text.size() >= vector_threshold) return simdjson::validate_utf8(text.data(), text.size());
    return valid_prefix(text) == text.size();
}

void append_utf8(std::string& out, char32_t code_point) {
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) code_point = 0xFFFD;
    const auto put = [&](char32_t octet) { out.push_back(static_cast<char>(octet)); };
    if (code_point < 0x80) {
        put(code_point);
    } else if (code_point < 0x800) {
        put(0xC0 | code_point >> 6);
        put(0x80 | (code_point & 0x3F));
    } else if (code_point < 0x10000) {
        put(0xE0 | code_point >> 12);
        put(0x80 | (code_point >> 6 & 0x3F));
        put(0x80 | (code_point & 0x3F));
    } else {
        put(0xF0 | code_point >> 18);
        put(0x80 | (code_point >> 12 & 0x3F));
        put(0x80 | (code_point >> 6 & 0x3F));
        put(0x80 | (code_point & 0x3F));
    }
}

void append_valid_utf8(std::string& out, std::string_view text) {
    while (!text.empty()) {
        const std::size_t good = valid_prefix(text);
        out.append(text.substr(0, good));
        text.remove_prefix(good);
        if (text.empty()) return;
        append_utf8(out, 0xFFFD);
        text.remove_prefix(character_at(text, 0).size);
    }
}

bool Utf8Validator::continue_character(std::string_view& piece) noexcept {
    while (pending_ > 0 && !piece.empty()) {
        const auto octet = static_cast<unsigned char>(piece.front());
        if (octet < lowest_ || octet > highest_) return false;
        lowest_ = 0x80;
        highest_ = 0xBF;
        --pending_;
        piece.remove_prefix(1);
    }
    return true;
}

// `piece` begins with an octet that leads a longer character, which the end of what has arrived cuts.
void Utf8Validator::start_character(std::string_view piece) noexcept {
    const Lead lead = lead_of(static_cast<unsigned char>(piece.front()));
    pending_ = lead.following;
    lowest_ = lead.lowest;
    highest_ = lead.highest;
    piece.remove_prefix(1);
    failed_ = !continue_character(piece) || !piece.empty();
}

bool Utf8Validator::receive(std::string_view piece) noexcept {
    if (failed_) return false;
    if (!continue_character(piece)) {
        failed_ = true;
        return false;
    }
    if (piece.empty()) return true;

    // A character that the end of the piece cuts begins in its last three octets; what stands before is whole.
    std::size_t whole = piece.size();
    for (std::size_t back = 1; back <= 3 && back <= piece.size(); ++back) {
        const auto octet = static_cast<unsigned char>(piece[piece.size() - back]);
        if (octet >= 0x80 && octet < 0xC0) continue;
        if (lead_of(octet).following >= back) whole = piece.size() - back;
        break;
    }
    if (!is_valid_utf8(piece.substr(0, whole))) {
        failed_ = true;
        return false;
    }
    if (whole < piece.size()) start_character(piece.substr(whole));
    return !failed_;
}

}  // namespace parley
