// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/base/bytes.hpp"
#include "parley/base/done.hpp"
#include "parley/base/error.hpp"
#include "parley/base/octets.hpp"
#include "parley/json/limits.hpp"

namespace parley {

class JsonWriter;
struct JsonMember;
template <typename T>
struct JsonCodec;

namespace detail {

class JsonBuilder;

/// What becomes a Json by its codec, and not by a constructor of its own.
template <typename T>
concept HasOnlyCodec = (std::is_class_v<T> || std::is_enum_v<T>) &&
                       requires(JsonWriter& writer, const T& value) { JsonCodec<T>::write(writer, value); };

/// Integers that are numbers, not characters or truth values.
template <typename T>
inline constexpr bool is_json_integer =
    std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> && !std::is_same_v<T, wchar_t> &&
    !std::is_same_v<T, char8_t> && !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t>;

}  // namespace detail

/// A JSON value, or a binary one, where a payload may be anything: 16 octets, owning what it holds.
///
/// Objects keep the order in which members were added, as JavaScript does, and a look-up walks them: they are meant for
/// payloads, not for tables of thousands. Reading never throws and never inserts: what is not there is null.
///
///     Json reply{{"ok", true}, {"names", Json::array({"Ada", "Grace"})}};
///     if (std::optional<std::string_view> name = reply["names"][0].as_string()) ...
///
/// Nothing here recurses, so values may be as deep as memory allows. Views and references into a value end with the
/// next change or move of it. Like any value: many threads may read one, no one may change it meanwhile.
class Json {
 public:
    enum class Type : std::uint8_t { null, boolean, int64, uint64, float64, string, binary, array, object };

    Json() noexcept = default;
    Json(std::nullptr_t) noexcept {}

    template <typename T>
        requires(std::is_same_v<T, bool> || std::is_same_v<T, Done>)
    Json(T value) noexcept : Json(Type::boolean, std::uint64_t{static_cast<bool>(value)}) {}

    /// Any integer. What fits `std::int64_t` is held as one, so that 1 and 1u are the same value.
    template <typename T>
        requires detail::is_json_integer<T>
    Json(T value) noexcept
        : Json(std::in_range<std::int64_t>(value) ? Type::int64 : Type::uint64, static_cast<std::uint64_t>(value)) {}

    /// NaN and the infinities are written as null, as JSON.stringify does.
    template <typename T>
        requires std::is_floating_point_v<T>
    Json(T value) noexcept : Json(Type::float64, __builtin_bit_cast(std::uint64_t, static_cast<double>(value))) {}

    Json(std::string_view text);
    Json(const std::string& text) : Json(std::string_view(text)) {}
    /// Literals and arrays as parley/base/octets.hpp says. A null pointer is null.
    template <std::size_t size>
    Json(const char (&literal)[size]) : Json(std::string_view(TextView(literal))) {}
    template <std::size_t size>
    Json(char (&buffer)[size]) : Json(std::string_view(TextView(buffer))) {}
    template <typename T>
        requires(std::is_same_v<T, const char*> || std::is_same_v<T, char*>)
    Json(const T& text) : Json(text == nullptr ? Json() : Json(std::string_view(text))) {}

    Json(BytesView bytes);
    template <detail::Octet T>
    Json(const std::vector<T>& octets) : Json(BytesView(OctetsView(octets))) {}
    template <detail::Octet T, std::size_t size>
    Json(const T (&octets)[size]) : Json(BytesView(OctetsView(octets))) {}

    /// An object, as `Json::object` makes it: `Json reply{{"ok", true}, {"user", {{"name", "Ada"}, {"age", 36}}}}`.
    Json(std::initializer_list<std::pair<TextView, Json>> members) : Json(object(members)) {}

    /// An array of whatever a Json can be made from.
    template <typename T>
        requires(!detail::Octet<T> && std::is_convertible_v<const T&, Json>)
    Json(const std::vector<T>& elements) : Json(array()) {
        for (const T& element : elements)
            push_back(element);
    }

    /// What the codec of `T` writes: a time, an enum, a struct, a vector of them, as in `{{"players", players}}`.
    /// Include "parley/json/codec.hpp".
    template <detail::HasOnlyCodec T>
    Json(const T& value) : Json(from(value)) {}

    [[nodiscard]] static Json array(std::initializer_list<Json> elements = {});

    /// An object; of two members with one name the later one wins.
    [[nodiscard]] static Json object(std::initializer_list<std::pair<TextView, Json>> members = {});

    /// What the codec of `T` writes, as a value. Include "parley/json/codec.hpp".
    template <typename T>
    [[nodiscard]] static Json from(const T& value);
    template <std::size_t size>
    [[nodiscard]] static Json from(char (&buffer)[size]) {
        return Json(buffer);
    }

    Json(const Json& other);
    Json(Json&& other) noexcept : held_(std::exchange(other.held_, Held{})) {}
    Json& operator=(const Json& other) { return *this = Json(other); }
    Json& operator=(Json&& other) noexcept {
        Json taken(std::move(other));
        std::swap(held_, taken.held_);
        return *this;
    }
    ~Json() {
        if (owns_memory()) release();
    }

    [[nodiscard]] Type type() const noexcept { return held_.type; }
    [[nodiscard]] bool is_null() const noexcept { return held_.type == Type::null; }
    [[nodiscard]] bool is_bool() const noexcept { return held_.type == Type::boolean; }
    [[nodiscard]] bool is_number() const noexcept { return held_.type >= Type::int64 && held_.type <= Type::float64; }
    [[nodiscard]] bool is_string() const noexcept { return held_.type == Type::string; }
    [[nodiscard]] bool is_binary() const noexcept { return held_.type == Type::binary; }
    [[nodiscard]] bool is_array() const noexcept { return held_.type == Type::array; }
    [[nodiscard]] bool is_object() const noexcept { return held_.type == Type::object; }

