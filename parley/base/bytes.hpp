// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "parley/base/octets.hpp"

namespace parley {

/// An owned binary value: what a handler receives and sends where JavaScript has a Buffer or an ArrayBuffer.
///
/// Vectors, arrays and spans of `std::byte`, `std::uint8_t` and `std::int8_t` are binary everywhere, a std::string is
/// text, and a vector of any other number an array of numbers. `to_bytes(chars)` copies characters into Bytes,
/// `as_bytes(chars)` views them, `as_chars` is the way back. How arrays and literals are taken stands in
/// parley/base/octets.hpp.
using Bytes = std::vector<std::byte>;

/// A borrowed binary value. Whoever hands it out says how long it lives.
using BytesView = std::span<const std::byte>;

/// The same octets seen as bytes. The protocol layers pass octets as characters; only binary values are `Bytes`.
inline BytesView as_bytes(OctetsView octets) {
    return octets;
}

/// The same octets seen as characters.
inline std::string_view as_chars(BytesView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// A copy of the octets as an owned binary value, as in `to_bytes("\x00\x01")`.
inline Bytes to_bytes(OctetsView octets) {
    return {octets.begin(), octets.end()};
}

}  // namespace parley
