// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/base/bytes.hpp"
#include "parley/base/error.hpp"
#include "parley/json/detail/explain.hpp"
#include "parley/json/json.hpp"
#include "parley/json/reader.hpp"
#include "parley/json/writer.hpp"

namespace parley {

namespace detail {

template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;

/// The text of a value with its binary parts beside it, so that a codec can read the value.
class JsonText {
 public:
    explicit JsonText(const Json& value);
    [[nodiscard]] JsonReader reader() const { return JsonReader(text_, attachments_, {.depth_max = 1024}); }

 private:
    std::string text_;
    std::vector<BytesView> attachments_;
};

/// What was written by a codec, read back as a value.
Json json_from_text(std::string_view text, const std::vector<BytesView>& attachments);

}  // namespace detail

template <>
struct JsonCodec<bool> {
    static bool read(JsonReader& reader, bool& value) { return reader.read(value); }
    static void write(JsonWriter& writer, bool value) { writer.value(value); }
};

/// Integers of every size; a number that does not fit is a mismatch.
template <typename T>
    requires detail::is_json_integer<T>
struct JsonCodec<T> {
    using Wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;

    static bool read(JsonReader& reader, T& value) {
        Wide wide = 0;
        if (!reader.read(wide)) return false;
        if (!std::in_range<T>(wide)) return reader.mismatch("a number that fits");
        value = static_cast<T>(wide);
        return true;
    }
    static void write(JsonWriter& writer, T value) { writer.value(static_cast<Wide>(value)); }
};

template <typename T>
    requires std::is_floating_point_v<T>
struct JsonCodec<T> {
    static bool read(JsonReader& reader, T& value) {
        double wide = 0;
        if (!reader.read(wide)) return false;
        if (wide > std::numeric_limits<T>::max() || wide < std::numeric_limits<T>::lowest()) {
            return reader.mismatch("a number that fits");
        }
        value = static_cast<T>(wide);
        return true;
    }
    static void write(JsonWriter& writer, T value) { writer.value(static_cast<double>(value)); }
};

template <>
struct JsonCodec<std::string> {
    static bool read(JsonReader& reader, std::string& value) { return reader.read(value); }
    static void write(JsonWriter& writer, const std::string& value) { writer.value(std::string_view(value)); }
};

template <>
struct JsonCodec<std::string_view> {
    static void write(JsonWriter& writer, std::string_view value) { writer.value(value); }
};

/// A null pointer is null.
template <>
struct JsonCodec<const char*> {
    static void write(JsonWriter& writer, const char* value) {
        if (value == nullptr) return writer.null();
        writer.value(std::string_view(value));
    }
};

template <>
struct JsonCodec<char*> : JsonCodec<const char*> {};

/// A buffer, such as the member of a struct: up to its first zero, and without one all of it.
template <std::size_t size>
struct JsonCodec<char[size]> {
    static void write(JsonWriter& writer, const char (&value)[size]) {
        const std::string_view all(value, size);
        writer.value(all.substr(0, all.find('\0')));
    }
};

template <>
struct JsonCodec<std::nullptr_t> {
    static bool read(JsonReader& reader, std::nullptr_t&) { return reader.read_null(); }
    static void write(JsonWriter& writer, std::nullptr_t) { writer.null(); }
};

template <>
struct JsonCodec<Bytes> {
    static bool read(JsonReader& reader, Bytes& value) { return reader.read(value); }
    static void write(JsonWriter& writer, const Bytes& value) { writer.value(BytesView(value)); }
};

template <>
struct JsonCodec<BytesView> {
    static void write(JsonWriter& writer, BytesView value) { writer.value(value); }
};

template <>
struct JsonCodec<Json> {
    static bool read(JsonReader& reader, Json& value) { return reader.read(value); }
    static void write(JsonWriter& writer, const Json& value) { writer.value(value); }
};

/// null is the empty optional. As a struct member it may also be missing, and is not written when it is empty.
template <typename T>
struct JsonCodec<std::optional<T>> {
    static bool read(JsonReader& reader, std::optional<T>& value)
        requires JsonReadable<T>
    {
        if (reader.peek() != JsonReader::Kind::null) return JsonCodec<T>::read(reader, value.emplace());
        value.reset();
        return reader.read_null();
    }
    static void write(JsonWriter& writer, const std::optional<T>& value)
        requires JsonWritable<T>
    {
        if (value.has_value()) {
            JsonCodec<T>::write(writer, *value);
        } else {
            writer.null();
        }
    }
};

template <typename T>
    requires(!std::is_same_v<T, std::byte>)
struct JsonCodec<std::vector<T>> {
    static bool read(JsonReader& reader, std::vector<T>& elements)
        requires JsonReadable<T>
    {
        elements.clear();
        if (!reader.begin_array()) return false;
        while (reader.next_element()) {
            T element{};
            if (!JsonCodec<T>::read(reader, element)) return false;
            elements.push_back(std::move(element));
        }
        return !reader.failed();
    }
    static void write(JsonWriter& writer, const std::vector<T>& elements)
        requires JsonWritable<T>
    {
        writer.begin_array();
        for (const T& element : elements)
            JsonCodec<T>::write(writer, element);
        writer.end_array();
    }
};

/// An array of two.
template <typename First, typename Second>
struct JsonCodec<std::pair<First, Second>> {
    static bool read(JsonReader& reader, std::pair<First, Second>& value)
        requires(JsonReadable<First> && JsonReadable<Second>)
    {
        if (!reader.begin_array()) return false;
        const bool both = reader.next_element() && JsonCodec<First>::read(reader, value.first) &&
                          reader.next_element() && JsonCodec<Second>::read(reader, value.second);
        if (both && !reader.next_element()) return !reader.failed();
        return reader.mismatch("an array of 2");
    }
    static void write(JsonWriter& writer, const std::pair<First, Second>& value)
        requires(JsonWritable<First> && JsonWritable<Second>)
    {
        writer.begin_array();
        JsonCodec<First>::write(writer, value.first);
        JsonCodec<Second>::write(writer, value.second);
        writer.end_array();
    }
};

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

template <typename T>
std::optional<T> Json::get() const {
    if constexpr (std::is_same_v<T, Json>) {
        return *this;
    } else if constexpr (std::is_same_v<T, bool>) {
        return as_bool();
    } else if constexpr (detail::is_json_integer<T>) {
        const auto wide = [this] {
            if constexpr (std::is_signed_v<T>) return as_int64();
            if constexpr (std::is_unsigned_v<T>) return as_uint64();
        }();
        return wide && std::in_range<T>(*wide) ? std::optional<T>(static_cast<T>(*wide)) : std::nullopt;
    } else if constexpr (std::is_same_v<T, double>) {
        return as_double();
    } else if constexpr (std::is_same_v<T, std::string>) {
        const std::optional<std::string_view> text = as_string();
        return text ? std::optional<T>(*text) : std::nullopt;
    } else if constexpr (!JsonReadable<T>) {
        detail::explain_json<T, detail::JsonWay::read>();
        return std::nullopt;
    } else {
        const detail::JsonText text(*this);
        JsonReader reader = text.reader();
        std::optional<T> value(std::in_place);
        if (!JsonCodec<T>::read(reader, *value)) value.reset();
        return value;
    }
}

/// The JSON text of anything that has a codec.
template <typename T>
    requires(!std::is_convertible_v<const T&, const Json&>)
[[nodiscard]] std::string to_json(const T& value) {
    std::string text;
    JsonWriter(text).value(value);
    return text;
}

/// Reads one whole JSON text as a `T`; text of another shape is an error too.
template <typename T>
[[nodiscard]] Result<T> parse_json(TextView text, const JsonLimits& limits = {}) {
    if constexpr (!JsonReadable<T>) {
        detail::explain_json<T, detail::JsonWay::read>();
        return std::unexpected(Error{});
    } else {
        JsonReader reader(text, {}, limits);
        Result<T> value(std::in_place);
        if (!JsonCodec<T>::read(reader, *value) || !reader.at_end()) return std::unexpected(reader.error());
        return value;
    }
}

template <typename T>
Json Json::from(const T& value) {
    std::string text;
    std::vector<BytesView> attachments;
    JsonWriter(text, &attachments).value(value);
    return detail::json_from_text(text, attachments);
}

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
            PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(                      \
            PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(                      \
            PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(                      \
            PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(                      \
            PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(                      \
            PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(                      \
            PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(                      \
            PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(PARLEY_JSON_SCAN_(                      \
            __VA_OPT__(PARLEY_JSON_FIELD_(__VA_ARGS__))))))))))))))))))))))))))))))))));                  \
    }

// One macro cannot call itself, but what it leaves behind is looked at again in each scan: every scan of the text does
// the next field, and PARENS_ keeps NEXT_ from being one in the scan that wrote it.
#define PARLEY_JSON_FIELD_(field, ...) \
    && visit(std::string_view(#field), object.field) __VA_OPT__(PARLEY_JSON_NEXT_ PARLEY_JSON_PARENS_(__VA_ARGS__))
#define PARLEY_JSON_NEXT_() PARLEY_JSON_FIELD_
#define PARLEY_JSON_PARENS_ ()
#define PARLEY_JSON_SCAN_(...) __VA_ARGS__
// clang-format on
