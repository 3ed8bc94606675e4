// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace parley::simulation {

/// Allocations by `new` that live just now. The program of the simulation replaces `new` and `delete`, for this count
/// and, where no sanitizer does it better, to find what is used behind its end: freed memory is filled, kept back for a
/// while and must come out as it went in.
[[nodiscard]] std::size_t live_allocations();

}  // namespace parley::simulation
