// SPDX-License-Identifier: MIT
#include "apps/terminal/clusters.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

#include "parley/base/utf8.hpp"

namespace parley::terminal {

namespace {

struct CodePoint {
    utf8proc_int32_t value;
    std::size_t octets;
};

/// The first code point of `text`, which is not empty.
CodePoint first_of(std::string_view text) {
    utf8proc_int32_t value = 0;
    const auto* const octets = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    const utf8proc_ssize_t read = utf8proc_iterate(octets, static_cast<utf8proc_ssize_t>(text.size()), &value);
    if (read <= 0) return {0xFFFD, 1};
    return {value, static_cast<std::size_t>(read)};
}

bool is_control(utf8proc_int32_t character) {
    const utf8proc_category_t category = utf8proc_category(character);
    return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

/// What makes one emoji of several characters, or an emoji of a plain sign.
bool joins_emoji(utf8proc_int32_t character) {
    constexpr utf8proc_int32_t joiner = 0x200D;
    constexpr utf8proc_int32_t emoji_style = 0xFE0F;
    const bool is_flag_letter = character >= 0x1F1E6 && character <= 0x1F1FF;
    const bool is_skin_tone = character >= 0x1F3FB && character <= 0x1F3FF;
    return character == joiner || character == emoji_style || is_flag_letter || is_skin_tone;
}

bool is_hangul_part(utf8proc_int32_t character) {
    return (character >= 0x1160 && character <= 0x11FF) || (character >= 0xD7B0 && character <= 0xD7FF);
}

/// The length of the escape sequence (ECMA-48) that `text` begins with; 0 if it begins with none.
std::size_t escape_octets(std::string_view text) {
    if (!text.starts_with('\x1b')) return 0;
    if (text.size() < 2 || text[1] == '\x1b') return 1;
    if (text[1] == '[') {
        const auto* const end =
            std::ranges::find_if(text.substr(2), [](char octet) { return octet >= '@' && octet <= '~'; });
        return std::min(text.size(), static_cast<std::size_t>(end - text.begin()) + 1);
    }
    if (text[1] == ']') {  // until BEL or ESC \, as for titles and links
        const std::size_t end = text.find_first_of("\a\x1b", 2);
        if (end == std::string_view::npos) return text.size();
        return text[end] == '\a' ? end + 1 : std::min(text.size(), end + 2);
    }
    return 2;
}

}  // namespace

std::size_t next_cluster(std::string_view text, std::size_t from) {
    if (from >= text.size()) return text.size();
    CodePoint before = first_of(text.substr(from));
    std::size_t end = from + before.octets;
    utf8proc_int32_t state = 0;
    while (end < text.size()) {
        const CodePoint next = first_of(text.substr(end));
        if (utf8proc_grapheme_break_stateful(before.value, next.value, &state)) break;
        end += next.octets;
        before = next;
    }
    return end;
}

std::size_t previous_cluster(std::string_view text, std::size_t to) {
    std::size_t begin = 0;
    // Where clusters begin is only known from the beginning: of flags two letters go together.
    for (std::size_t end = next_cluster(text, 0); end < to; end = next_cluster(text, end))
        begin = end;
    return begin;
}

std::size_t cluster_columns(std::string_view cluster) {
    std::size_t columns = 0;
    bool is_emoji = false;
    while (!cluster.empty()) {
        const CodePoint character = first_of(cluster);
        cluster.remove_prefix(character.octets);
        is_emoji = is_emoji || joins_emoji(character.value);
        if (is_hangul_part(character.value) && columns > 0) continue;
        columns += static_cast<std::size_t>(std::max(0, utf8proc_charwidth(character.value)));
    }
    return is_emoji ? 2 : columns;
}

std::size_t columns_of(std::string_view text) {
    std::size_t columns = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = next_cluster(text, at);
        columns += cluster_columns(text.substr(at, end - at));
        at = end;
    }
    return columns;
}

bool is_space(std::string_view cluster) {
    if (cluster.empty()) return false;
    const utf8proc_int32_t character = first_of(cluster).value;
    return utf8proc_category(character) == UTF8PROC_CATEGORY_ZS || is_control(character);
}

bool is_word(std::string_view cluster) {
    if (cluster.empty() || is_space(cluster)) return false;
    const utf8proc_category_t category = utf8proc_category(first_of(cluster).value);
    return category < UTF8PROC_CATEGORY_PC || category > UTF8PROC_CATEGORY_PO;
}

std::string without_controls(std::string_view text) {
    std::string valid;
    append_valid_utf8(valid, text);
    std::string cleaned;
    for (std::string_view rest = valid; !rest.empty();) {
        if (const std::size_t escape = escape_octets(rest)) {
            rest.remove_prefix(escape);
            continue;
        }
        const CodePoint character = first_of(rest);
        if (character.value == '\r') {
            if (!rest.starts_with("\r\n")) cleaned += '\n';
        } else if (character.value == '\n' || character.value == '\t' || !is_control(character.value)) {
            cleaned += rest.substr(0, character.octets);
        }
        rest.remove_prefix(character.octets);
    }
    return cleaned;
}

}  // namespace parley::terminal
