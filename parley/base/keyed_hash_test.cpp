// SPDX-License-Identifier: MIT
#include "parley/base/keyed_hash.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <unordered_map>

#include "tests/support/counting_entropy.hpp"

using namespace parley;

// The values are those of CPython 3.11 with an all-zero key, and the first vector of the reference key 00 01 .. 0F.
TEST_CASE("the keyed hash is SipHash-1-3") {
    const KeyedHash zero(0, 0);
    CHECK(zero("a") == 0x407448d2b89b1813U);
    CHECK(zero("abc") == 0xc03bc3a0042630f2U);
    CHECK(zero("12345678") == 0x3489982430560a87U);
    CHECK(zero("123456789") == 0x0fbc0f0007965fcfU);
    CHECK(zero("The quick brown fox jumps over the lazy dog") == 0x8df676d3d00c451eU);
    CHECK(KeyedHash(0x0706050403020100U, 0x0f0e0d0c0b0a0908U)("") == 0xabac0158050fc4dcU);
}

TEST_CASE("the keyed hash depends on its key and looks up views in a table of strings") {
    test::CountingEntropy entropy;
    const KeyedHash first(entropy);
    const KeyedHash second(entropy);
    CHECK(first("name") != second("name"));

    std::unordered_map<std::string, int, KeyedHash, std::equal_to<>> table(8, first);
    table["name"] = 1;
    CHECK(table.find(std::string_view("name")) != table.end());
    CHECK(table.find(std::string_view("other")) == table.end());
}
