// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>

namespace parley::failures {

/// Puts the clock of this program forward, which replaces the system's.
void skip(std::chrono::milliseconds time);

}  // namespace parley::failures
