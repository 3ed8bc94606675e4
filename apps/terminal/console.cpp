// SPDX-License-Identifier: MIT
#include "apps/terminal/console.hpp"

#include <signal.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <utility>

#include "apps/terminal/clusters.hpp"
#include "parley/base/error.hpp"

namespace parley::terminal {

namespace {

constexpr std::size_t printed_bytes_max = 64 * 1024;  // then it is written at once
constexpr std::size_t line_bytes_max = 256 * 1024;    // of the standard input; longer ones come in pieces

/// What all of them begin with.
std::string common_beginning(const std::vector<std::string>& words) {
    std::string beginning = words.front();
    for (const std::string& word : words) {
        const auto differing = std::ranges::mismatch(beginning, word).in1;
        beginning.erase(differing, beginning.end());
    }
    // Not within a cluster.
    std::size_t end = 0;
    while (end < beginning.size()) {
        const std::size_t next = next_cluster(words.front(), end);
        if (next > beginning.size()) break;
        end = next;
    }
    return beginning.substr(0, end);
}

bool is_ignored(int signal) {
    struct sigaction current{};
    return ::sigaction(signal, nullptr, &current) == 0 && current.sa_handler == SIG_IGN;
}

}  // namespace

Console::Console(net::Loop& loop) : loop_(loop) {}

Console::~Console() {
    *is_alive_ = false;
    finish();
}

void Console::start() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGCONT}) {
        // Who started it may not want it to end with its terminal, as nohup does.
        if (signal == SIGHUP && is_ignored(signal)) continue;
        auto watch = loop_.on_signals({signal}, [this](int arrived) { handle_signal(arrived); });
        if (!watch) throw SetupError(watch.error());
        signals_.push_back(std::move(*watch));
    }
    if (is_interactive_) terminal_.enter();
    input_ = std::make_unique<InputReader>(
        loop_, [this](std::string_view octets) { receive(octets); },
        [this] {
            if (!line_.empty()) on_line_(std::exchange(line_, {}));
            end(is_interactive_ ? Ending::interrupted : Ending::input_ended);
        });
    if (!is_held_) input_->go_on();
    draw_soon();
}

void Console::hold() {
    is_held_ = true;
    if (input_) input_->hold();
}

void Console::go_on() {
    is_held_ = false;
    if (input_) input_->go_on();
}

void Console::print(std::string_view lines) {
    printed_ += lines;
    printed_ += is_interactive_ ? "\r\n" : "\n";
    if (printed_.size() > printed_bytes_max) return draw_now();
    draw_soon();
}

void Console::remark(std::string_view line) {
    if (is_interactive_) return print(line);
    draw_now();  // what was printed before it stands before it
    std::cerr << line << std::endl;
}

void Console::set_prompt(std::string prompt, Mood mood) {
    if (prompt == prompt_ && mood == mood_) return;
    prompt_ = std::move(prompt);
    mood_ = mood;
    draw_soon();
}

void Console::set_status(std::string status) {
    if (status == status_) return;
    status_ = std::move(status);
    draw_soon();
}

void Console::finish() {
    if (std::exchange(is_over_, true)) return;
    input_.reset();
    signals_.clear();
    Terminal::write(taking_away() + std::exchange(printed_, {}));
    terminal_.leave();
}

void Console::receive(std::string_view octets) {
    if (!is_interactive_) return receive_lines(octets);
    keys_.receive(octets);
    while (const auto press = keys_.next()) {
        if (is_over_) return;
        handle(*press);
    }
}

void Console::receive_lines(std::string_view octets) {
    while (!octets.empty() && !is_over_) {
        const std::size_t end = octets.find('\n');
        const std::size_t taken =
            std::min(end == std::string_view::npos ? octets.size() : end, line_bytes_max - line_.size());
        line_ += octets.substr(0, taken);
        const bool has_ended = taken == end;
        octets.remove_prefix(taken + (has_ended ? 1 : 0));
        if (has_ended || line_.size() == line_bytes_max) on_line_(std::exchange(line_, {}));
    }
}

