// SPDX-License-Identifier: MIT
#include "apps/parley/chat_view.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <string>

using namespace parley;
using terminal::Colours;

namespace {

constexpr std::int64_t noon = 1'764'331'200'000;  // 2025-11-28 12:00 UTC

struct InLondon {
    InLondon() {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }
};

chat::Message said(std::string text) {
    return {.id = 1, .from = "x", .name = "Ada", .text = std::move(text), .time = noon};
}

}  // namespace

TEST_CASE_FIXTURE(InLondon, "a message says when and who, and its lines stand below each other") {
    ChatView view(Colours::none, ChatView::Times::clock);
    CHECK(view.message(said("hello"), Author::somebody) == "--- Friday, 28 November 2025\n12:00 Ada: hello");
    CHECK(view.message(said("one\n\ttwo\n\nthree"), Author::oneself) ==
          "12:00 Ada: one\n            two\n           \n           three");
    chat::Message tomorrow = said("x");
    tomorrow.time += 24 * 3600 * 1000;
    CHECK(view.message(tomorrow, Author::somebody).starts_with("--- Saturday, 29 November 2025\n"));

    ChatView full(Colours::none, ChatView::Times::full);
    CHECK(full.message(said("hello"), Author::somebody) == "2025-11-28 12:00:00 Ada: hello");
}

TEST_CASE_FIXTURE(InLondon, "no control character of somebody else gets through") {
    ChatView view(Colours::none, ChatView::Times::full);
    chat::Message evil = said("a\x1b[2Jb\u009Bc\r\u2028d\a");
    evil.name = "A\x1b]0;x\ada";
    const std::string line = view.message(evil, Author::somebody);
    CHECK(line == "2025-11-28 12:00:00 A?]0;x?da: a?[2Jb?c??d?");
    CHECK(view.remark("x\x1b[0m\n") == "* x?[0m?");
    CHECK(view.comings({"\x1b"}, {}, noon) == "2025-11-28 12:00:00 * ? joined");
}

TEST_CASE_FIXTURE(InLondon, "who came and went stands in one line") {
    ChatView view(Colours::none, ChatView::Times::full);
    CHECK(view.comings({"Ada", "Bob"}, {"Eve"}, noon) == "2025-11-28 12:00:00 * Ada and Bob joined, Eve left");
    CHECK(view.comings({}, {"Eve"}, noon) == "2025-11-28 12:00:00 * Eve left");
    CHECK(view.comings({}, {}, noon).empty());
}

TEST_CASE("many names are counted") {
    CHECK(listed_names({"a", "b", "c", "d"}) == "a, b, c and d");
    CHECK(listed_names({"a", "b", "c", "d", "e"}) == "a, b, c and 2 others");
    CHECK(listed_names({"a"}) == "a");
    CHECK(listed_names({}).empty());
}

TEST_CASE_FIXTURE(InLondon, "colours surround names, and one's own name is bold") {
    ChatView view(Colours::ansi, ChatView::Times::full);
    CHECK(view.message(said("x"), Author::oneself) == "2025-11-28 12:00:00 \x1b[1mAda\x1b[0m: x");
    CHECK(view.message(said("x"), Author::somebody).contains("mAda\x1b[0m: x"));
    CHECK(view.warning("x") == "\x1b[33m* x\x1b[0m");
}
