// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parley/base/entropy.hpp"

namespace parley {

/// A hash of text under a secret key (SipHash-1-3), for tables whose keys a peer may choose.
///
/// Without the key nobody can make names that fall into one bucket. Use it as
/// `std::unordered_map<std::string, V, KeyedHash, std::equal_to<>>` and construct the table with a keyed instance; look
/// up by `std::string_view` without a copy.
class KeyedHash {
 public:
    using is_transparent = void;

    KeyedHash(std::uint64_t key0, std::uint64_t key1) noexcept : key0_(key0), key1_(key1) {}

    /// Takes its key, 16 octets, from `entropy`.
    explicit KeyedHash(EntropySource& entropy);

    [[nodiscard]] std::size_t operator()(std::string_view text) const noexcept;

 private:
    std::uint64_t key0_;
    std::uint64_t key1_;
};

}  // namespace parley
