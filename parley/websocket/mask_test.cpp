// SPDX-License-Identifier: MIT
#include "parley/websocket/mask.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "parley/websocket/test_support.hpp"

namespace parley::websocket {
namespace {

TEST_CASE("unmasking combines each octet with its octet of the key") {
    std::string payload = test::octets({0x7f, 0x9f, 0x4d, 0x51, 0x58});
    unmask(payload, test::test_key);
    CHECK(payload == "Hello");
}

TEST_CASE("every length, at every alignment, unmasks as the definition says, and nothing around it changes") {
    std::mt19937_64 random(1);
    std::string memory(1024, '\0');
    for (char& octet : memory)
        octet = static_cast<char>(random());
    for (std::size_t size = 0; size <= 600; ++size) {
        const std::size_t begin = random() % 64;
        std::string expected = memory;
        for (std::size_t i = 0; i < size; ++i)
            expected[begin + i] = static_cast<char>(expected[begin + i] ^ test::test_key.octets[i % 4]);
        std::string found = memory;
        unmask({found.data() + begin, size}, test::test_key);
        REQUIRE(found == expected);
        found = memory;
        (void)unmask_and_is_ascii({found.data() + begin, size}, test::test_key);
        REQUIRE(found == expected);
    }
}

TEST_CASE("a payload in two parts unmasks like the whole, wherever it is cut") {
    const std::string plain = "The quick brown fox jumps over the lazy dog, twice and thrice.";
    for (std::size_t cut = 0; cut <= plain.size(); ++cut) {
        std::string payload = test::masked(plain);
        unmask({payload.data(), cut}, test::test_key);
        unmask({payload.data() + cut, payload.size() - cut}, test::test_key.at(cut));
        REQUIRE(payload == plain);
    }
}

TEST_CASE("one octet that is not ASCII is noticed wherever it stands") {
    for (const std::size_t size :
         {1U, 2U, 3U, 4U, 5U, 7U, 8U, 9U, 15U, 16U, 17U, 20U, 31U, 33U, 64U, 125U, 256U, 300U}) {
        const std::string plain(size, 'x');
        std::string payload = test::masked(plain);
        REQUIRE(unmask_and_is_ascii(payload, test::test_key));
        REQUIRE(payload == plain);
        for (std::size_t at = 0; at < size; ++at) {
            payload = plain;
            payload[at] = static_cast<char>(0x80);
            payload = test::masked(payload);
            REQUIRE_FALSE(unmask_and_is_ascii(payload, test::test_key));
        }
    }
}

TEST_CASE("an empty payload is ASCII") {
    CHECK(unmask_and_is_ascii({}, test::test_key));
}

}  // namespace
}  // namespace parley::websocket
