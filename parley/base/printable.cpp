// SPDX-License-Identifier: MIT
#include "parley/base/printable.hpp"

#include <cstddef>

namespace parley {

std::string printable(std::string_view text) {
    constexpr std::size_t size_max = 500;
    std::string line;
    for (const char c : text.substr(0, size_max)) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x20 && octet != 0x7F) {
            line += c;
            continue;
        }
        constexpr const char* digits = "0123456789abcdef";
        line += "\\x";
        line += digits[octet >> 4U];
        line += digits[octet & 0xFU];
    }
    return line;
}

}  // namespace parley
