// SPDX-License-Identifier: MIT
#include "apps/parley/bench_progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <iostream>

#include "apps/terminal/terminal.hpp"

namespace parley {

namespace {

constexpr std::size_t bar_columns = 30;

}  // namespace

bool BenchProgress::has_terminal() {
    return ::isatty(STDERR_FILENO) == 1;
}

std::string BenchProgress::line(double part, std::string_view what, std::size_t columns) {
    const auto filled = static_cast<std::size_t>(std::lround(std::clamp(part, 0.0, 1.0) * bar_columns));
    std::string line = "[" + std::string(filled, '#') + std::string(bar_columns - filled, '.') + "] ";
    line += what;
    return line.substr(0, columns);
}

void BenchProgress::show(double part, std::string_view what) {
    if (!is_terminal_) return;
    is_shown_ = true;
    // One column less than there are: the cursor stays in the line.
    std::cerr << "\r" << line(part, what, terminal::Terminal::columns() - 1) << "\x1b[K" << std::flush;
}

void BenchProgress::clear() {
    if (is_shown_) std::cerr << "\r\x1b[K" << std::flush;
    is_shown_ = false;
}

}  // namespace parley
