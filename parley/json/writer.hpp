// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/bytes.hpp"
#include "parley/base/octets.hpp"
#include "parley/json/detail/explain.hpp"

namespace parley {

class Json;

/// Appends JSON text to a string, commas managed, byte for byte as JSON.stringify writes it.
///
///     JsonWriter writer(out);
///     writer.begin_object();
///     writer.key("name").value(name);
///     writer.end_object();
///
/// NaN and the infinities become null, -0 becomes 0, ill-formed UTF-8 in a text becomes U+FFFD. With a list of
/// attachments a binary value is collected there and a placeholder written in its stead (Socket.IO protocol v5); the
/// list borrows the octets. Without one, binary is written as Node.js writes a Buffer.
///
/// Borrows the string and the list. Whether begins and ends match is the caller's business.
class JsonWriter {
 public:
    explicit JsonWriter(std::string& out, std::vector<BytesView>* attachments = nullptr) noexcept
        : out_(&out), attachments_(attachments) {}

    void begin_array();
    void end_array();
    void begin_object();
    void end_object();

    /// The name of the member whose value comes next.
    JsonWriter& key(TextView name);

    void null();
    void value(bool boolean);
    void value(std::int64_t number);
    void value(std::uint64_t number);
    void value(double number);
    void value(std::string_view text);
    void value(BytesView bytes);
    void value(const Json& json);
    /// Literals and arrays as parley/base/octets.hpp says.
    template <std::size_t size>
    void value(const char (&literal)[size]) {
        value(std::string_view(TextView(literal)));
    }
    template <std::size_t size>
    void value(char (&buffer)[size]) {
        value(std::string_view(TextView(buffer)));
    }

    /// Writes any type that has a codec.
    template <typename T>
    void value(const T& typed) {
        if constexpr (JsonWritable<T>) {
            JsonCodec<T>::write(*this, typed);
        } else {
            detail::explain_json<T, detail::JsonWay::write>();
        }
    }

    /// Splices in `json_text`, which must be one JSON value that was written or validated before.
    void raw(std::string_view json_text);

 private:
    void separate();
    void quote(std::string_view text);
    void scalar(const Json& json);

    std::string* out_;
    std::vector<BytesView>* attachments_;
    bool comma_ = false;  // something stands before the next item of this container
};

}  // namespace parley
