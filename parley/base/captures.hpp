// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace parley {

/// Addresses from `low` up to `high`.
struct AddressRange {
    std::uintptr_t low = 0;
    std::uintptr_t high = 0;
};

/// Whether `callable` is a lambda that captured, by reference or as a pointer, something in `range`.
///
/// It asks only those of which every octet is a value: captures that are references, pointers and numbers. Of others
/// (a text, an optional without a value) parts may be left over from whatever was there before, and would be mistaken.
template <typename F>
bool captures_from(const F& callable, AddressRange range) noexcept {
#if __has_builtin(__builtin_clear_padding)
    constexpr bool is_plain = true;
#else
    constexpr bool is_plain = std::has_unique_object_representations_v<F>;
#endif
    constexpr std::size_t word_size = sizeof(std::uintptr_t);
    if constexpr (is_plain && std::is_trivially_copyable_v<F> && sizeof(F) % word_size == 0) {
        alignas(F) unsigned char octets[sizeof(F)];
        __builtin_memcpy(octets, &callable, sizeof(F));
#if __has_builtin(__builtin_clear_padding)
        __builtin_clear_padding(reinterpret_cast<F*>(octets));
#endif
        bool is_found = false;
        for (std::size_t at = 0; at < sizeof(F); at += word_size) {
            std::uintptr_t word = 0;
            __builtin_memcpy(&word, octets + at, word_size);
            if (word == 0) return false;  // may say of an optional that it has no value
            if (word >= range.low && word < range.high) is_found = true;
        }
        return is_found;
    } else {
        return false;
    }
}

}  // namespace parley
