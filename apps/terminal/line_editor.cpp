// SPDX-License-Identifier: MIT
#include "apps/terminal/line_editor.hpp"

#include <utility>

#include "apps/terminal/clusters.hpp"

namespace parley::terminal {

bool LineEditor::handle(const KeyPress& press) {
    switch (press.key) {
        case Key::text:
        case Key::paste:
            return insert(press.text);
        case Key::line_break:
            return insert("\n");
        case Key::left:
            return move_to(previous_cluster(text_, cursor_));
        case Key::right:
            return move_to(next_cluster(text_, cursor_));
        case Key::home:
            return move_to(0);
        case Key::end:
            return move_to(text_.size());
        case Key::word_left:
            return move_to(word_left());
        case Key::word_right:
            return move_to(word_right());
        case Key::up:
            return show_history(shown_ + 1);
        case Key::down:
            return shown_ > 0 && show_history(shown_ - 1);
        case Key::erase:
            return erase(previous_cluster(text_, cursor_), cursor_);
        case Key::erase_next:
        case Key::end_or_erase_next:
            return erase(cursor_, next_cluster(text_, cursor_));
        case Key::kill_to_end:
            return kill(cursor_, text_.size());
        case Key::kill_to_start:
            return kill(0, cursor_);
        case Key::kill_word: {
            std::size_t begin = cursor_;
            while (begin > 0 && is_space(cluster_before(begin)))
                begin = previous_cluster(text_, begin);
            while (begin > 0 && !is_space(cluster_before(begin)))
                begin = previous_cluster(text_, begin);
            return kill(begin, cursor_);
        }
        case Key::kill_word_part:
            return kill(word_left(), cursor_);
        case Key::kill_next_word:
            return kill(cursor_, word_right());
        case Key::yank:
            return insert(killed_);
        default:
            return false;
    }
}

std::size_t LineEditor::word_begin() const {
    std::size_t begin = cursor_;
    while (begin > 0 && !is_space(cluster_before(begin)))
        begin = previous_cluster(text_, begin);
    return begin;
}

void LineEditor::replace_word(std::string_view text) {
    const std::size_t begin = word_begin();
    if (text_.size() - (cursor_ - begin) + text.size() > limits_.text_bytes_max) return;
    text_.replace(begin, cursor_ - begin, text);
    cursor_ = begin + text.size();
}

std::string LineEditor::take() {
    if (!text_.empty() && (history_.empty() || history_.back() != text_)) history_.push_back(text_);
    if (history_.size() > limits_.history_max) history_.pop_front();
    std::string taken = std::move(text_);
    clear();
    return taken;
}

void LineEditor::clear() {
    text_.clear();
    unsent_.clear();
    cursor_ = 0;
    shown_ = 0;
}

bool LineEditor::insert(std::string_view text) {
    if (text.empty() || text_.size() + text.size() > limits_.text_bytes_max) return false;
    const std::string tail = text_.substr(cursor_);
    text_.replace(cursor_, std::string::npos, text);
    text_ += tail;
    // What was typed may have become one with what stands around it, as accents do: the cursor is behind all of that.
    const std::size_t end = cursor_ + text.size();
    std::size_t place = 0;
    while (place < end)
        place = next_cluster(text_, place);
    cursor_ = place;
    return true;
}

bool LineEditor::move_to(std::size_t place) {
    return std::exchange(cursor_, place) != place;
}

bool LineEditor::erase(std::size_t from, std::size_t to) {
    if (from == to) return false;
    text_.erase(from, to - from);
    // The two sides may have become one cluster.
    std::size_t place = 0;
    while (place < from)
        place = next_cluster(text_, place);
    cursor_ = place;
    return true;
}

bool LineEditor::kill(std::size_t from, std::size_t to) {
    if (from == to) return false;
    killed_ = text_.substr(from, to - from);
    return erase(from, to);
}

bool LineEditor::show_history(std::size_t place) {
    if (place > history_.size()) return false;
    if (shown_ == 0) unsent_ = text_;
    shown_ = place;
    text_ = place == 0 ? unsent_ : history_[history_.size() - place];
    cursor_ = text_.size();
    return true;
}

std::size_t LineEditor::word_left() const {
    std::size_t place = cursor_;
    while (place > 0 && !is_word(cluster_before(place)))
        place = previous_cluster(text_, place);
    while (place > 0 && is_word(cluster_before(place)))
        place = previous_cluster(text_, place);
    return place;
}

std::size_t LineEditor::word_right() const {
    std::size_t place = cursor_;
    while (place < text_.size() && !is_word(cluster_at(place)))
        place = next_cluster(text_, place);
    while (place < text_.size() && is_word(cluster_at(place)))
        place = next_cluster(text_, place);
    return place;
}

std::string_view LineEditor::cluster_before(std::size_t place) const {
    const std::size_t begin = previous_cluster(text_, place);
    return std::string_view(text_).substr(begin, place - begin);
}

std::string_view LineEditor::cluster_at(std::size_t place) const {
    return std::string_view(text_).substr(place, next_cluster(text_, place) - place);
}

}  // namespace parley::terminal
