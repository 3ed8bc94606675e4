// SPDX-License-Identifier: MIT
#include "parley/base/random_id.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "tests/support/counting_entropy.hpp"

using namespace parley;

TEST_CASE("a random id is 20 characters that need no escaping anywhere, from 15 octets of entropy") {
    test::CountingEntropy entropy;
    CHECK(random_id(entropy) == "AAECAwQFBgcICQoLDA0O");
    std::set<std::string> ids;
    std::set<char> characters;
    for (int i = 0; i < 1000; ++i) {
        const std::string id = random_id(entropy);
        REQUIRE(id.size() == 20);
        REQUIRE(id.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
                std::string::npos);
        characters.insert(id.begin(), id.end());
        ids.insert(id);
    }
    CHECK(characters.size() == 64);
    CHECK(ids.size() == 256);  // the source repeats after 256 ids: each different octet sequence is a different id
}
