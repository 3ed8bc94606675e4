// SPDX-License-Identifier: MIT
#include "apps/chat/wording.hpp"

#include <algorithm>

namespace parley::chat {

namespace {

constexpr std::string_view space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

bool is_control(char character) {
    const auto octet = static_cast<unsigned char>(character);
    return octet < 0x20 || octet == 0x7f;
}

std::unexpected<Error> refusal(std::string message) {
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
    for (const char character : trimmed(name)) {
        if (is_control(character)) return refusal("A name cannot have control characters.");
        if (character == ' ' && cleaned.ends_with(' ')) continue;
        cleaned.push_back(character);
    }
    if (cleaned.empty()) return refusal("A name needs at least one character.");
    if (count_characters(cleaned) > characters_max) {
        return refusal("A name can have at most " + std::to_string(characters_max) + " characters.");
    }
    return cleaned;
}

Result<std::string> clean_text(std::string_view text, std::size_t characters_max) {
    const std::string_view kept = trimmed(text);
    if (kept.empty()) return refusal("The message is empty.");
    if (count_characters(kept) > characters_max) {
        return refusal("A message can have at most " + std::to_string(characters_max) + " characters.");
    }
    const auto forbidden = [](char character) {
        return is_control(character) && character != '\n' && character != '\t';
    };
    std::string cleaned(kept);
    std::erase(cleaned, '\r');
    if (std::ranges::any_of(cleaned, forbidden)) return refusal("The message has control characters.");
    return cleaned;
}

}  // namespace parley::chat
