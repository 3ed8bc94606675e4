// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/base/bytes.hpp"
#include "parley/base/function.hpp"
#include "parley/json.hpp"

namespace parley {

/// Any number of arguments of any kind: as the last parameter of a handler, all that are left; in an emit or an
/// acknowledgement, one after the other.
struct Arguments : std::vector<Json> {
    using std::vector<Json>::vector;
};

}  // namespace parley

/// The arguments of an event or an acknowledgement, between the types of the program and the JSON of the wire.
namespace parley::contract {

template <typename T>
concept Readable = std::is_same_v<T, Arguments> || (JsonReadable<T> && std::is_default_constructible_v<T>);

/// What an emit or an acknowledgement carries, already as JSON.
struct EncodedArguments {
    std::string json;                    ///< the array, an event's name included
    std::vector<BytesView> attachments;  ///< what its placeholders stand for; views into the program's values
};

/// Writes the arguments of one packet, one after the other. Their binary parts are borrowed until they are sent.
class ArgumentWriter {
 public:
    /// The array of an acknowledgement.
    ArgumentWriter();
    /// The array of an event, which begins with its name. Nothing is written where it is not `wanted`: nobody is there
    /// to get it.
    explicit ArgumentWriter(std::string_view event, bool wanted = true);
    ArgumentWriter(const ArgumentWriter&) = delete;
    ArgumentWriter& operator=(const ArgumentWriter&) = delete;

    template <typename T>
    void write(const T& value) {
        using Value = std::decay_t<const T&>;
        if (!wanted_) return;
        if constexpr (std::is_same_v<Value, Arguments>) {
            for (const Json& argument : value)
                writer_.value(argument);
        } else if constexpr (JsonWritable<Value>) {
            JsonCodec<Value>::write(writer_, value);
        } else if constexpr (is_member_pointer<Value>) {
            refuse_member_pointer<Value>();
        } else {
            static_assert(JsonWritable<Value>,
                          "parley: a value of this type cannot be sent; send Json, bool, a number, a string, Bytes, "
                          "std::optional, std::vector, or a struct that lists its members with PARLEY_JSON_FIELDS; a "
                          "callback comes last and spells out its parameter types");
        }
    }

    /// Literals and arrays as parley/base/octets.hpp says.
    template <std::size_t size>
    void write(const char (&literal)[size]) {
        if (wanted_) writer_.value(literal);
    }
    template <std::size_t size>
    void write(char (&buffer)[size]) {
        if (wanted_) writer_.value(buffer);
    }
    template <parley::detail::Octet T, std::size_t size>
    void write(const T (&octets)[size]) {
        if (wanted_) writer_.value(BytesView(OctetsView(octets)));
    }

    /// The finished arguments; nothing may be written behind.
    [[nodiscard]] EncodedArguments finish();

 private:
    std::string text_;
    std::vector<BytesView> attachments_;
    JsonWriter writer_;
    bool wanted_ = true;
};

/// Types that a missing argument leaves as they are.
template <typename T>
inline constexpr bool may_be_missing = std::is_same_v<T, Json>;
template <typename T>
inline constexpr bool may_be_missing<std::optional<T>> = true;

/// Reads the arguments of one packet, one after the other. The text and the attachments outlive it.
class ArgumentReader {
 public:
    /// `reader` is within the array, before the first argument.
    explicit ArgumentReader(JsonReader reader) : reader_(std::move(reader)) {}

    /// Reads the next argument; false when it is missing or of another type. Where nothing may stand (an optional, a
    /// Json), a missing argument leaves `value` as it is.
    template <typename T>
    bool read(T& value) {
        if constexpr (std::is_same_v<T, Arguments>) {
            return read_rest(value);
        } else {
            if (next()) return JsonCodec<T>::read(reader_, value);
            return may_be_missing<T>;
        }
    }

    /// Why the last read failed, in words for a person.
    [[nodiscard]] std::string mismatch() const;

 private:
    bool next();
    bool read_rest(Arguments& values);

    JsonReader reader_;
    std::size_t position_ = 0;
    bool at_end_ = false;
};

/// All that are left.
[[nodiscard]] Arguments all_arguments(ArgumentReader reader);

}  // namespace parley::contract
