// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace parley::web {

/// `location` as a Location header may carry it: every octet that no URL may contain becomes `%XX`. What is encoded
/// already stays as it is; a `%` without its two digits becomes `%25`. (What Express does: the package `encodeurl`.)
std::string encode_location(std::string_view location);

}  // namespace parley::web
