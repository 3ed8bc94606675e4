// SPDX-License-Identifier: MIT
#include "apps/chat/search.hpp"

#include <doctest/doctest.h>

using namespace parley::chat;

namespace {

Search parsed(std::string_view text) {
    return parse_search(text, {}).value();
}

std::string why_not(std::string_view text) {
    const auto search = parse_search(text, {});
    return search ? "" : search.error().message;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("words, phrases and what narrows them are read from one line") {
    CHECK(parsed("green  tea").phrases == Texts{"green", "tea"});
    CHECK(parsed("\"green tea\" pot").phrases == Texts{"green tea", "pot"});
    CHECK(parsed("\"not closed").phrases == Texts{"not closed"});
    const Search all = parsed("tea from:\"Ada Lovelace\" in:#kitchen before:1970-01-02 pot");
    CHECK(all.phrases == Texts{"tea", "pot"});
    CHECK(all.from == "Ada Lovelace");
    CHECK(all.room == "kitchen");
    CHECK(all.before == 86'400'000);
    CHECK(parsed("from:ada").phrases.empty());
    CHECK(parsed("wherefrom:ada").from.empty());
    CHECK(parsed("tea").is_last_begun);
    CHECK_FALSE(parsed("\"tea\"").is_last_begun);
    CHECK(parsed("🦊").phrases == Texts{"🦊"});
}

TEST_CASE("what is nothing to look for is said in a sentence") {
    for (const char* const text : {"", "   ", "!!!", "\"\"", "in:tea", "before:2026-01-01"})
        CHECK(why_not(text) == "Type a word to look for, or from: and a name.");
    for (const char* const text : {"x before:", "x before:tomorrow", "x before:2026-02-30", "x before:2026-1-1"})
        CHECK(why_not(text) == "A date is written as in before:2026-11-28.");
    CHECK(why_not("x from:?") == "That is nobody's name.");
}

TEST_CASE("a search has bounds") {
    const SearchLimits limits{.characters_max = 5, .phrases_max = 2};
    CHECK(parse_search("a b", limits).has_value());
    CHECK(parse_search("🦊🦊🦊🦊🦊", limits).has_value());
    CHECK_FALSE(parse_search("🦊🦊🦊🦊🦊🦊", limits));
    CHECK_FALSE(parse_search("a b c", limits));
}

TEST_CASE("whatever is looked for is a quoted string in the expression") {
    CHECK(full_text_expression(parsed("tea"), {"r1"}) == R"(scope : ("r1") AND text : "tea" *)");
    CHECK(full_text_expression(parsed("a* \"b OR c\" from:x"), {"r1", "r2"}) ==
          R"(scope : ("r1" OR "r2") AND author : "x" AND text : "a*" AND text : "b OR c")");
    CHECK(full_text_expression(parsed("a\"b"), {"r1"}) == R"(scope : ("r1") AND text : "a""b" *)");
    CHECK(full_text_expression(parsed(std::string_view("a\0b", 3)), {"r1"}) == R"(scope : ("r1") AND text : "ab" *)");
}
