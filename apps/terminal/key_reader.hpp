// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace parley::terminal {

/// What a key is for.
enum class Key : std::uint8_t {
    text,   ///< characters that were typed
    paste,  ///< a text that came in one piece, with its line breaks
    enter,
    line_break,  ///< Alt-Enter: a new line in what is typed
    left,
    right,
    home,
    end,
    word_left,
    word_right,
    up,
    down,
    erase,       ///< the cluster before the cursor
    erase_next,  ///< Delete: the cluster behind it
    kill_to_end,
    kill_to_start,
    kill_word,       ///< back to the space before
    kill_word_part,  ///< back to where the word begins
    kill_next_word,
    yank,
    complete,
    redraw,
    interrupt,          ///< Ctrl-C
    end_or_erase_next,  ///< Ctrl-D
    suspend,            ///< Ctrl-Z
};

/// One key, or characters that were typed together.
struct KeyPress {
    Key key = Key::text;
    std::string
        text{};  ///< of `text` and `paste`: UTF-8 without control characters, but for the line breaks of a paste

    friend bool operator==(const KeyPress&, const KeyPress&) = default;
};

/// How much is kept of what a terminal sends.
struct KeyReaderLimits {
    std::size_t paste_bytes_max = 64 * 1024;  ///< of one paste; the rest of it is dropped
};

/// Reads keys from the octets that a terminal sends, however they are cut: UTF-8, and the sequences of xterm and its
/// relatives (ECMA-48), with bracketed paste. What it does not know is dropped.
class KeyReader {
 public:
    explicit KeyReader(KeyReaderLimits limits = {}) : limits_(limits) {}

    /// Takes the next octets. The keys in them are to be taken by `next` before the next call.
    void receive(std::string_view octets);
    /// The next key; nothing when there is none yet.
    [[nodiscard]] std::optional<KeyPress> next();

 private:
    enum class State : std::uint8_t { ground, character, escape, sequence, single_shift, paste };

    void receive_octet(char octet);
    void begin(char octet);
    void receive_character(char octet);
    void receive_escaped(char octet);
    void receive_sequence(char octet);
    void receive_pasted(char octet);
    void end_sequence(char last);
    void add_text(std::string_view text);
    void add(Key key);

    KeyReaderLimits limits_;
    State state_ = State::ground;
    std::string kept_;  // the octets so far of a character, a sequence or a paste
    std::size_t paste_end_seen_ = 0;
    std::deque<KeyPress> keys_;
};

}  // namespace parley::terminal
