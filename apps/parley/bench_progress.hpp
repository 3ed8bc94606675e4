// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace parley {

/// A bar on the standard error while something goes on, if that is a terminal; nothing anywhere else.
class BenchProgress {
 public:
    /// Where it stands, `part` of 1, and what goes on.
    void show(double part, std::string_view what);
    /// Takes it away.
    void clear();

    /// The line, at most `columns` wide.
    [[nodiscard]] static std::string line(double part, std::string_view what, std::size_t columns);

 private:
    const bool is_terminal_ = has_terminal();
    bool is_shown_ = false;

    [[nodiscard]] static bool has_terminal();
};

}  // namespace parley
