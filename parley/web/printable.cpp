// SPDX-License-Identifier: MIT
#include "parley/web/printable.hpp"

#include <cstddef>
#include <cstdio>

namespace parley::web {

std::string printable(std::string_view text) {
    constexpr std::size_t size_max = 500;
    std::string line;
    for (const char c : text.substr(0, size_max)) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet >= 0x20 && octet != 0x7F) {
            line += c;
            continue;
        }
        char escape[5];
        std::snprintf(escape, sizeof escape, "\\x%02x", octet);
        line += escape;
    }
    return line;
}

}  // namespace parley::web
