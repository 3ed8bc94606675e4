// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

namespace parley {

/// Raises this process's limit of open files to what it may be at most; one connection is one. Returns the limit, or
/// nothing if the system does not say. Programs that count on small descriptors (select) would break; this one does
/// not.
std::optional<std::uint64_t> raise_file_limit();

}  // namespace parley
