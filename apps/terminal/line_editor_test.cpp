// SPDX-License-Identifier: MIT
#include "apps/terminal/line_editor.hpp"

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

using namespace parley::terminal;

namespace {

const std::string family = "\U0001F468\u200D\U0001F469\u200D\U0001F467";
const std::string flag = "\U0001F1E9\U0001F1EA";

LineEditor editor_with(const std::string& text) {
    LineEditor editor;
    editor.handle({Key::text, text});
    return editor;
}

void press(LineEditor& editor, std::initializer_list<Key> keys) {
    for (const Key key : keys)
        editor.handle({key, ""});
}

/// The text with the cursor in it.
std::string seen(const LineEditor& editor) {
    return std::string(editor.text()).insert(editor.cursor(), "|");
}

}  // namespace

TEST_CASE("the cursor goes by what a person takes for one character") {
    LineEditor editor = editor_with("a" + family + flag + "e\u0301");
    press(editor, {Key::left});
    CHECK(seen(editor) == "a" + family + flag + "|e\u0301");
    press(editor, {Key::left, Key::left});
    CHECK(seen(editor) == "a|" + family + flag + "e\u0301");
    press(editor, {Key::erase_next});
    CHECK(seen(editor) == "a|" + flag + "e\u0301");
    press(editor, {Key::end, Key::erase, Key::erase});
    CHECK(seen(editor) == "a|");
    press(editor, {Key::home, Key::left, Key::erase});
    CHECK(seen(editor) == "|a");
}

TEST_CASE("what joins with its neighbours leaves the cursor behind the whole") {
    LineEditor editor = editor_with("ex");
    press(editor, {Key::left});
    editor.handle({Key::text, "\u0301"});
    CHECK(seen(editor) == "e\u0301|x");
    // Two flags of which the letters between go: what is left is one.
    LineEditor flags = editor_with("\U0001F1E9x\U0001F1EA");
    press(flags, {Key::left, Key::erase});
    CHECK(flags.cursor() == flags.text().size());
}

TEST_CASE("words are gone over and killed") {
    LineEditor editor = editor_with("one two-three  four");
    press(editor, {Key::word_left});
    CHECK(seen(editor) == "one two-three  |four");
    press(editor, {Key::word_left});
    CHECK(seen(editor) == "one two-|three  four");
    press(editor, {Key::word_right});
    CHECK(seen(editor) == "one two-three|  four");
    press(editor, {Key::kill_word});
    CHECK(seen(editor) == "one |  four");
    press(editor, {Key::yank});
    CHECK(seen(editor) == "one two-three|  four");
    press(editor, {Key::kill_word_part});
    CHECK(seen(editor) == "one two-|  four");
    press(editor, {Key::kill_next_word});
    CHECK(seen(editor) == "one two-|");
    press(editor, {Key::kill_to_start});
    CHECK(seen(editor) == "|");
    press(editor, {Key::yank, Key::home, Key::kill_to_end, Key::yank, Key::yank});
    CHECK(seen(editor) == "one two-one two-|");
}

TEST_CASE("nothing to do is said") {
    LineEditor editor;
    for (const Key key : {Key::left, Key::right, Key::home, Key::end, Key::erase, Key::erase_next, Key::kill_word,
                          Key::kill_to_end, Key::yank, Key::up, Key::down, Key::enter, Key::complete, Key::interrupt})
        CHECK_FALSE(editor.handle({key, ""}));
    CHECK(editor.handle({Key::text, "x"}));
}

TEST_CASE("lines that were sent come back, and what was begun does, too") {
    LineEditor editor = editor_with("first");
    CHECK(editor.take() == "first");
    CHECK(seen(editor) == "|");
    editor.handle({Key::text, "second"});
    CHECK(editor.take() == "second");
    editor.handle({Key::text, "second"});
    CHECK(editor.take() == "second");  // kept once
    editor.handle({Key::text, "begun"});
    press(editor, {Key::up});
    CHECK(seen(editor) == "second|");
    press(editor, {Key::up, Key::up, Key::up});
    CHECK(seen(editor) == "first|");
    press(editor, {Key::down, Key::down});
    CHECK(seen(editor) == "begun|");
    CHECK(editor.take() == "begun");
}

TEST_CASE("history is kept up to its limit") {
    for (const std::size_t lines : {2U, 3U, 4U}) {
        LineEditor editor({.history_max = 3});
        for (std::size_t i = 0; i < lines; ++i) {
            editor.handle({Key::text, std::to_string(i)});
            (void)editor.take();
        }
        std::size_t found = 0;
        while (editor.handle({Key::up, ""}))
            ++found;
        CHECK(found == std::min<std::size_t>(lines, 3));
    }
}

TEST_CASE("text is taken up to its limit") {
    LineEditor editor({.text_bytes_max = 4});
    CHECK(editor.handle({Key::text, "abc"}));
    CHECK_FALSE(editor.handle({Key::text, "de"}));
    CHECK(editor.handle({Key::text, "d"}));
    CHECK_FALSE(editor.handle({Key::paste, "e"}));
    editor.replace_word("toolong");
    CHECK(editor.text() == "abcd");
    editor.replace_word("wxyz");
    CHECK(editor.text() == "wxyz");
}

TEST_CASE("a word is replaced by what it was meant to be") {
    LineEditor editor = editor_with("hello B\u00E9 there");
    press(editor, {Key::word_left, Key::left});
    CHECK(editor.text().substr(editor.word_begin(), editor.cursor() - editor.word_begin()) == "B\u00E9");
    editor.replace_word("B\u00E9la ");
    CHECK(seen(editor) == "hello B\u00E9la | there");
}

TEST_CASE("a paste and a line break are parts of the text") {
    LineEditor editor = editor_with("a");
    editor.handle({Key::paste, "b\nc"});
    press(editor, {Key::line_break});
    CHECK(editor.take() == "ab\nc\n");
}
