// SPDX-License-Identifier: MIT
#include "apps/terminal/key_reader.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace parley::terminal;

namespace {

void take_all(KeyReader& reader, std::vector<KeyPress>& keys) {
    while (auto key = reader.next()) {
        // However it was cut, what was typed together is one text here.
        if (key->key == Key::text && !keys.empty() && keys.back().key == Key::text) {
            keys.back().text += key->text;
        } else {
            keys.push_back(std::move(*key));
        }
    }
}

std::vector<KeyPress> keys_of(const std::string& octets) {
    KeyReader reader;
    std::vector<KeyPress> keys;
    reader.receive(octets);
    take_all(reader, keys);
    return keys;
}

void check_every_cut(const std::string& octets, const std::vector<KeyPress>& expected) {
    CHECK(keys_of(octets) == expected);
    for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
        KeyReader reader;
        std::vector<KeyPress> keys;
        reader.receive(octets.substr(0, cut));
        take_all(reader, keys);
        reader.receive(octets.substr(cut));
        take_all(reader, keys);
        CHECK(keys == expected);
    }
}

}  // namespace

TEST_CASE("text is read however it is cut") {
    check_every_cut("h\u00E9 \U0001F468\u200D\U0001F469 \u4E2D",
                    {{Key::text, "h\u00E9 \U0001F468\u200D\U0001F469 \u4E2D"}});
    check_every_cut(
        "a\xFF"
        "b\xC3"
        "c",
        {{Key::text, "a\uFFFDb\uFFFDc"}});
    check_every_cut(
        "\xC2\x9B"
        "x",
        {{Key::text, "x"}});
}

TEST_CASE("keys are read however their sequences are cut") {
    const std::vector<std::pair<std::string, Key>> table{
        {"\r", Key::enter},
        {"\n", Key::enter},
        {"\x7f", Key::erase},
        {"\b", Key::erase},
        {"\x01", Key::home},
        {"\x05", Key::end},
        {"\x02", Key::left},
        {"\x06", Key::right},
        {"\x0b", Key::kill_to_end},
        {"\x15", Key::kill_to_start},
        {"\x17", Key::kill_word},
        {"\x19", Key::yank},
        {"\x10", Key::up},
        {"\x0e", Key::down},
        {"\x03", Key::interrupt},
        {"\x04", Key::end_or_erase_next},
        {"\x1a", Key::suspend},
        {"\x0c", Key::redraw},
        {"\t", Key::complete},
        {"\x1b[A", Key::up},
        {"\x1b[B", Key::down},
        {"\x1b[C", Key::right},
        {"\x1b[D", Key::left},
        {"\x1bOA", Key::up},
        {"\x1bOH", Key::home},
        {"\x1bOF", Key::end},
        {"\x1b[H", Key::home},
        {"\x1b[F", Key::end},
        {"\x1b[1~", Key::home},
        {"\x1b[4~", Key::end},
        {"\x1b[7~", Key::home},
        {"\x1b[8~", Key::end},
        {"\x1b[3~", Key::erase_next},
        {"\x1b[1;5C", Key::word_right},
        {"\x1b[1;3D", Key::word_left},
        {"\x1b[1;2D", Key::left},
        {"\x1b\x1b[D", Key::word_left},
        {"\x1b"
         "b",
         Key::word_left},
        {"\x1b"
         "f",
         Key::word_right},
        {"\x1b"
         "d",
         Key::kill_next_word},
        {"\x1b\x7f", Key::kill_word_part},
        {"\x1b\r", Key::line_break},
        {"\x1b\x03", Key::interrupt},
    };
    for (const auto& [octets, key] : table) {
        CAPTURE(octets);
        check_every_cut(octets, {{key, ""}});
        check_every_cut("x" + octets + "y", {{Key::text, "x"}, {key, ""}, {Key::text, "y"}});
    }
}

TEST_CASE("what means nothing is dropped, and what follows is read") {
    for (const std::string unknown : {"\x1b[I", "\x1b[15~", "\x1b[<35;1;2M", "\x1bx", "\x1bOP", "\x1b[200;1x", "\x16"})
        check_every_cut(unknown + "z", {{Key::text, "z"}});
    CHECK(keys_of("\x1b[" + std::string(100, '1') + "~\r").back().key == Key::enter);
    check_every_cut("\x1b[1\x03", {{Key::interrupt, ""}});
}

TEST_CASE("a paste comes in one piece with its lines") {
    check_every_cut("a\x1b[200~one\rtwo\r\nthree\x03\x1b[31m!\x1b[201~\r",
                    {{Key::text, "a"}, {Key::paste, "one\ntwo\nthree!"}, {Key::enter, ""}});
    check_every_cut("\x1b[200~\x1b\x1b[20\x1b[201~", {{Key::paste, ""}});
    check_every_cut("\x1b[200~\x1b[201~", {{Key::paste, ""}});
}

TEST_CASE("a paste is kept up to its limit") {
    for (const std::size_t size : {9U, 10U, 11U}) {
        KeyReader reader({.paste_bytes_max = 10});
        reader.receive("\x1b[200~" + std::string(size, 'x') + "\x1b[201~y");
        CHECK(reader.next() == KeyPress{Key::paste, std::string(size == 9 ? 9 : 10, 'x')});
        CHECK(reader.next() == KeyPress{Key::text, "y"});
    }
}
