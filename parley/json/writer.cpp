// SPDX-License-Identifier: MIT
#include "parley/json/writer.hpp"

#include <array>
#include <cmath>
#include <cstring>

#include "parley/base/text.hpp"
#include "parley/base/utf8.hpp"
#include "parley/json/detail/number_text.hpp"
#include "parley/json/detail/scan.hpp"
#include "parley/json/detail/small_stack.hpp"
#include "parley/json/json.hpp"

namespace parley {
namespace {

// The escape of a quote, a backslash or a control character, as JSON.stringify spells it (ECMA-262 §25.5.2.3).
void append_escape(std::string& out, char c) {
    constexpr std::array letters = {'b', 't', 'n', '\0', 'f', 'r'};  // 0x08 .. 0x0D; a vertical tab has none
    constexpr std::string_view hex = "0123456789abcdef";
    const auto octet = static_cast<unsigned char>(c);
    out.push_back('\\');
    if (octet >= 0x20) {
        out.push_back(c);
    } else if (octet >= 0x08 && octet <= 0x0D && octet != 0x0B) {
        out.push_back(letters[octet - 0x08U]);
    } else {
        out.append("u00").push_back(hex[octet >> 4]);
        out.push_back(hex[octet & 15]);
    }
}

// Appends `text`, in which nothing needs an escape, between quotes.
void append_quoted(std::string& out, std::string_view text) {
    const std::size_t old_size = out.size();
    const std::size_t size = old_size + text.size() + 2;
    // libstdc++ 12 hands its operation the capacity that it chose, not the size that was asked for.
    const auto fill = [&](char* octets, std::size_t) {
        octets[old_size] = '"';
        if (!text.empty()) std::memcpy(octets + old_size + 1, text.data(), text.size());
        octets[size - 1] = '"';
        return size;
    };
    out.resize_and_overwrite(size, fill);
}

}  // namespace

void JsonWriter::separate() {
    if (comma_) out_->push_back(',');
    comma_ = true;
}

void JsonWriter::begin_array() {
    separate();
    out_->push_back('[');
    comma_ = false;
}

void JsonWriter::end_array() {
    out_->push_back(']');
    comma_ = true;
}

void JsonWriter::begin_object() {
    separate();
    out_->push_back('{');
    comma_ = false;
}

void JsonWriter::end_object() {
    out_->push_back('}');
    comma_ = true;
}

JsonWriter& JsonWriter::key(TextView name) {
    separate();
    quote(name);
    out_->push_back(':');
    comma_ = false;
    return *this;
}

void JsonWriter::raw(std::string_view json_text) {
    separate();
    out_->append(json_text);
}

void JsonWriter::null() {
    raw("null");
}

void JsonWriter::value(bool boolean) {
    raw(boolean ? "true" : "false");
}

void JsonWriter::value(std::int64_t number) {
    separate();
    if (number < 0) out_->push_back('-');
    const auto magnitude = static_cast<std::uint64_t>(number);
    append_decimal(*out_, number < 0 ? 0 - magnitude : magnitude);
}

void JsonWriter::value(std::uint64_t number) {
    separate();
    append_decimal(*out_, number);
}

void JsonWriter::value(double number) {
    separate();
    detail::append_double(*out_, number);
}

void JsonWriter::value(std::string_view text) {
    separate();
    quote(text);
}

void JsonWriter::quote(std::string_view text) {
    const char* at = text.data();
    const char* const end = at + text.size();
    bool non_ascii = false;
    const char* stop = detail::find_string_stop(at, end, non_ascii);
    if (stop == end && !non_ascii) return append_quoted(*out_, text);
    out_->push_back('"');
    while (true) {
        const std::string_view run(at, static_cast<std::size_t>(stop - at));
        if (non_ascii && !is_valid_utf8(run)) {
            append_valid_utf8(*out_, run);
        } else {
            out_->append(run);
        }
        if (stop == end) break;
        append_escape(*out_, *stop);
        at = stop + 1;
        non_ascii = false;
        stop = detail::find_string_stop(at, end, non_ascii);
    }
    out_->push_back('"');
}

void JsonWriter::value(BytesView bytes) {
    if (attachments_ != nullptr) {
        begin_object();
        key("_placeholder").value(true);
        key("num").value(std::uint64_t{attachments_->size()});
        end_object();
        attachments_->push_back(bytes);
        return;
    }
    begin_object();
    key("type").value(std::string_view("Buffer"));
    key("data").begin_array();
    for (const std::byte octet : bytes)
        value(std::to_integer<std::uint64_t>(octet));
    end_array();
    end_object();
}

void JsonWriter::scalar(const Json& json) {
    switch (json.type()) {
        case Json::Type::boolean:
            return value(*json.as_bool());
        case Json::Type::int64:
            return value(*json.as_int64());
        case Json::Type::uint64:
            return value(*json.as_uint64());
        case Json::Type::float64:
            return value(*json.as_double());
        case Json::Type::string:
            return value(*json.as_string());
        case Json::Type::binary:
            return value(*json.as_binary());
        default:
            return null();
    }
}

void JsonWriter::value(const Json& json) {
    struct Container {
        const Json* json;
        std::size_t next;
    };
    detail::SmallStack<Container, 16> containers;
    const Json* next = &json;
    while (true) {
        if (next->is_array()) {
            begin_array();
            containers.push(next, std::size_t{0});
        } else if (next->is_object()) {
            begin_object();
            containers.push(next, std::size_t{0});
        } else {
            scalar(*next);
        }
        while (!containers.empty() && containers.top().next == containers.top().json->size()) {
            containers.top().json->is_array() ? end_array() : end_object();
            containers.pop();
        }
        if (containers.empty()) return;
        Container& container = containers.top();
        if (container.json->is_array()) {
            next = &container.json->elements()[container.next++];
        } else {
            const JsonMember& member = container.json->members()[container.next++];
            key(member.key);
            next = &member.value;
        }
    }
}

std::string to_json(const Json& value) {
    std::string text;
    JsonWriter(text).value(value);
    return text;
}

}  // namespace parley
