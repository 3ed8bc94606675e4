// SPDX-License-Identifier: MIT
#pragma once

#include <termios.h>

#include <cstddef>
#include <string_view>

namespace parley::terminal {

/// The terminal at the standard input and output: its mode, its size, and writing to it.
///
/// Between `enter` and `leave` each key comes as it is pressed, and is not shown by the terminal itself. Destroying it
/// leaves. For one thread.
class Terminal {
 public:
    Terminal() = default;
    ~Terminal() { leave(); }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    /// Whether somebody sits at both ends, with a terminal that can move its cursor.
    [[nodiscard]] static bool is_interactive();
    /// Whether what is written may have colours: it goes to a terminal, and nobody said NO_COLOR (no-color.org).
    [[nodiscard]] static bool has_colours();
    /// How wide the terminal is just now; 80 where it does not say.
    [[nodiscard]] static std::size_t columns();
    /// Writes all of it to the standard output, and waits for whoever reads that. False: nobody does any more.
    static bool write(std::string_view octets);

    void enter();
    void leave();

 private:
    termios before_{};
    bool is_entered_ = false;
};

}  // namespace parley::terminal