void Console::handle(const KeyPress& press) {
    switch (press.key) {
        case Key::interrupt:
            return end(Ending::interrupted);
        case Key::end_or_erase_next:
            if (editor_.text().empty()) return end(Ending::input_ended);
            break;
        case Key::suspend:
            return suspend();
        case Key::redraw:
            printed_.insert(0, "\x1b[H\x1b[2J");
            return draw_soon();
        case Key::complete:
            return complete();
        case Key::enter: {
            std::string line = editor_.take();
            draw_soon();
            return on_line_(std::move(line));
        }
        default:
            break;
    }
    if (!editor_.handle(press)) return;
    draw_soon();
    if (on_typing_) on_typing_(editor_.text());
}

void Console::complete() {
    if (!on_complete_) return;
    const std::size_t begin = editor_.word_begin();
    const std::vector<std::string> words =
        on_complete_(std::string_view(editor_.text()).substr(begin, editor_.cursor() - begin));
    if (words.empty()) return;
    if (words.size() == 1) {
        // As one addresses somebody, at the beginning of a line.
        editor_.replace_word(words.front() + (begin == 0 && !words.front().starts_with('/') ? ": " : " "));
    } else {
        const std::string beginning = common_beginning(words);
        if (beginning.size() > editor_.cursor() - begin) {
            editor_.replace_word(beginning);
        } else {
            std::string list;
            for (const std::string& word : words)
                list += (list.empty() ? "" : "  ") + word;
            print(list);
        }
    }
    draw_soon();
}

// As the terminal would do by itself: to everybody who was started with this.
void Console::suspend() {
    Terminal::write(taking_away());
    drawn_columns_ = drawn_cursor_ = 0;
    terminal_.leave();
    ::kill(0, SIGTSTP);
    // Where nobody can continue it, the system does not stop it.
    loop_.after(std::chrono::milliseconds(100), [this, is_alive = is_alive_] {
        if (*is_alive && !is_over_) handle_signal(SIGCONT);
    });
}

void Console::handle_signal(int signal) {
    switch (signal) {
        case SIGCONT:
            if (is_interactive_) terminal_.enter();
            drawn_columns_ = drawn_cursor_ = 0;
            return draw_soon();
        case SIGWINCH:
            return draw_soon();
        default:
            return end(Ending::interrupted);
    }
}

void Console::end(Ending ending) {
    if (!is_over_ && on_end_) on_end_(ending);
}

void Console::draw_soon() {
    if (is_over_ || std::exchange(is_drawing_soon_, true)) return;
    loop_.post([this, is_alive = is_alive_] {
        if (!*is_alive || !is_drawing_soon_) return;
        draw_now();
    });
}

/// What takes the line away that is on the screen, and puts the cursor where it began.
std::string Console::taking_away() const {
    if (!is_interactive_) return {};
    // Terminals that have become narrower show the line in several rows now.
    const std::size_t columns = Terminal::columns();
    std::string octets;
    if (columns < screen_columns_ && drawn_columns_ > columns) {
        const std::size_t rows = drawn_cursor_ / columns;
        if (rows > 0) octets += "\x1b[" + std::to_string(rows) + "A";
    }
    return octets + "\r\x1b[J";
}

void Console::draw_now() {
    is_drawing_soon_ = false;
    if (is_over_) return;
    if (!is_interactive_) {
        if (!Terminal::write(std::exchange(printed_, {}))) end(Ending::interrupted);
        return;
    }
    std::string octets = taking_away() + std::exchange(printed_, {});
    screen_columns_ = Terminal::columns();
    const PromptLine line{
        .prompt = prompt_, .mood = mood_, .text = editor_.text(), .cursor = editor_.cursor(), .status = status_};
    Drawing drawing = draw(line, screen_columns_, colours_);
    drawn_columns_ = drawing.columns;
    drawn_cursor_ = drawing.cursor;
    octets += drawing.octets;
    if (!Terminal::write(octets)) end(Ending::interrupted);
}

}  // namespace parley::terminal
