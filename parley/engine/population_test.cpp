// SPDX-License-Identifier: MIT
#include "parley/engine/population.hpp"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <string>

#include "tests/support/counting_entropy.hpp"

namespace parley::engine {

TEST_CASE("session ids: each says which engine it belongs to, whatever chance has made of the rest") {
    for (const std::size_t engines : {2U, 3U, 7U, 64U, 1000U}) {
        parley::test::CountingEntropy entropy;
        std::set<std::string> ids;
        for (std::size_t i = 0; i < 2000; ++i) {
            const std::string id = session_id(entropy, i % engines, engines);
            CHECK(id.size() == 20);
            CHECK(engine_of(id, engines) == i % engines);
            ids.insert(id);
        }
        CHECK(ids.size() >= 256);  // of the entropy, which repeats itself
    }
}

TEST_CASE("session ids: what is none belongs nowhere") {
    CHECK_FALSE(engine_of("", 4).has_value());
    CHECK_FALSE(engine_of("A", 4).has_value());
    CHECK_FALSE(engine_of("+A", 4).has_value());
    CHECK_FALSE(engine_of("A%", 4).has_value());
    CHECK(engine_of("AB", 4) == 1);
    CHECK(engine_of("--anything", 4) == 62 % 4);
}

TEST_CASE("population: what is counted is counted for all, and by address") {
    Population population(3);
    population.tell(0, 5, 1);
    population.tell(2, 7, 2);
    population.tell(0, 4, 0);
    CHECK(population.sessions() == 11);
    CHECK(population.newcomers() == 2);
    population.enter(1);
    population.enter(1);
    population.enter(2);
    population.leave(1);
    CHECK(population.count(1) == 1);
    CHECK(population.count(2) == 1);
    population.leave(2);
    CHECK(population.count(2) == 0);
}

}  // namespace parley::engine
