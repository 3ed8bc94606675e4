// SPDX-License-Identifier: MIT
#include "apps/parley/drafts.hpp"

#include <doctest/doctest.h>

using parley::Drafts;

TEST_CASE("drafts go one after the other, and stay until they are settled") {
    Drafts drafts(10);
    CHECK(drafts.next() == nullptr);
    CHECK(drafts.add({"1", "one"}));
    CHECK(drafts.add({"2", "two"}));
    REQUIRE(drafts.next() != nullptr);
    CHECK(drafts.next()->key == "1");
    drafts.set_under_way(true);
    CHECK(drafts.next() == nullptr);
    drafts.set_under_way(false);
    CHECK(drafts.next()->key == "1");  // no receipt came: the same again
    drafts.remove("1");
    drafts.remove("1");
    CHECK(drafts.next()->key == "2");
    CHECK(drafts.size() == 1);
}

TEST_CASE("drafts are kept up to their limit") {
    Drafts drafts(2);
    CHECK(drafts.add({"1", ""}));
    CHECK(drafts.add({"2", ""}));
    CHECK_FALSE(drafts.add({"3", ""}));
    drafts.remove("1");
    CHECK(drafts.add({"3", ""}));
}
