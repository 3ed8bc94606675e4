// SPDX-License-Identifier: MIT
#include "parley/json/reader.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/base/utf8.hpp"
#include "parley/json/detail/bit_stack.hpp"
#include "parley/json/detail/scan.hpp"
#include "parley/json/detail/small_stack.hpp"
#include "parley/json/writer.hpp"

namespace parley {
namespace {

constexpr std::size_t depth_ceiling = 1024;

// A longer name would drown the sentence it stands in: the keys of a map are the peer's choice.
constexpr std::size_t member_name_bytes_max = 100;

constexpr const char* ends_too_early = "the text ends too early";

bool is_space(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

}  // namespace

JsonReader::JsonReader(std::string_view text, std::span<const BytesView> attachments, const JsonLimits& limits)
    : begin_(text.data()),
      at_(text.data()),
      end_(text.data() + text.size()),
      attachments_(attachments),
      depth_max_(static_cast<std::uint32_t>(std::min(limits.depth_max, depth_ceiling))),
      attachment_bytes_left_(limits.attachment_bytes_max) {}

// Remembers the first failure, and moves to the end of the text: whatever is asked for next fails by itself.
bool JsonReader::fail(const char* why, const char* where, Failure failure) noexcept {
    if (failure_ == Failure::none) {
        failure_ = failure;
        why_ = why;
        where_ = where;
    }
    at_ = end_;
    return false;
}

bool JsonReader::mismatch(const char* expected) noexcept {
    return fail(expected, at_, Failure::mismatch);
}

bool JsonReader::go_back(const Position& position) noexcept {
    if (!mismatched()) return false;
    at_ = position.at;
    depth_ = position.depth;
    fresh_ = position.fresh;
    attachment_bytes_left_ = position.attachment_bytes_left;
    failure_ = Failure::none;
    named_ = false;
    return true;
}

// Something else stands here than what was asked for: good JSON, or none.
bool JsonReader::unexpected(const char* expected) noexcept {
    const char* const where = at_;
    if (!skip_value()) return false;
    return fail(expected, where, Failure::mismatch);
}

bool JsonReader::failed_in_member(std::string_view name) {
    if (!std::exchange(named_, true)) scratch_ = name;
    return false;
}

bool JsonReader::missing_member(std::string_view name) {
    fail(nullptr, at_, Failure::mismatch);
    return failed_in_member(name);
}

Error JsonReader::error() const {
    std::string text = "JSON: ";
    if (named_ && scratch_.size() <= member_name_bytes_max) {
        text += "member ";
        JsonWriter(text).value(std::string_view(scratch_));
        text += why_ != nullptr ? ": " : " ";
    }
    const std::string where = " at octet " + std::to_string((failed() ? where_ : at_) - begin_);
    switch (failure_) {
        case Failure::mismatch:
            text += why_ != nullptr ? "expected " + std::string(why_) + where : "is missing";
            return {ErrorCode::invalid_argument, std::move(text)};
        case Failure::too_deep:
            return {ErrorCode::limit_exceeded, text + why_ + where};
        case Failure::malformed:
            return {ErrorCode::invalid_input, text + why_ + where};
        case Failure::none:
            break;
    }
    return {ErrorCode::invalid_input, text + "something follows the value" + where};
}

char JsonReader::next_octet_behind_space() noexcept {
    while (at_ != end_ && is_space(*at_))
        ++at_;
    return at_ != end_ ? *at_ : '\0';
}

bool JsonReader::at_end() noexcept {
    return !failed() && next_octet() == '\0' && at_ == end_ && depth_ == 0;
}

JsonReader::Kind JsonReader::peek() noexcept {
    const char next = next_octet();
    switch (next) {
        case 'n':
            return Kind::null;
        case 't':
        case 'f':
            return Kind::boolean;
        case '"':
            return Kind::string;
        case '[':
            return Kind::array;
        case '{':
            return Kind::object;
        default:
            return next == '-' || is_digit(next) ? Kind::number : Kind::nothing;
    }
}

bool JsonReader::enter() {
    if (depth_ == depth_max_) return fail("nested too deep", at_, Failure::too_deep);
    ++depth_;
    ++at_;
    fresh_ = true;
    return true;
}

bool JsonReader::begin_array() {
    return next_octet() == '[' ? enter() : unexpected("an array");
}

bool JsonReader::begin_object() {
    return next_octet() == '{' ? enter() : unexpected("an object");
}

// Goes over the comma to the next item, or over the bracket out of the container.
bool JsonReader::next_item(char bracket) {
    const char next = next_octet();
    const bool first = std::exchange(fresh_, false);
    if (next == ',' && !first) {
        ++at_;
        return true;
    }
    if (next == bracket && depth_ > 0) {
        ++at_;
        --depth_;
        return false;
    }
    if (at_ == end_) return fail(ends_too_early, at_);
    return first || fail("a comma or the end of the container is missing", at_);
}

bool JsonReader::next_element() {
    return next_item(']');
}

bool JsonReader::next_member(std::string_view& key) {
    if (!next_item('}')) return false;
    if (next_octet() != '"') return fail("a member's name is missing", at_);
    if (!read_string(key)) return false;
    if (next_octet() != ':') return fail("a colon is missing", at_);
    ++at_;
    return true;
}

// The inside of the string that begins here, its escapes and its UTF-8 checked.
bool JsonReader::scan_string(std::string_view& body, bool& escaped) {
    const char* const first = ++at_;
    const char* stop = first;
    bool non_ascii = false;
    while (true) {
        stop = detail::find_string_stop(stop, end_, non_ascii);
        if (stop == end_) return fail(ends_too_early, stop);
        if (*stop == '"') break;
        if (*stop != '\\') return fail("a control character in a string", stop);
        const char* const behind = detail::find_escape_end(stop, end_);
        if (behind == nullptr) return fail("not an escape sequence", stop);
        escaped = true;
        stop = behind;
    }
    body = {first, static_cast<std::size_t>(stop - first)};
    if (non_ascii && !is_valid_utf8(body)) return fail("ill-formed UTF-8", first);
    at_ = stop + 1;
    return true;
}

// A string as it stands in the text when that is possible, else in `scratch_`.
bool JsonReader::read_string(std::string_view& value) {
    bool escaped = false;
    if (!scan_string(value, escaped)) return false;
    if (!escaped) return true;
    scratch_.clear();
    detail::append_unescaped(scratch_, value);
    value = scratch_;
    return true;
}

bool JsonReader::read(std::string& value) {
    if (next_octet() != '"') return unexpected("a string");
    std::string_view body;
    bool escaped = false;
    if (!scan_string(body, escaped)) return false;
    if (!escaped) {
        value.assign(body);
        return true;
    }
    value.clear();
    detail::append_unescaped(value, body);
    return true;
}

// A template, so that the comparison is one of a known size.
template <std::size_t size>
bool JsonReader::read_literal(const char (&word)[size]) {
    constexpr std::ptrdiff_t length = size - 1;
    if (end_ - at_ < length || std::memcmp(at_, word, length) != 0) return fail("not a value", at_);
    at_ += length;
    return true;
}

bool JsonReader::read_null() {
    return next_octet() == 'n' ? read_literal("null") : unexpected("null");
}

bool JsonReader::read(bool& value) {
    const char next = next_octet();
    if (next != 't' && next != 'f') return unexpected("true or false");
    value = next == 't';
    return value ? read_literal("true") : read_literal("false");
}

bool JsonReader::skip_scalar() {
    const char next = next_octet();
    switch (next) {
        case '"': {
            std::string_view body;
            bool escaped = false;
            return scan_string(body, escaped);
        }
        case 'n':
            return read_literal("null");
        case 't':
            return read_literal("true");
        case 'f':
            return read_literal("false");
        default:
            if (next == '-' || is_digit(next)) return skip_number();
            return fail(at_ == end_ ? ends_too_early : "not a value", at_);
    }
}

bool JsonReader::skip_value(std::optional<std::size_t> attachment_count) {
    const char next = next_octet();
    return next == '[' || next == '{' ? skip_container(attachment_count) : skip_scalar();
}

bool JsonReader::skip_container(std::optional<std::size_t> attachment_count) {
    detail::BitStack<depth_ceiling> is_object;
    detail::SmallStack<detail::Placeholder, 16> placeholders;  // what each open object says, where it matters
    do {
        const char next = next_octet();
        if (next == '[' || next == '{') {
            if (!enter()) return false;
            is_object.push(next == '{');
            if (attachment_count && next == '{') placeholders.push();
        } else if (!skip_scalar()) {
            return false;
        }
        // Goes to the next item of the innermost container that has one.
        std::string_view key;
        while (!is_object.empty() && !(is_object.top() ? next_member(key) : next_element())) {
            if (failed()) return false;
            if (attachment_count && is_object.top()) {
                if (!check_placeholder(placeholders.top(), *attachment_count)) return false;
                placeholders.pop();
            }
            is_object.pop();
        }
        if (attachment_count && !is_object.empty() && is_object.top()) note_member(key, placeholders.top());
    } while (!is_object.empty());
    return true;
}

Result<void> validate_json(std::string_view text, const JsonLimits& limits,
                           std::optional<std::size_t> attachment_count) {
    JsonReader reader(text, {}, limits);
    if (!reader.skip_value(attachment_count) || !reader.at_end()) return std::unexpected(reader.error());
    return {};
}

void JsonReader::enter_array_at(std::size_t offset) noexcept {
    at_ = begin_ + offset;
    depth_ = 1;
    fresh_ = offset == 1;
}

std::string_view JsonReader::raw_value() {
    next_octet();
    const char* const first = at_;
    if (!skip_value()) return {};
    return {first, static_cast<std::size_t>(at_ - first)};
}

}  // namespace parley
