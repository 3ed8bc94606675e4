// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "parley/base/entropy.hpp"

namespace parley {

/// A new identifier that nobody can guess: 20 characters of `A-Za-z0-9_-` that carry 120 random bits.
[[nodiscard]] std::string random_id(EntropySource& entropy);

}  // namespace parley
