// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace parley {

/// Whether `text` is well-formed UTF-8: no overlong form, no surrogate, nothing above U+10FFFF (RFC 3629 §4).
///
/// Vectorised for long texts, a plain loop for short ones.
[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

/// Whether every octet of `text` is below 0x80.
[[nodiscard]] bool is_ascii(std::string_view text) noexcept;

/// Appends the UTF-8 form of `code_point`; what is no scalar value (a surrogate, above U+10FFFF) becomes U+FFFD.
void append_utf8(std::string& out, char32_t code_point);

/// Appends `text`, each maximal ill-formed part of it replaced by one U+FFFD (Unicode §3.9, as browsers do it).
void append_valid_utf8(std::string& out, std::string_view text);

/// Validates UTF-8 that arrives in pieces cut anywhere, and fails at the first octet that cannot be continued.
///
/// RFC 6455 §8.1 wants a text message with ill-formed UTF-8 closed; failing fast keeps a large one from being collected
/// first. Owns no memory.
class Utf8Validator {
 public:
    /// Takes the next piece. False: the text is ill-formed, whatever follows; it stays false until `reset()`.
    bool receive(std::string_view piece) noexcept;

    /// Whether the text may end here: well-formed so far, and not within a character.
    [[nodiscard]] bool complete() const noexcept { return pending_ == 0 && !failed_; }

    /// Starts a new text.
    void reset() noexcept { *this = Utf8Validator{}; }

 private:
    bool continue_character(std::string_view& piece) noexcept;
    void start_character(std::string_view piece) noexcept;

    // The octets that the character at the cut still needs, and the range that the next one of them must be in (it is
    // narrower than 80..BF only for the second octet of a character).
    std::uint8_t pending_ = 0;
    std::uint8_t lowest_ = 0x80;
    std::uint8_t highest_ = 0xBF;
    bool failed_ = false;
};

}  // namespace parley
