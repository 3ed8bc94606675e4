// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace parley {

/// What a JSON text may ask of its reader.
struct JsonLimits {
    /// Arrays and objects within each other; `[]` is one deep. At most 1,024, whatever is asked for.
    std::size_t depth_max = 128;
    /// Octets of attachments that one reader hands out; one that several placeholders name counts each time.
    std::size_t attachment_bytes_max = 11'000'000;
};

}  // namespace parley
