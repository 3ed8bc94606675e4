// SPDX-License-Identifier: MIT
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <span>
#include <string_view>

namespace parley::net::detail {

/// Pieces below this size are copied together: one contiguous send of sixteen small pieces costs less than a gathered
/// one.
inline constexpr std::size_t gather_copy_bytes_max = 4096;

/// Puts `pieces` into as few `vectors` as makes sense: runs of small ones are copied together into `scratch`, large
/// ones stay where they are. Returns how many vectors were filled; they may cover fewer octets than the pieces when
/// space runs out.
std::size_t gather(std::span<const std::string_view> pieces, std::span<char> scratch, std::span<iovec> vectors);

}  // namespace parley::net::detail
