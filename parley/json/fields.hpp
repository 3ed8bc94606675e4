// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "parley/json/detail/explain.hpp"
#include "parley/json/reader.hpp"
#include "parley/json/writer.hpp"

namespace parley {

namespace detail {

template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;

}  // namespace detail

/// Structs whose members PARLEY_JSON_FIELDS lists. Members that are not listed are passed over; a listed one that is
/// missing is a mismatch unless it is an optional.
template <detail::HasJsonFields T>
struct JsonCodec<T> {
    static bool read(JsonReader& reader, T& object) {
        std::uint64_t seen = 0;
        if (!reader.begin_object()) return false;
        for (std::string_view key; reader.next_member(key);) {
            unsigned index = 0;
            bool listed = false;
            bool good = true;
            auto read_if_named = [&](std::string_view name, auto& field) {
                if (name != key) {
                    ++index;
                    return true;
                }
                listed = true;
                seen |= std::uint64_t{1} << index;
                good = reader.read(field) || reader.failed_in_member(name);
                return false;
            };
            parley_json_fields(object, read_if_named);
            if (!listed) good = reader.skip_value();
            if (!good) return false;
        }
        return !reader.failed() && finish(reader, object, seen);
    }

    static void write(JsonWriter& writer, const T& object) {
        auto write_field = [&](std::string_view name, const auto& field) {
            using Field = std::remove_cvref_t<decltype(field)>;
            if constexpr (detail::is_optional<Field>) {
                if (!field.has_value()) return true;
            }
            if constexpr (std::is_array_v<Field> && JsonWritable<Field>) {
                JsonCodec<Field>::write(writer.key(name), field);
            } else {
                writer.key(name).value(field);
            }
            return true;
        };
        writer.begin_object();
        parley_json_fields(object, write_field);
        writer.end_object();
    }

 private:
    static bool finish(JsonReader& reader, T& object, std::uint64_t seen) {
        unsigned index = 0;
        auto settle = [&]<typename Field>(std::string_view name, Field& field) {
            const bool missing = (seen >> index++ & 1) == 0;
            if (!missing) return true;
            if constexpr (detail::is_optional<Field>) {
                field.reset();
                return true;
            } else {
                return reader.missing_member(name);
            }
        };
        return parley_json_fields(object, settle);
    }
};

/// Enums whose enumerators PARLEY_JSON_ENUM lists: the enumerator's name, as a text. Another text is a mismatch; a
/// value that is not listed is written as null.
template <detail::HasJsonNames T>
struct JsonCodec<T> {
    static bool read(JsonReader& reader, T& value) {
        std::string text;
        if (!reader.read(text)) return false;
        auto is_other = [&](std::string_view name, T enumerator) {
            if (name != text) return true;
            value = enumerator;
            return false;
        };
        return !parley_json_names(&value, is_other) || reader.mismatch("the name of an enumerator");
    }

    static void write(JsonWriter& writer, T value) {
        auto is_other = [&](std::string_view name, T enumerator) {
            if (enumerator != value) return true;
            writer.value(name);
            return false;
        };
        if (parley_json_names(&value, is_other)) writer.null();
    }
};

}  // namespace parley

/// Makes a struct readable and writable as a JSON object with the members named: `PARLEY_JSON_FIELDS(Point, x, y)`.
///
/// Stands beside the struct, in the same namespace, and works for up to 32 members. The members' types need codecs too.
// clang-format off
#define PARLEY_JSON_FIELDS(Type, ...)                                                                     \
    template <typename Object, typename Visit>                                                            \
        requires std::is_same_v<std::remove_const_t<Object>, Type>                                        \
    constexpr bool parley_json_fields([[maybe_unused]] Object& object, [[maybe_unused]] Visit& visit) {   \
        return true                                                                                       \
            __VA_OPT__(PARLEY_JSON_SCANS_(PARLEY_JSON_FIELD_(__VA_ARGS__)));                              \
    }

/// Makes an enum readable and writable as the names of its enumerators: `PARLEY_JSON_ENUM(Color, red, green)`.
///
/// Stands beside the enum, in the same namespace, and works for up to 32 enumerators. One that is not listed is not
/// read, and written as null.
#define PARLEY_JSON_ENUM(Type, ...)                                                                       \
    template <typename Visit>                                                                             \
    constexpr bool parley_json_names(const Type*, Visit& visit) {                                         \
        using Enum = Type;                                                                                \
        return true                                                                                       \
            PARLEY_JSON_SCANS_(PARLEY_JSON_NAME_(__VA_ARGS__));                                           \
    }

// One macro cannot call itself, but what it leaves behind is looked at again in each scan: every scan of the text does
// the next field, and PARENS_ keeps NEXT_ from being one in the scan that wrote it.
#define PARLEY_JSON_FIELD_(field, ...) \
    && visit(std::string_view(#field), object.field) __VA_OPT__(PARLEY_JSON_NEXT_ PARLEY_JSON_PARENS_(__VA_ARGS__))
#define PARLEY_JSON_NEXT_() PARLEY_JSON_FIELD_
#define PARLEY_JSON_NAME_(name, ...) \
    && visit(std::string_view(#name), Enum::name) __VA_OPT__(PARLEY_JSON_NEXT_NAME_ PARLEY_JSON_PARENS_(__VA_ARGS__))
#define PARLEY_JSON_NEXT_NAME_() PARLEY_JSON_NAME_
#define PARLEY_JSON_PARENS_ ()
#define PARLEY_JSON_SCAN_(...) __VA_ARGS__
#define PARLEY_JSON_SCAN_4_(...) \
    PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(__VA_ARGS__))))
#define PARLEY_JSON_SCANS_(...)                                                                           \
    PARLEY_JSON_SCAN_4_(PARLEY_JSON_SCAN_4_(PARLEY_JSON_SCAN_4_(PARLEY_JSON_SCAN_4_(                      \
    PARLEY_JSON_SCAN_4_(PARLEY_JSON_SCAN_4_(PARLEY_JSON_SCAN_4_(PARLEY_JSON_SCAN_4_(__VA_ARGS__))))))))
// clang-format on
