// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/base/bytes.hpp"
#include "parley/base/error.hpp"
#include "parley/json/detail/explain.hpp"
#include "parley/json/fields.hpp"
#include "parley/json/json.hpp"
#include "parley/json/reader.hpp"
#include "parley/json/writer.hpp"

namespace parley {

namespace detail {

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

/// Octets are a binary value, whatever holds them: vectors, arrays and spans of `std::byte` and of characters that say
/// whether they have a sign.
template <detail::Octet T>
struct JsonCodec<std::vector<T>> {
    static bool read(JsonReader& reader, std::vector<T>& value) {
        BytesView octets;
        if (!reader.read(octets)) return false;
        const T* const first = reinterpret_cast<const T*>(octets.data());
        value.assign(first, first + octets.size());
        return true;
    }
    static void write(JsonWriter& writer, const std::vector<T>& value) { writer.value(BytesView(OctetsView(value))); }
};

template <detail::Octet T, std::size_t extent>
struct JsonCodec<std::span<const T, extent>> {
    static void write(JsonWriter& writer, std::span<const T, extent> value) {
        writer.value(BytesView(OctetsView(value)));
    }
};

template <detail::Octet T, std::size_t extent>
struct JsonCodec<std::span<T, extent>> : JsonCodec<std::span<const T, extent>> {};

template <detail::Octet T, std::size_t size>
struct JsonCodec<T[size]> {
    static bool read(JsonReader& reader, T (&value)[size]) {
        return reader.read(std::as_writable_bytes(std::span(value)));
    }
    static void write(JsonWriter& writer, const T (&value)[size]) { writer.value(BytesView(OctetsView(value))); }
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
