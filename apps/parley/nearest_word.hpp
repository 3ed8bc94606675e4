// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace parley {

/// The one of `words` that `typed` may have been meant to be; empty if none is near.
std::string nearest_word(std::string_view typed, const std::vector<std::string>& words);

}  // namespace parley
