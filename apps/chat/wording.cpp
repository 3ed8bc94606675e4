// SPDX-License-Identifier: MIT
#include "apps/chat/wording.hpp"

#include <algorithm>

#include "apps/chat/characters.hpp"
#include "parley/base/utf8.hpp"

namespace parley::chat {

namespace {

constexpr std::string_view white_space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(white_space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white_space) - first + 1);
}

bool contains(std::string_view text, CharacterKind kind) {
    while (!text.empty()) {
        if (kind_of(take_character(text)) == kind) return true;
    }
    return false;
}

std::unexpected<Error> unusable(std::string message) {
    return std::unexpected(Error{ErrorCode::invalid_argument, std::move(message)});
}

}  // namespace

std::size_t count_characters(std::string_view text) {
    // Every octet but the continuation octets 10xxxxxx begins a character.
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char octet) { return (static_cast<unsigned char>(octet) & 0xC0) != 0x80; }));
}

Result<std::string> clean_name(std::string_view name, std::size_t characters_max) {
    std::string cleaned;
    for (std::string_view rest = trimmed(name); !rest.empty();) {
        const std::string_view before = rest;
        const CharacterKind kind = kind_of(take_character(rest));
        if (kind == CharacterKind::control) return unusable("A name cannot have control characters.");
        if (kind == CharacterKind::layout) continue;
        if (kind != CharacterKind::space) {
            cleaned += before.substr(0, before.size() - rest.size());
        } else if (!cleaned.empty() && !cleaned.ends_with(' ')) {
            cleaned += ' ';
        }
    }
    if (cleaned.ends_with(' ')) cleaned.pop_back();
    if (!contains(cleaned, CharacterKind::visible)) return unusable("A name needs at least one visible character.");
    if (count_characters(cleaned) > characters_max) {
        return unusable("A name can have at most " + std::to_string(characters_max) + " characters.");
    }
    return cleaned;
}

Result<std::string> clean_room_name(std::string_view name, std::size_t characters_max) {
    Result<std::string> cleaned = clean_name(name, characters_max);
    if (cleaned && (*cleaned == "." || *cleaned == "..")) return unusable("A room cannot be called . or ..");
    return cleaned;
}

std::u32string comparable_name(std::string_view name) {
    std::u32string letters;
    while (!name.empty()) {
        const char32_t character = take_character(name);
        if (kind_of(character) != CharacterKind::joining) letters += small_letter(character);
    }
    return letters;
}

Result<std::string> clean_text(std::string_view text, std::size_t characters_max) {
    std::string cleaned(trimmed(text));
    std::erase(cleaned, '\r');
    if (!contains(cleaned, CharacterKind::visible)) return unusable("The message is empty.");
    if (count_characters(cleaned) > characters_max) {
        return unusable("A message can have at most " + std::to_string(characters_max) + " characters.");
    }
    for (std::string_view rest = cleaned; !rest.empty();) {
        const char32_t character = take_character(rest);
        const bool is_line = character == '\n' || character == '\t' || character == 0x2028 || character == 0x2029;
        if (!is_line && kind_of(character) == CharacterKind::control)
            return unusable("The message has control characters.");
    }
    return cleaned;
}

bool is_usable_key(std::string_view key, std::size_t bytes_max) {
    const auto is_plain = [](char octet) { return octet > ' ' && octet < 0x7f && octet != '"' && octet != '\\'; };
    return !key.empty() && key.size() <= bytes_max && std::ranges::all_of(key, is_plain);
}

std::string printable(std::string_view text) {
    // Octets that are no UTF-8 could hide a control character.
    std::string valid;
    if (!is_valid_utf8(text)) {
        append_valid_utf8(valid, text);
        text = valid;
    }
    std::string line;
    while (!text.empty()) {
        const std::string_view before = text;
        const bool is_control = kind_of(take_character(text)) == CharacterKind::control;
        line += is_control ? "?" : before.substr(0, before.size() - text.size());
    }
    return line;
}

}  // namespace parley::chat
