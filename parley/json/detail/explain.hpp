// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace parley {

class JsonReader;
class JsonWriter;

/// How a type is read from and written as JSON: `static bool read(JsonReader&, T&)` and
/// `static void write(JsonWriter&, const T&)`. The library's own are in "parley/json/codec.hpp".
template <typename T>
struct JsonCodec;

/// Which types have a JSON form, and one sentence for each kind that has none.
namespace detail {

// Accepts anything, so that a concept can ask whether PARLEY_JSON_FIELDS was used on a type.
struct AnyField {
    template <typename Field>
    bool operator()(std::string_view, Field&&) const {
        return true;
    }
};

/// Types whose members PARLEY_JSON_FIELDS has listed.
template <typename T>
concept HasJsonFields = std::is_class_v<T> && requires(T& object, AnyField& visit) {
    { parley_json_fields(object, visit) } -> std::same_as<bool>;
};

/// Enums whose enumerators PARLEY_JSON_ENUM has listed.
template <typename T>
concept HasJsonNames = std::is_enum_v<T> && requires(const T* type, AnyField& visit) {
    { parley_json_names(type, visit) } -> std::same_as<bool>;
};

/// Types that JSON can be read into where a value of them stands already.
template <typename T>
concept JsonFillable = requires(JsonReader& reader, T& value) {
    { JsonCodec<T>::read(reader, value) } -> std::same_as<bool>;
};

}  // namespace detail

/// Types that can be read from JSON: those a handler's parameters may have.
template <typename T>
concept JsonReadable = detail::JsonFillable<T> && std::default_initializable<T>;

/// Types that can be written as JSON: those that may be emitted.
template <typename T>
concept JsonWritable = requires(JsonWriter& writer, const T& value) { JsonCodec<T>::write(writer, value); };

namespace detail {

/// Whether whoever chooses the keys can make them all collide, and a megabyte of JSON cost seconds: the standard
/// library's own hash has no secret.
template <typename Container>
inline constexpr bool can_be_flooded = false;
template <typename Container>
    requires requires { typename Container::hasher; }
inline constexpr bool can_be_flooded<Container> =
    std::is_same_v<typename Container::hasher, std::hash<typename Container::key_type>>;

enum class JsonWay { read, write };

template <typename T, JsonWay way>
inline constexpr bool goes_by_json = way == JsonWay::read ? JsonReadable<T> : JsonWritable<T>;

template <typename T>
inline constexpr bool is_json_view = std::is_pointer_v<T> || std::is_same_v<T, std::string_view>;
template <typename T, std::size_t extent>
inline constexpr bool is_json_view<std::span<T, extent>> = true;

template <typename T>
inline constexpr bool is_character =
    std::is_same_v<T, char> || std::is_same_v<T, wchar_t> || std::is_same_v<T, char8_t> ||
    std::is_same_v<T, char16_t> || std::is_same_v<T, char32_t>;

// Recognised by their shape: the headers that define them are too large to include for a sentence.
template <typename T>
concept LooksLikeVariant = requires(const T& value) { value.valueless_by_exception(); };
template <typename T>
concept LooksLikeTimePoint = requires { typename T::clock; } || requires(const T& date) {
    date.year();
    date.month();
    date.day();
};
template <typename T>
concept LooksLikeDuration = requires {
    typename T::rep;
    typename T::period;
};
template <typename T>
concept LooksLikeContainer = requires(T& value) { value.push_front(*value.begin()); } ||
                             requires { typename T::key_type; } || requires { std::tuple_size<T>::value; };

template <typename T>
concept LooksLikeArray = !requires {
    typename T::mapped_type;
} && (requires { std::tuple_size<T>::value; } || requires(T& value) { value.insert(value.end(), *value.begin()); });

template <typename T>
concept HasJsonCodec = requires { sizeof(JsonCodec<T>); };

template <typename T, JsonWay way>
consteval void explain_json();

// What a container that has a codec is made of, to find the type that keeps it from being used.
template <typename T, JsonWay way>
struct JsonParts {
    static consteval void explain() {
        if constexpr (requires { typename T::mapped_type; }) {
            explain_json<typename T::mapped_type, way>();
        } else {
            explain_json<typename T::value_type, way>();
        }
    }
};
template <template <typename...> typename Tuple, typename... Parts, JsonWay way>
    requires(LooksLikeVariant<Tuple<Parts...>> || requires { std::tuple_size<Tuple<Parts...>>::value; })
struct JsonParts<Tuple<Parts...>, way> {
    static consteval void explain() { (explain_json<Parts, way>(), ...); }
};

/// Stops the compilation with a sentence that says why `T` has no JSON form and what to do; does nothing for a type
/// that has one.
template <typename T, JsonWay way>
consteval void explain_json() {
    constexpr bool never = sizeof(JsonParts<T, way>) == 0;
    constexpr bool reading = way == JsonWay::read;
    if constexpr (goes_by_json<T, way>) {
        return;
    } else if constexpr (reading && JsonFillable<T>) {
        static_assert(never, "parley: this type has a JSON form but no default constructor: it needs one to be read");
    } else if constexpr (std::is_enum_v<T>) {
        static_assert(never,
                      "parley: an enum has no JSON form, as any number or word might come: list its enumerators with "
                      "PARLEY_JSON_ENUM beside it, in its namespace, or use an integer");
    } else if constexpr (LooksLikeVariant<T> && HasJsonCodec<T>) {
        JsonParts<T, way>::explain();
        static_assert(!JsonCodec<T>::is_ambiguous,
                      "parley: of the alternatives of a std::variant at most one may be a JSON object and at most one "
                      "an array, or which is meant would be a guess: give the variant a parley::JsonCodec");
    } else if constexpr (LooksLikeVariant<T>) {
        static_assert(never, "parley: std::variant needs #include <parley/json/variant.hpp>");
    } else if constexpr (LooksLikeTimePoint<T>) {
        static_assert(never, "parley: only times of the system clock have a JSON form, as std::chrono::sys_time");
    } else if constexpr (LooksLikeDuration<T>) {
        static_assert(never,
                      "parley: a duration has no JSON form, as its unit would be lost: write a number whose name says "
                      "it, such as milliseconds.count()");
    } else if constexpr (reading && is_json_view<T>) {
        static_assert(never,
                      "parley: nothing would own what this pointer or view refers to: read into std::string, "
                      "parley::Bytes or std::vector");
    } else if constexpr (std::is_pointer_v<T>) {
        static_assert(never, "parley: a pointer has no JSON form: write what it points to, or a std::optional");
    } else if constexpr (is_character<T>) {
        static_assert(never,
                      "parley: a character is neither a text nor a number in JSON: use std::string, or an integer type "
                      "such as std::uint8_t");
    } else if constexpr (reading && can_be_flooded<T>) {
        static_assert(never,
                      "parley: an unordered container with the standard hash is not read, because a peer could choose "
                      "keys that collide: read into std::map or std::set");
    } else if constexpr (HasJsonCodec<T> && (requires { typename T::value_type; } || LooksLikeContainer<T>)) {
        JsonParts<T, way>::explain();
    } else if constexpr (LooksLikeContainer<T>) {
        static_assert(never,
                      "parley: std::map, std::set, std::array, std::tuple, std::deque and std::list need #include "
                      "<parley/json/containers.hpp>; the keys of a map are std::string");
    } else {
        static_assert(never,
                      "parley: this type has no JSON form: list its members with PARLEY_JSON_FIELDS beside it, in its "
                      "namespace, or give it a parley::JsonCodec");
    }
}

}  // namespace detail
}  // namespace parley
