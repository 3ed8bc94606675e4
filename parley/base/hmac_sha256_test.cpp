// SPDX-License-Identifier: MIT
#include "parley/base/hmac_sha256.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace parley;

namespace {

std::string hex(std::string_view key, std::string_view octets) {
    std::string out;
    for (const std::byte byte : hmac_sha256(key, octets)) {
        out.push_back("0123456789abcdef"[std::to_integer<int>(byte) >> 4]);
        out.push_back("0123456789abcdef"[std::to_integer<int>(byte) & 15]);
    }
    return out;
}

}  // namespace

TEST_CASE("HMAC-SHA-256 follows the published vectors") {
    // RFC 4231 §4.2, 4.3, 4.7 and 4.8.
    CHECK(hex(std::string(20, '\x0b'), "Hi There") ==
          "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    CHECK(hex("Jefe", "what do ya want for nothing?") ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    CHECK(hex(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK(hex(std::string(131, '\xaa'),
              "This is a test using a larger than block-size key and a larger than block-size data. The key needs to "
              "be hashed before being used by the HMAC algorithm.") ==
          "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
    CHECK(hex("", "") == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    CHECK(hex({}, {}) == hex("", ""));
}

TEST_CASE("values are the same or are not") {
    CHECK(equals_in_constant_time("", ""));
    CHECK(equals_in_constant_time("abc", "abc"));
    CHECK_FALSE(equals_in_constant_time("abc", "abd"));
    CHECK_FALSE(equals_in_constant_time("abc", "ab"));
    CHECK_FALSE(equals_in_constant_time("", "a"));
    CHECK(equals_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0b", 3)));
    CHECK_FALSE(equals_in_constant_time(std::string_view("a\0b", 3), std::string_view("a\0c", 3)));
}
