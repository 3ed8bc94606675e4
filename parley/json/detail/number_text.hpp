// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace parley::detail {

/// Appends the shortest decimal that reads back as `number`, laid out as JavaScript does (ECMA-262, Number::toString):
/// 1e21 is `1e+21`, 1e20 has all its digits, -0 is `0`; whole numbers of 64 bits are exact to their last digit. NaN and
/// the infinities are `null`, as JSON.stringify writes.
void append_double(std::string& out, double number);

}  // namespace parley::detail
