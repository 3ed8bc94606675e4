// SPDX-License-Identifier: MIT
#include "apps/terminal/clusters.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley::terminal;

namespace {

std::vector<std::string> clusters_of(const std::string& text) {
    std::vector<std::string> clusters;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = next_cluster(text, at);
        clusters.push_back(text.substr(at, end - at));
        at = end;
    }
    return clusters;
}

const std::string family = "\U0001F468\u200D\U0001F469\u200D\U0001F467";
const std::string flag = "\U0001F1E9\U0001F1EA";
const std::string dark_thumb = "\U0001F44D\U0001F3FF";
const std::string red_heart = "\u2764\uFE0F";
const std::string accented = "e\u0301";

}  // namespace

TEST_CASE("what a person takes for one character is one cluster") {
    for (const std::string& one : {family, flag, dark_thumb, red_heart, accented, std::string("\u0915\u093F")})
        CHECK(clusters_of("a" + one + "b") == std::vector<std::string>{"a", one, "b"});
    CHECK(clusters_of(flag + flag) == std::vector<std::string>{flag, flag});
    CHECK(clusters_of("\xFF\xC3") == std::vector<std::string>{"\xFF", "\xC3"});
    CHECK(clusters_of("").empty());
}

TEST_CASE("clusters are found backwards where they are found forwards") {
    const std::string text = "a" + flag + flag + family + accented + "z";
    std::vector<std::size_t> forwards;
    for (std::size_t at = 0; at < text.size(); at = next_cluster(text, at))
        forwards.push_back(at);
    std::size_t at = text.size();
    for (std::size_t i = forwards.size(); i-- > 0;) {
        at = previous_cluster(text, at);
        CHECK(at == forwards[i]);
    }
    CHECK(previous_cluster(text, 0) == 0);
}

TEST_CASE("columns are those of a newer terminal") {
    CHECK(columns_of("abc") == 3);
    CHECK(columns_of("\u4E2D\u6587") == 4);
    CHECK(columns_of("\uD55C\uAE00") == 4);
    CHECK(columns_of("\u1112\u1161\u11AB") == 2);
    CHECK(columns_of(accented) == 1);
    for (const std::string& emoji : {family, flag, dark_thumb, red_heart, std::string("\U0001F600")})
        CHECK(columns_of(emoji) == 2);
    CHECK(columns_of("") == 0);
}

TEST_CASE("words have neither spaces nor punctuation") {
    for (const char* word : {"a", "7", "\u00E9", "\u4E2D", "\U0001F600"})
        CHECK(is_word(word));
    for (const char* other : {" ", ".", "-", "\u3000", ""})
        CHECK_FALSE(is_word(other));
    CHECK(is_space("\u3000"));
    CHECK(is_space("\n"));
    CHECK_FALSE(is_space("x"));
}

TEST_CASE("controls and escape sequences are left out") {
    CHECK(without_controls("a\x1b[31mred\x1b[0m b") == "ared b");
    CHECK(without_controls("\x1b]0;title\ax\x1b]8;;http://x\x1b\\link") == "xlink");
    CHECK(without_controls("one\r\ntwo\rthree\nfour\tx") == "one\ntwo\nthree\nfour\tx");
    CHECK(without_controls(std::string("\a\0\x7f\xC2\x9B", 5) + "a") == "a");
    CHECK(without_controls("\u2028a") == "a");
    CHECK(without_controls("a\xFF") == "a\uFFFD");
    for (const char* cut : {"\x1b", "\x1b[", "\x1b[12", "\x1b]0;x", "\x1b]0;x\x1b"})
        CHECK(without_controls(cut).empty());
}
