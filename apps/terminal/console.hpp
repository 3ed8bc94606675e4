// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "apps/terminal/input_reader.hpp"
#include "apps/terminal/key_reader.hpp"
#include "apps/terminal/line_editor.hpp"
#include "apps/terminal/prompt_line.hpp"
#include "apps/terminal/terminal.hpp"
#include "parley/base/function.hpp"
#include "parley/net/loop.hpp"

namespace parley::terminal {

/// Why nothing more is typed.
enum class Ending : std::uint8_t {
    input_ended,  ///< the standard input, or Ctrl-D on an empty line
    interrupted,  ///< Ctrl-C, SIGINT, SIGTERM, or the terminal is gone
};

/// How somebody who talks is heard and seen.
///
/// At a terminal, lines appear above the one that is being typed. Where the standard input or output is none, lines are
/// read and written as they are. Belongs to the loop's thread. Leaves the terminal as it was.
class Console {
 public:
    explicit Console(net::Loop& loop);
    ~Console();
    Console(const Console&) = delete;
    Console& operator=(const Console&) = delete;

    [[nodiscard]] bool is_interactive() const noexcept { return is_interactive_; }
    [[nodiscard]] Colours colours() const noexcept { return colours_; }

    /// Called with each line, without its end. At a terminal a pasted text may have line breaks in it.
    void on_line(Function<void(std::string)> handler) { on_line_ = std::move(handler); }
    /// Called when no more lines can come.
    void on_end(Function<void(Ending)> handler) { on_end_ = std::move(handler); }
    /// Called with what is being typed, after each change.
    void on_typing(Function<void(std::string_view)> handler) { on_typing_ = std::move(handler); }
    /// Asked for the words that one may become, when the Tab key is pressed.
    void on_complete(Function<std::vector<std::string>(std::string_view)> handler) {
        on_complete_ = std::move(handler);
    }

    /// Begins to read. Throws SetupError when the system has no resources for it.
    void start();
    /// Nothing more is read until `go_on`: whoever writes to a pipe waits. Before `start` nothing at all is; later a
    /// piece may be on its way.
    void hold();
    void go_on();

    /// Shows a line, or several. They are written as they are, but for colours where there are none.
    void print(std::string_view lines);
    /// Shows a line that is not a part of what was asked for: on the standard error where nobody types.
    void remark(std::string_view line);
    void set_prompt(std::string prompt, Mood mood);
    void set_status(std::string status);
    /// Writes what was printed, takes the line that is typed away, and gives the terminal back.
    void finish();

 private:
    void receive(std::string_view octets);
    void receive_lines(std::string_view octets);
    void handle(const KeyPress& press);
    void complete();
    void suspend();
    void handle_signal(int signal);
    void end(Ending ending);
    void draw_soon();
    void draw_now();
    [[nodiscard]] std::string taking_away() const;

    net::Loop& loop_;
    const bool is_interactive_ = Terminal::is_interactive();
    const Colours colours_ = Terminal::has_colours() ? Colours::ansi : Colours::none;
    Terminal terminal_;
    KeyReader keys_;
    LineEditor editor_;
    Function<void(std::string)> on_line_;
    Function<void(Ending)> on_end_;
    Function<void(std::string_view)> on_typing_;
    Function<std::vector<std::string>(std::string_view)> on_complete_;
    std::string prompt_;
    std::string status_;
    Mood mood_ = Mood::calm;
    std::string printed_;            // and not written yet
    std::string line_;               // that has not ended yet, where nobody types
    std::size_t drawn_columns_ = 0;  // of the line that is on the screen
    std::size_t drawn_cursor_ = 0;
    std::size_t screen_columns_ = 0;  // of the screen that it was drawn for
    bool is_drawing_soon_ = false;
    bool is_over_ = false;
    std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
    std::vector<std::unique_ptr<net::SignalWatch>> signals_;
    std::unique_ptr<InputReader> input_;
    bool is_held_ = false;
};

}  // namespace parley::terminal