    /// The value, when it is of that kind. A number is given as any number type that holds it exactly (3.0 is 3); as a
    /// double always.
    [[nodiscard]] std::optional<bool> as_bool() const noexcept;
    [[nodiscard]] std::optional<std::int64_t> as_int64() const noexcept;
    [[nodiscard]] std::optional<std::uint64_t> as_uint64() const noexcept;
    [[nodiscard]] std::optional<double> as_double() const noexcept;
    [[nodiscard]] std::optional<std::string_view> as_string() const noexcept;
    [[nodiscard]] std::optional<BytesView> as_binary() const noexcept;

    /// The value as a `T`: what a handler with a `T` parameter would get, or nothing where it would not be called.
    /// Include "parley/json/codec.hpp". Other types than numbers, bool, strings and bytes go through text.
    template <typename T>
    [[nodiscard]] std::optional<T> get() const;

    /// The value as a `T`, or `fallback` where it is none, as in `settings["port"].get_or(8080)`: a literal asks for a
    /// std::string. Include "parley/json/codec.hpp".
    template <typename T>
    [[nodiscard]] T get_or(T fallback) const {
        std::optional<T> value = get<T>();
        return value ? *std::move(value) : std::move(fallback);
    }
    [[nodiscard]] std::string get_or(const char* fallback) const { return std::string(as_string().value_or(fallback)); }
    [[nodiscard]] std::string get_or(std::string_view fallback) const {
        return std::string(as_string().value_or(fallback));
    }

    /// Elements of an array, members of an object; else 0.
    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// The elements of an array, in order; else none.
    [[nodiscard]] std::span<const Json> elements() const noexcept;
    [[nodiscard]] std::span<Json> elements() noexcept;

    /// The members of an object, in order: `for (const auto& [key, value] : json.members())`; else none.
    [[nodiscard]] std::span<const JsonMember> members() const noexcept;

    /// The element or the member, or a null value where there is none.
    [[nodiscard]] const Json& operator[](std::size_t index) const noexcept;
    [[nodiscard]] const Json& operator[](TextView key) const noexcept;

    /// The member's value, or nullptr: tells a member that is null from one that is missing.
    [[nodiscard]] const Json* find(TextView key) const noexcept;
    [[nodiscard]] Json* find(TextView key) noexcept;
    [[nodiscard]] bool contains(TextView key) const noexcept { return find(key) != nullptr; }

    /// Sets a member, in its old place where it exists, else at the end. Null becomes an object first; on any other
    /// value this does nothing.
    Json& set(TextView key, Json value) &;
    Json&& set(TextView key, Json value) && { return std::move(set(key, std::move(value))); }

    /// Adds an element. Null becomes an array first; on any other value this does nothing.
    Json& push_back(Json value) &;
    Json&& push_back(Json value) && { return std::move(push_back(std::move(value))); }

    /// Removes a member or an element; false where there was none.
    bool erase(TextView key);
    bool erase(std::size_t index);

    /// Same kind and same contents. Numbers compare by value whatever holds them, members without regard to order.
    friend bool operator==(const Json& left, const Json& right);

 private:
    friend class detail::JsonBuilder;

    struct Block;  // elements or members on the heap
    struct Text;   // octets on the heap

    static constexpr std::size_t inline_octets_max = 14;
    static constexpr std::uint8_t on_heap = 0xFF;

    // A scalar, up to 14 octets of text, or a pointer to the heap. `size` is that of the text here, or `on_heap`. An
    // empty container has no block.
    struct Held {
        alignas(8) unsigned char octets[inline_octets_max] = {};
        std::uint8_t size = 0;
        Type type = Type::null;
    };

    Json(Type type, std::uint64_t bits) noexcept;
    Json(Type type, std::string_view octets);
    Json(Type type, Block* block) noexcept;

    [[nodiscard]] bool owns_memory() const noexcept { return held_.size == on_heap; }
    [[nodiscard]] bool holds_block() const noexcept { return owns_memory() && held_.type >= Type::array; }
    [[nodiscard]] std::uint64_t bits() const noexcept;
    void set_bits(std::uint64_t bits) noexcept;
    [[nodiscard]] std::string_view octets() const noexcept;
    [[nodiscard]] Text* text() const noexcept;
    [[nodiscard]] Block* block() const noexcept;
    void set_block(Block* block) noexcept;
    void release() noexcept;
    [[nodiscard]] Json without_children() const;
    template <typename Element>
    void append(Element element);
    template <typename Element>
    void erase_at(std::size_t index);

    static bool same_number(const Json& left, const Json& right) noexcept;

    Held held_;
};

/// One member of an object.
struct JsonMember {
    std::string key;
    Json value;
};

/// Reads one JSON text (RFC 8259): all of it, or an error that says what is wrong and where.
///
/// Beyond the grammar: of duplicate keys the last wins, escaped lone surrogates become U+FFFD, whole numbers of 64 bits
/// keep their value however they are spelled (`12e18`), all others become the nearest double, numbers beyond a double
/// are errors, ill-formed UTF-8 is an error.
[[nodiscard]] Result<Json> parse_json(TextView text, const JsonLimits& limits = {});

/// The JSON text of `value`, byte for byte as JSON.stringify writes it, but with all digits of whole numbers of 64
/// bits: read again, it is the same value. A binary value is written as Node.js writes a Buffer,
/// `{"type":"Buffer","data":[...]}`.
[[nodiscard]] std::string to_json(const Json& value);

}  // namespace parley
