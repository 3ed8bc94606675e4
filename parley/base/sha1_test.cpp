// SPDX-License-Identifier: MIT
#include "parley/base/sha1.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/base/bytes.hpp"

using namespace parley;

namespace {

std::string hex(BytesView bytes) {
    std::string out;
    for (const std::byte byte : bytes) {
        out.push_back("0123456789abcdef"[std::to_integer<int>(byte) >> 4]);
        out.push_back("0123456789abcdef"[std::to_integer<int>(byte) & 15]);
    }
    return out;
}

}  // namespace

TEST_CASE("SHA-1 follows the published vectors") {
    CHECK(hex(sha1("")) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    CHECK(hex(sha1("abc")) == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hex(sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")) ==
          "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    CHECK(hex(sha1(std::string(1'000'000, 'a'))) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
}
