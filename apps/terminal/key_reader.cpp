// SPDX-License-Identifier: MIT
#include "apps/terminal/key_reader.hpp"

#include <bit>
#include <utility>

#include "apps/terminal/clusters.hpp"
#include "parley/base/utf8.hpp"

namespace parley::terminal {

namespace {

constexpr char escape = '\x1b';
constexpr std::string_view paste_begin = "200";
constexpr std::string_view paste_end = "\x1b[201~";
constexpr std::size_t sequence_bytes_max = 32;  // longer ones mean nothing here

constexpr char ctrl(char letter) {
    return static_cast<char>(letter & 0x1F);
}

std::optional<Key> key_of_control(char octet) {
    switch (octet) {
        case ctrl('a'):
            return Key::home;
        case ctrl('b'):
            return Key::left;
        case ctrl('c'):
            return Key::interrupt;
        case ctrl('d'):
            return Key::end_or_erase_next;
        case ctrl('e'):
            return Key::end;
        case ctrl('f'):
            return Key::right;
        case ctrl('h'):
        case '\x7f':
            return Key::erase;
        case ctrl('k'):
            return Key::kill_to_end;
        case ctrl('l'):
            return Key::redraw;
        case ctrl('n'):
            return Key::down;
        case ctrl('p'):
            return Key::up;
        case ctrl('u'):
            return Key::kill_to_start;
        case ctrl('w'):
            return Key::kill_word;
        case ctrl('y'):
            return Key::yank;
        case ctrl('z'):
            return Key::suspend;
        case '\t':
            return Key::complete;
        case '\r':
        case '\n':
            return Key::enter;
        default:
            return std::nullopt;
    }
}

/// With Alt held down, which terminals send as ESC before the key.
std::optional<Key> key_with_alt(char octet) {
    switch (octet) {
        case 'b':
        case 'B':
            return Key::word_left;
        case 'f':
        case 'F':
            return Key::word_right;
        case 'd':
        case 'D':
            return Key::kill_next_word;
        case ctrl('h'):
        case '\x7f':
            return Key::kill_word_part;
        case '\r':
        case '\n':
            return Key::line_break;
        default:
            return std::nullopt;
    }
}

std::optional<Key> key_of_letter(char last, bool is_modified) {
    switch (last) {
        case 'A':
            return Key::up;
        case 'B':
            return Key::down;
        case 'C':
            return is_modified ? Key::word_right : Key::right;
        case 'D':
            return is_modified ? Key::word_left : Key::left;
        case 'F':
            return Key::end;
        case 'H':
            return Key::home;
        default:
            return std::nullopt;
    }
}

std::optional<Key> key_of_number(std::string_view number) {
    if (number == "1" || number == "7") return Key::home;
    if (number == "4" || number == "8") return Key::end;
    if (number == "3") return Key::erase_next;
    return std::nullopt;
}

}  // namespace

void KeyReader::receive(std::string_view octets) {
    for (const char octet : octets)
        receive_octet(octet);
}

std::optional<KeyPress> KeyReader::next() {
    if (keys_.empty()) return std::nullopt;
    KeyPress key = std::move(keys_.front());
    keys_.pop_front();
    return key;
}

void KeyReader::receive_octet(char octet) {
    switch (state_) {
        case State::ground:
            return begin(octet);
        case State::character:
            return receive_character(octet);
        case State::escape:
            return receive_escaped(octet);
        case State::sequence:
            return receive_sequence(octet);
        case State::single_shift:
            state_ = State::ground;
            if (const auto key = key_of_letter(octet, kept_.ends_with(escape))) add(*key);
            return kept_.clear();
        case State::paste:
            return receive_pasted(octet);
    }
}

void KeyReader::begin(char octet) {
    if (octet == escape) {
        state_ = State::escape;
    } else if (static_cast<unsigned char>(octet) < 0x20 || octet == '\x7f') {
        if (const auto key = key_of_control(octet)) add(*key);
    } else if (static_cast<unsigned char>(octet) < 0x80) {
        add_text({&octet, 1});
    } else {
        kept_.assign(1, octet);
        state_ = State::character;
        const int length = std::countl_one(static_cast<unsigned char>(octet));
        if (length < 2 || length > 4) receive_character('\0');  // no character begins with it
    }
}

void KeyReader::receive_character(char octet) {
    const auto length = static_cast<std::size_t>(std::countl_one(static_cast<unsigned char>(kept_.front())));
    const bool continues = (static_cast<unsigned char>(octet) & 0xC0U) == 0x80;
    if (continues) kept_ += octet;
    if (continues && kept_.size() < length) return;
    state_ = State::ground;
    std::string valid;
    append_valid_utf8(valid, kept_);
    kept_.clear();
    add_text(without_controls(valid));
    if (!continues && octet != '\0') begin(octet);
}

void KeyReader::receive_escaped(char octet) {
    // A second ESC is Alt before a sequence, in some terminals.
    if (octet == escape) {
        kept_.assign(1, escape);
        return;
    }
    state_ = State::ground;
    if (octet == '[') {
        state_ = State::sequence;
        return;
    }
    if (octet == 'O') {
        state_ = State::single_shift;
        return;
    }
    kept_.clear();
    if (const auto key = key_with_alt(octet)) add(*key);
    // Anything else with Alt means nothing here; but who presses Ctrl-C behind ESC means it.
    else if (octet == ctrl('c') || octet == ctrl('d'))
        begin(octet);
}

void KeyReader::receive_sequence(char octet) {
    if (octet >= '@' && octet <= '~') {
        state_ = State::ground;
        end_sequence(octet);
        if (state_ == State::ground) kept_.clear();
        return;
    }
    if (octet < 0x20 || kept_.size() >= sequence_bytes_max) {  // it is none, or none of interest
        state_ = State::ground;
        kept_.clear();
        if (octet < 0x20) begin(octet);
        return;
    }
    kept_ += octet;
}

void KeyReader::end_sequence(char last) {
    std::string_view parameters = kept_;
    bool is_modified = parameters.starts_with(escape);
    if (is_modified) parameters.remove_prefix(1);
    if (last == '~' && parameters == paste_begin) {
        state_ = State::paste;
        paste_end_seen_ = 0;
        return kept_.clear();
    }
    const std::size_t semicolon = parameters.find(';');
    if (semicolon != std::string_view::npos) {
        // xterm: one more than the sum of 1 for Shift, 2 for Alt, 4 for Ctrl
        const std::string_view modifiers = parameters.substr(semicolon + 1);
        is_modified = is_modified || (!modifiers.empty() && modifiers != "1" && modifiers != "2");
        parameters = parameters.substr(0, semicolon);
    }
    const auto key = last == '~' ? key_of_number(parameters) : key_of_letter(last, is_modified);
    if (key) add(*key);
}

void KeyReader::receive_pasted(char octet) {
    if (octet == paste_end[paste_end_seen_]) {
        if (++paste_end_seen_ < paste_end.size()) return;
        state_ = State::ground;
        keys_.push_back({Key::paste, without_controls(kept_)});
        return kept_.clear();
    }
    // What looked like the end was a part of the text; only its first octet can begin the end anew.
    const std::string_view seen = paste_end.substr(0, std::exchange(paste_end_seen_, octet == escape ? 1 : 0));
    for (const std::string_view piece : {seen, std::string_view(&octet, octet == escape ? 0 : 1)}) {
        if (kept_.size() + piece.size() <= limits_.paste_bytes_max) kept_ += piece;
    }
}

void KeyReader::add_text(std::string_view text) {
    if (text.empty()) return;
    if (keys_.empty() || keys_.back().key != Key::text) keys_.push_back({Key::text, {}});
    keys_.back().text += text;
}

void KeyReader::add(Key key) {
    keys_.push_back({key, {}});
}

}  // namespace parley::terminal
