// SPDX-License-Identifier: MIT
#pragma once

/// The codec of std::variant: as the alternative that it holds. What is read is the first alternative that fits, in the
/// order of the variant; std::monostate is null.
///
/// At most one alternative may be a JSON object and at most one an array. So nothing nested is ever read twice, and
/// what a peer sends costs no more than its length.

#include <cstddef>
#include <type_traits>
#include <utility>
#include <variant>

#include "parley/json/codec.hpp"

namespace parley {

template <>
struct JsonCodec<std::monostate> {
    static bool read(JsonReader& reader, std::monostate&) { return reader.read_null(); }
    static void write(JsonWriter& writer, std::monostate) { writer.null(); }
};

namespace detail {

// Alternatives that are a scalar, a text or octets: trying them costs little.
template <typename T>
inline constexpr bool is_json_flat =
    std::is_arithmetic_v<T> || std::is_enum_v<T> || std::is_same_v<T, std::monostate> ||
    std::is_same_v<T, std::nullptr_t> || LooksLikeTimePoint<T> || std::is_constructible_v<OctetsView, const T&>;
// Of the others those that are arrays.
template <typename T>
inline constexpr bool is_json_array = !is_json_flat<T> && LooksLikeArray<T>;

}  // namespace detail

template <typename... T>
struct JsonCodec<std::variant<T...>> {
    static constexpr bool is_ambiguous = ((detail::is_json_array<T> ? 1 : 0) + ... + 0) > 1 ||
                                         ((!detail::is_json_flat<T> && !detail::is_json_array<T> ? 1 : 0) + ... + 0) >
                                             1;

    static bool read(JsonReader& reader, std::variant<T...>& value)
        requires(!is_ambiguous && (JsonReadable<T> && ...))
    {
        const JsonReader::Position begin = reader.position();
        const auto fits = [&]<typename Alternative>() {
            Alternative alternative{};
            if (!reader.read(alternative)) return !reader.go_back(begin);
            value = std::move(alternative);
            return true;
        };
        if ((... || fits.template operator()<T>())) return !reader.failed();
        return reader.skip_value() && reader.mismatch("one of several types");
    }

    /// A variant that lost its value is null.
    static void write(JsonWriter& writer, const std::variant<T...>& value)
        requires(JsonWritable<T> && ...)
    {
        if (value.valueless_by_exception()) return writer.null();
        std::visit([&](const auto& alternative) { writer.value(alternative); }, value);
    }
};

}  // namespace parley
