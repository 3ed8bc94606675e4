// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>

namespace parley {

/// The one rule for text and octets that a program gives, wherever it gives them:
///
/// | Given | Where text is due | Where octets are due |
/// |---|---|---|
/// | a literal, `const char[n]` | without the zero at its end, zeros within are kept | the same |
/// | a buffer, `char[n]` | up to its first zero; without one, all of it | all of it |
/// | `const char*`, `char*` | up to its zero; a null pointer is empty | the same |
/// | `std::string`, `std::string_view` | all of it | all of it |
/// | arrays, vectors, arrays of the library and spans of `std::byte` and `(un)signed char` | no text | all of it |
/// | vectors, arrays of the library and spans of `char` | no text | all of it |
///
/// Nothing is read behind the end of an array. A `const char` array that ends with a zero is taken for a literal:
/// octets that do not change are `unsigned char` or `std::byte`.

namespace detail {

// What a binary value is made of.
template <typename T>
concept Octet = std::same_as<T, std::byte> || std::same_as<T, unsigned char> || std::same_as<T, signed char>;

// Where a literal ends: at most one zero is its terminator.
template <std::size_t size>
constexpr std::size_t literal_length(const char (&literal)[size]) noexcept {
    return literal[size - 1] == '\0' ? size - 1 : size;
}

// A null pointer, as `std::getenv` returns one, is nothing to read.
template <typename T>
constexpr std::string_view text_of(const T& text) noexcept(std::is_pointer_v<T>) {
    if constexpr (std::is_pointer_v<T>) {
        return text != nullptr ? std::string_view(text) : std::string_view();
    } else {
        return text;
    }
}

}  // namespace detail

/// Text that a program gives, borrowed like a `std::string_view`, by the rule above. What takes text takes this.
class TextView : public std::string_view {
 public:
    constexpr TextView() noexcept = default;
    constexpr TextView(const char* text, std::size_t size) noexcept : std::string_view(text, size) {}
    template <std::size_t size>
    constexpr TextView(const char (&literal)[size]) noexcept
        : std::string_view(literal, detail::literal_length(literal)) {}
    template <std::size_t size>
    constexpr TextView(char (&buffer)[size]) noexcept
        : std::string_view(std::string_view(buffer, size).substr(0, std::string_view(buffer, size).find('\0'))) {}
    template <typename T>
        requires(!std::is_array_v<T> && std::is_convertible_v<const T&, std::string_view>)
    constexpr TextView(const T& text) : std::string_view(detail::text_of(text)) {}
};

/// Octets that a program gives, borrowed like a span, by the rule above. What takes octets takes this.
class OctetsView : public std::span<const std::byte> {
    using Span = std::span<const std::byte>;
    template <typename T>
    static constexpr bool is_bytes = std::is_convertible_v<const T&, Span>;
    template <typename T>
    static constexpr bool is_text = !std::is_array_v<T> && std::is_convertible_v<const T&, std::string_view>;
    template <typename T>
    static constexpr bool is_chars = std::is_convertible_v<const T&, std::span<const char>>;
    template <typename T>
    static constexpr bool is_unsigned = std::is_convertible_v<const T&, std::span<const unsigned char>>;
    template <typename T>
    static constexpr bool is_signed = std::is_convertible_v<const T&, std::span<const signed char>>;

    static Span span(std::string_view octets) noexcept {
        return std::as_bytes(std::span(octets.data(), octets.size()));
    }
    template <typename T>
    static Span span_of(const T& octets) {
        if constexpr (is_bytes<T>) {
            return octets;
        } else if constexpr (is_text<T>) {
            return span(detail::text_of(octets));
        } else if constexpr (is_chars<T>) {
            return std::as_bytes(std::span<const char>(octets));
        } else if constexpr (is_unsigned<T>) {
            return std::as_bytes(std::span<const unsigned char>(octets));
        } else {
            return std::as_bytes(std::span<const signed char>(octets));
        }
    }

 public:
    OctetsView() noexcept = default;
    OctetsView(const void* octets, std::size_t size) noexcept : Span(static_cast<const std::byte*>(octets), size) {}
    template <std::size_t size>
    OctetsView(const char (&literal)[size]) noexcept : OctetsView(literal, detail::literal_length(literal)) {}
    template <std::size_t size>
    OctetsView(char (&octets)[size]) noexcept : OctetsView(octets, size) {}
    template <typename T>
        requires(is_bytes<T> || is_text<T> || is_unsigned<T> || is_signed<T> || (is_chars<T> && !std::is_array_v<T>))
    OctetsView(const T& octets) : Span(span_of(octets)) {}
};

}  // namespace parley
