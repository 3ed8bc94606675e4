// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace parley {

/// Makes room for one more element, so that adding it cannot fail: call it before the first change of several that
/// belong together.
template <typename T>
void reserve_one(std::vector<T>& list) {
    if (list.size() == list.capacity()) list.reserve(std::max<std::size_t>(1, list.size() * 2));
}

}  // namespace parley
