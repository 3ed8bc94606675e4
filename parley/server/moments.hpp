// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace parley::server::detail {

/// The moment that a program meant when it registered a handler for `name`, which is none: `connection` for
/// `conection`. Empty for a name that is no slip of one.
///
/// An event of such a name may come, so that is nothing to refuse; a handler that is never called, and nobody says why,
/// costs an hour.
[[nodiscard]] std::string_view meant_moment(std::string_view name) noexcept;

}  // namespace parley::server::detail
