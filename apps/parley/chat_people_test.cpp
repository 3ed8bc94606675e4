// SPDX-License-Identifier: MIT
#include "apps/parley/chat_people.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using Names = std::vector<std::string>;

namespace {

ChatPeople some_people() {
    ChatPeople people;
    people.reset({{"1", "bob"}, {"2", "Ada"}, {"3", "Anna"}, {"4", "me"}, {"5", "bob"}}, "4");
    return people;
}

}  // namespace

TEST_CASE("somebody who is here twice comes and goes once") {
    ChatPeople people = some_people();
    CHECK_FALSE(people.add({"6", "Ada"}));
    CHECK(people.add({"7", "Eve"}));
    CHECK_FALSE(people.remove({"1", "bob"}));
    CHECK(people.remove({"5", "bob"}));
    CHECK(people.names() == Names{"Ada", "Anna", "Eve", "me"});
}

TEST_CASE("names are found by how they begin, without one's own") {
    const ChatPeople people = some_people();
    CHECK(people.names_like("a") == Names{"Ada", "Anna"});
    CHECK(people.names_like("AD") == Names{"Ada"});
    CHECK(people.names_like("") == Names{"Ada", "Anna", "bob"});
    CHECK(people.names_like("m").empty());
}

TEST_CASE("one is oneself on every connection") {
    ChatPeople people = some_people();
    people.add({"8", "me"});
    CHECK(people.is_own("4"));
    CHECK(people.is_own("8"));
    CHECK_FALSE(people.is_own("1"));
    CHECK_FALSE(people.is_own("unknown"));
}

TEST_CASE("who is typing is said until it has been long enough") {
    ChatPeople people = some_people();
    const TimePoint begin{};
    people.set_typing({"4", "me"}, true, begin);
    people.set_typing({"99", "stranger"}, true, begin);
    CHECK(people.typing(begin).empty());
    people.set_typing({"2", "Ada"}, true, begin);
    CHECK(people.typing(begin) == "Ada is typing...");
    people.set_typing({"3", "Anna"}, true, begin + std::chrono::seconds(1));
    CHECK(people.typing(begin) == "Ada and Anna are typing...");
    people.set_typing({"1", "bob"}, true, begin);
    CHECK(people.typing(begin) == "several people are typing...");
    CHECK(people.typing(begin + ChatPeople::typing_expires) == "Anna is typing...");
    people.set_typing({"3", "Anna"}, false, begin);
    people.remove({"2", "Ada"});
    CHECK(people.typing(begin) == "bob is typing...");
    people.reset({}, "4");
    CHECK(people.typing(begin).empty());
}
