// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace parley {

/// Text of unknown origin made fit for a line of a log: control characters escaped, and cut.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace parley
