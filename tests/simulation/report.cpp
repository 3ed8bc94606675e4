// SPDX-License-Identifier: MIT
#include "tests/simulation/report.hpp"

#include <chrono>
#include <cstdio>

namespace parley::simulation {

void Report::print(std::string_view text) const {
    const auto since = network_.now().time_since_epoch() - std::chrono::hours(1);
    const double seconds = std::chrono::duration<double>(since).count();
    std::printf("%12.6f  %.*s\n", seconds, static_cast<int>(text.size()), text.data());
    std::fflush(stdout);
}

}  // namespace parley::simulation
