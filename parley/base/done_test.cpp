// SPDX-License-Identifier: MIT
#include "parley/base/done.hpp"

#include <doctest/doctest.h>

#include <type_traits>

using parley::Done;

TEST_CASE("whether something was done is a bool in every use of one") {
    const Done yes(true);
    const Done no(false);
    CHECK(yes);
    CHECK_FALSE(no);
    CHECK(!no);
    CHECK(yes == true);
    CHECK(no != true);
    CHECK(yes != no);
    bool both = yes;
    both = both && no;
    CHECK_FALSE(both);
    const bool either = both ? yes : true;
    CHECK(either);
    if (const bool kept = yes) CHECK(kept);
}

TEST_CASE("it becomes no number in passing, and is made of no bool in passing") {
    CHECK_FALSE(std::is_convertible_v<Done, int>);
    CHECK_FALSE(std::is_convertible_v<Done, double>);
    CHECK_FALSE(std::is_convertible_v<bool, Done>);
}
