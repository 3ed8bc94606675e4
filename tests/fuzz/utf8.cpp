// SPDX-License-Identifier: MIT
// UTF-8: the fast checks, the one that takes pieces, and the mending agree with a plain reading of RFC 3629 §4.
#include "parley/base/utf8.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;

namespace {

// Octets of the character that `text` begins with: nothing when it is ill-formed or cut.
std::optional<std::size_t> first_character(std::string_view text) {
    const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    if (octet(0) < 0x80) return 1;
    const std::size_t size = octet(0) >= 0xF0 ? 4 : octet(0) >= 0xE0 ? 3 : 2;
    if (octet(0) < 0xC0 || octet(0) > 0xF7 || text.size() < size) return std::nullopt;
    std::uint32_t code_point = octet(0) & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((octet(i) & 0xC0) != 0x80) return std::nullopt;
        code_point = code_point << 6 | (octet(i) & 0x3FU);
    }
    constexpr std::uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
    if (code_point < least[size] || code_point > 0x10FFFF || is_surrogate) return std::nullopt;
    return size;
}

bool is_well_formed(std::string_view text) {
    while (!text.empty()) {
        const std::optional<std::size_t> size = first_character(text);
        if (!size) return false;
        text.remove_prefix(*size);
    }
    return true;
}

void check_pieces(std::string_view text, std::uint8_t seed) {
    Utf8Validator validator;
    bool goes_on = true;
    for (const std::string_view piece : fuzz::cut(text, seed))
        goes_on = validator.receive(fuzz::Copy(piece).view());
    const bool is_good = is_well_formed(text);
    require(validator.complete() == is_good, "pieces lead to the same verdict as the whole");
    require(goes_on || !is_good, "a good text is never refused on the way");
    // A text that is refused, or may go on, stays so whatever comes: an ASCII octet settles an open character.
    require(!(goes_on && !validator.complete()) || !validator.receive("x"), "a character cut short is ill-formed");
    validator.reset();
    require(validator.complete() && validator.receive("x"), "reset() starts anew");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t seed = input.octet();
    const std::uint8_t repeats = input.octet();
    const std::string_view rest = input.rest();
    // Long texts go another way: the same octets behind a run of ASCII.
    const std::string long_text = std::string(repeats, 'a').append(rest);
    const fuzz::Copy copy(long_text);
    const std::string_view text = copy.view();

    require(is_valid_utf8(text) == is_well_formed(text), "is_valid_utf8 is RFC 3629");
    const bool has_high = std::ranges::any_of(text, [](char c) { return (c & 0x80) != 0; });
    require(is_ascii(text) == !has_high, "is_ascii looks at every octet");
    check_pieces(text, seed);

    std::string mended;
    append_valid_utf8(mended, text);
    require(is_well_formed(mended), "what is mended is well-formed");
    require(!is_well_formed(text) || mended == text, "what is well-formed is not changed");
    std::string again;
    append_valid_utf8(again, mended);
    require(again == mended, "mending twice changes nothing");

    if (rest.size() >= 4) {
        char32_t code_point = 0;
        for (const char c : rest.substr(0, 4))
            code_point = code_point << 8 | static_cast<unsigned char>(c);
        std::string written;
        append_utf8(written, code_point & 0x1FFFFF);
        require(is_well_formed(written) && first_character(written) == written.size(), "one character is written");
    }
    return 0;
}
