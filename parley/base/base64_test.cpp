// SPDX-License-Identifier: MIT
#include "parley/base/base64.hpp"

#include <doctest/doctest.h>

#include <random>
#include <utility>

TEST_CASE("base64 follows the vectors of RFC 4648 in both directions") {
    const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                           {"f", "Zg=="},
                                                           {"fo", "Zm8="},
                                                           {"foo", "Zm9v"},
                                                           {"foob", "Zm9vYg=="},
                                                           {"fooba", "Zm9vYmE="},
                                                           {"foobar", "Zm9vYmFy"},
                                                           {"\xFB\xFF\xBE", "+/++"}};
    for (const auto& [octets, text] : vectors) {
        CHECK(parley::base64_encode(octets) == text);
        CHECK(parley::base64_decode(text) == octets);
    }
}

TEST_CASE("base64 is also read without padding and in the URL-safe alphabet") {
    CHECK(parley::base64_decode("Zg") == "f");
    CHECK(parley::base64_decode("Zm8") == "fo");
    CHECK(parley::base64_decode("Zm9vYmE") == "fooba");
    CHECK(parley::base64_decode("-_--") == "\xFB\xFF\xBE");
}

TEST_CASE("base64 that is not spelled properly is refused") {
    for (const char* text : {"Z", "Zg=", "Zg===", "Zg==Zg==", "=", "==", "====", "Z===", "Zm9v=", "Zm9v====", "Z=g=",
                             "Zm 9v", "Zm9v\n", "Zm9v.", "Zh==", "Zm9=", "Zm-", "Z\xC3\xA4==", "=Zg="}) {
        CAPTURE(text);
        const auto decoded = parley::base64_decode(text);
        REQUIRE_FALSE(decoded.has_value());
        CHECK(decoded.error().code == parley::ErrorCode::invalid_input);
    }
}

TEST_CASE("base64 of any octets comes back as they were; any text is decoded or refused") {
    std::mt19937_64 random(2);
    for (int round = 0; round < 5'000; ++round) {
        std::string octets(random() % 70, '\0');
        for (char& octet : octets)
            octet = static_cast<char>(random());
        const std::string text = parley::base64_encode(octets);
        REQUIRE(text.size() == parley::base64_size(octets.size()));
        REQUIRE(parley::base64_decode(text) == octets);
        const auto decoded = parley::base64_decode(octets);
        REQUIRE((!decoded.has_value() || decoded->size() <= octets.size()));
    }
}

TEST_CASE("appending base64 leaves what stood before") {
    std::string out = "data:";
    parley::append_base64(out, "foo");
    CHECK(out == "data:Zm9v");
}
