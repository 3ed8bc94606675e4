// SPDX-License-Identifier: MIT
#include "parley/http/characters.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

namespace parley::http::detail {

TEST_CASE("the vector search and the plain one find the same control character") {
    std::mt19937_64 random(7);
    for (int round = 0; round < 20'000; ++round) {
        std::string text(random() % 80, ' ');
        for (char& c : text)
            c = static_cast<char>(random() % 16 == 0 ? random() % 256 : 'a' + random() % 26);
        const char* const end = text.data() + text.size();
        const char* const begin = text.data() + random() % (text.size() + 1);
        REQUIRE(find_control(begin, end) == find_control_scalar(begin, end));
    }
}

TEST_CASE("each octet alone is found or not, at each place of a vector") {
    for (int octet = 0; octet < 256; ++octet) {
        const bool is_control = (octet < 32 && octet != 9) || octet == 127;
        for (std::size_t at = 0; at < 40; ++at) {
            std::string text(40, 'a');
            text[at] = static_cast<char>(octet);
            const char* const found = find_control(text.data(), text.data() + text.size());
            REQUIRE(found == text.data() + (is_control ? at : text.size()));
        }
    }
}

TEST_CASE("tokens are what RFC 9110 says") {
    constexpr std::string_view separators = "\"(),/:;<=>?@[\\]{} \t";
    for (int octet = 0; octet < 256; ++octet) {
        const char c = static_cast<char>(octet);
        const bool expected = octet > 32 && octet < 127 && separators.find(c) == std::string_view::npos;
        CAPTURE(octet);
        CHECK(is_token({&c, 1}) == expected);
    }
    CHECK_FALSE(is_token(""));
}

}  // namespace parley::http::detail
