// SPDX-License-Identifier: MIT
#include "apps/terminal/prompt_line.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "apps/terminal/clusters.hpp"

using namespace parley::terminal;

namespace {

/// What is seen of a drawing without colours: its cursor as `|`, and a status behind a space.
std::string seen(const Drawing& drawing) {
    std::string text = drawing.octets;
    for (const auto& [sequence, sign] : std::initializer_list<std::pair<std::string, std::string>>{{"\r\x1b[?7l", ""},
                                                                                                   {"\x1b[K", ""},
                                                                                                   {"\x1b"
                                                                                                    "8\x1b[?7h",
                                                                                                    ""},
                                                                                                   {"\x1b"
                                                                                                    "7",
                                                                                                    "|"}}) {
        const std::size_t at = text.find(sequence);
        REQUIRE(at != std::string::npos);
        text.replace(at, sequence.size(), sign);
    }
    const std::size_t jump = text.find("\x1b[");
    if (jump != std::string::npos) text.replace(jump, text.find('G') + 1 - jump, " ");
    return text;
}

std::string seen(const PromptLine& line, std::size_t columns) {
    return seen(draw(line, columns, Colours::none));
}

}  // namespace

TEST_CASE("a short line is seen whole, with its cursor") {
    CHECK(seen({.prompt = "me> ", .text = "hello", .cursor = 5}, 80) == "me> hello|");
    CHECK(seen({.prompt = "me> ", .text = "hello", .cursor = 0}, 80) == "me> |hello");
    CHECK(seen({.prompt = "", .text = "", .cursor = 0}, 80) == "|");
    CHECK(seen({.prompt = "> ", .text = "a\nb\tc", .cursor = 2}, 80) == "> a\u23CE|b c");
}

TEST_CASE("the cursor's column is where the text before it ends") {
    const std::string text = "\u4E2D\U0001F468\u200D\U0001F469e\u0301";
    const Drawing drawing = draw({.prompt = "> ", .text = text, .cursor = text.size()}, 80, Colours::none);
    CHECK(drawing.cursor == 2 + 2 + 2 + 1);
    CHECK(drawing.columns == 7);
}

TEST_CASE("a long line scrolls, and never fills the last column") {
    const std::string text = "abcdefghijklmnopqrstuvwxyz";
    CHECK(seen({.prompt = "> ", .text = text, .cursor = 0}, 12) == "> |abcdefg>");
    for (std::size_t columns = 1; columns < 40; ++columns) {
        for (std::size_t cursor = 0; cursor <= text.size(); ++cursor) {
            const Drawing drawing = draw({.prompt = "> ", .text = text, .cursor = cursor}, columns, Colours::none);
            const std::string row = seen(drawing);
            CAPTURE(columns);
            CAPTURE(row);
            CHECK(drawing.columns < std::max<std::size_t>(columns, 8));
            CHECK(row.size() - 1 == drawing.columns);
            CHECK(row.find('|') == drawing.cursor);
            // The cluster before the cursor is seen, and the one behind it.
            if (columns > 8 && cursor > 0) CHECK(row.contains(std::string(1, text[cursor - 1]) + "|"));
            if (columns > 8 && cursor < text.size()) CHECK(row.find('|') + 1 < row.size());
        }
    }
}

TEST_CASE("wide characters are not cut in half") {
    std::string text;
    for (int i = 0; i < 20; ++i)
        text += "\u4E2D";
    for (std::size_t columns = 8; columns < 50; ++columns) {
        for (std::size_t cursor = 0; cursor <= text.size(); cursor += 3) {
            const Drawing drawing = draw({.prompt = "> ", .text = text, .cursor = cursor}, columns, Colours::none);
            CHECK(drawing.columns < columns);
            CHECK(columns_of(seen(drawing)) - 1 == drawing.columns);
        }
    }
}

TEST_CASE("the status stands at the right where there is room") {
    const PromptLine line{.prompt = "> ", .text = "hello", .cursor = 5, .status = "typing"};
    CHECK(seen(line, 80) == "> hello| typing");
    CHECK(seen(line, 16) == "> hello| typing");
    CHECK(seen(line, 15) == "> hello|");
    CHECK(draw(line, 80, Colours::none).octets.contains("\x1b[74G"));
}

TEST_CASE("a long prompt leaves room to type") {
    const std::string row = seen({.prompt = "a very long name> ", .text = "hello", .cursor = 5}, 20);
    CHECK(row ==
          "a very lon"
          "hello|");
}

TEST_CASE("colours are there when they are wanted") {
    const PromptLine line{.prompt = "> ", .mood = Mood::alarmed, .text = "x", .cursor = 1, .status = "s"};
    CHECK(draw(line, 80, Colours::ansi).octets.contains("\x1b[33m> \x1b[0m"));
    CHECK_FALSE(draw(line, 80, Colours::none).octets.contains("m"));
}
