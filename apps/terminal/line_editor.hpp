// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "apps/terminal/key_reader.hpp"

namespace parley::terminal {

/// How much an editor keeps.
struct LineEditorLimits {
    std::size_t text_bytes_max = 64 * 1024;  ///< of what is typed; what would go beyond is not taken
    std::size_t history_max = 200;           ///< lines that can be had back
};

/// The line that somebody types: its text, the cursor in it, and the lines before it. Moves by grapheme clusters.
class LineEditor {
 public:
    explicit LineEditor(LineEditorLimits limits = {}) : limits_(limits) {}

    /// Does what the key is for. False: the key is none of editing (Enter, Tab, Ctrl-C ...), or there is nothing to do.
    bool handle(const KeyPress& press);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// In octets; always between two clusters.
    [[nodiscard]] std::size_t cursor() const noexcept { return cursor_; }

    /// Where the word begins that ends at the cursor: behind the last space.
    [[nodiscard]] std::size_t word_begin() const;
    /// Puts `text` in place of that word.
    void replace_word(std::string_view text);

    /// Takes the text away, to be sent; it can be had back with the arrow up.
    [[nodiscard]] std::string take();
    /// Forgets the text.
    void clear();

 private:
    bool insert(std::string_view text);
    bool move_to(std::size_t place);
    bool erase(std::size_t from, std::size_t to);
    bool kill(std::size_t from, std::size_t to);
    bool show_history(std::size_t place);
    [[nodiscard]] std::size_t word_left() const;
    [[nodiscard]] std::size_t word_right() const;
    [[nodiscard]] std::string_view cluster_before(std::size_t place) const;
    [[nodiscard]] std::string_view cluster_at(std::size_t place) const;

    LineEditorLimits limits_;
    std::string text_;
    std::size_t cursor_ = 0;
    std::string killed_;
    std::deque<std::string> history_;  // the latest last
    std::size_t shown_ = 0;            // which of them is shown, counted from the latest; 0: none
    std::string unsent_;               // what was typed before one was shown
};

}  // namespace parley::terminal
