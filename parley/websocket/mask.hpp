// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace parley::websocket {

/// The four octets that the payload of a client's frame is combined with (RFC 6455 §5.3).
struct MaskKey {
    std::uint8_t octets[4] = {};

    /// The key as it applies from the `offset`-th octet of the payload on.
    [[nodiscard]] constexpr MaskKey at(std::uint64_t offset) const noexcept {
        MaskKey shifted;
        for (std::size_t i = 0; i < 4; ++i)
            shifted.octets[i] = octets[(i + offset) % 4];
        return shifted;
    }
};

/// Takes the mask off `payload`, in place, whose first octet `key` applies to from its first octet on: for a later part
/// of a payload pass `key.at(offset)`. Masking is the same operation.
void unmask(std::span<char> payload, MaskKey key) noexcept;

/// The same, and whether all that came out is ASCII: the answer costs next to nothing in the same pass, and text that
/// is ASCII needs no other check.
[[nodiscard]] bool unmask_and_is_ascii(std::span<char> payload, MaskKey key) noexcept;

}  // namespace parley::websocket
