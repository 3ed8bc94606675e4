// SPDX-License-Identifier: MIT
#include "parley/json/reader.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>

#include "parley/base/text.hpp"
#include "parley/base/utf8.hpp"
#include "parley/json/detail/bit_stack.hpp"
#include "parley/json/detail/scan.hpp"

namespace parley {
namespace {

constexpr std::size_t depth_ceiling = 1024;

constexpr const char* ends_too_early = "the text ends too early";
constexpr const char* number_too_large = "the number is too large";

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

// Something else stands here than what was asked for: good JSON, or none.
bool JsonReader::unexpected(const char* expected) noexcept {
    const char* const where = at_;
    if (!skip_value()) return false;
    return fail(expected, where, Failure::mismatch);
}

Error JsonReader::error() const {
    const std::string where = " at octet " + std::to_string(where_ - begin_);
    switch (failure_) {
        case Failure::mismatch:
            return {ErrorCode::invalid_argument, "JSON: expected " + std::string(why_) + where};
        case Failure::too_deep:
            return {ErrorCode::limit_exceeded, "JSON: " + std::string(why_) + where};
        case Failure::malformed:
            return {ErrorCode::invalid_input, "JSON: " + std::string(why_) + where};
        case Failure::none:
            break;
    }
    return {ErrorCode::invalid_input, "JSON: something follows the value at octet " + std::to_string(at_ - begin_)};
}

char JsonReader::next_octet() noexcept {
    while (at_ != end_ && is_space(*at_))
        ++at_;
    return at_ != end_ ? *at_ : '\0';
}

bool JsonReader::at_end() noexcept {
    return !failed() && next_octet() == '\0' && at_ == end_ && depth_ == 0;
}

JsonReader::Kind JsonReader::peek() noexcept {
    switch (next_octet()) {
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
        case '-':
            return Kind::number;
        default:
            return at_ != end_ && is_digit(*at_) ? Kind::number : Kind::nothing;
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
    if (next == bracket && depth_ > 0) {
        ++at_;
        --depth_;
        return false;
    }
    if (first) return at_ != end_ || fail(ends_too_early, at_);
    if (next != ',') return fail(at_ == end_ ? ends_too_early : "a comma or the end of the container is missing", at_);
    ++at_;
    return true;
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

bool JsonReader::read_literal(std::string_view word) {
    if (!std::string_view(at_, static_cast<std::size_t>(end_ - at_)).starts_with(word)) return fail("not a value", at_);
    at_ += word.size();
    return true;
}

bool JsonReader::read_null() {
    return next_octet() == 'n' ? read_literal("null") : unexpected("null");
}

bool JsonReader::read(bool& value) {
    const char next = next_octet();
    if (next != 't' && next != 'f') return unexpected("true or false");
    value = next == 't';
    return read_literal(value ? "true" : "false");
}

bool JsonReader::read_number(detail::NumberText& number) {
    if (peek() != Kind::number) return unexpected("a number");
    const auto scanned = detail::scan_number(at_, end_);
    if (!scanned) return fail("not a number", at_);
    number = *scanned;
    at_ = number.end;
    return true;
}

bool JsonReader::read(double& value) {
    detail::NumberText number;
    if (!read_number(number)) return false;
    const std::optional<double> nearest = detail::to_double(number);
    if (!nearest) return fail(number_too_large, number.begin);
    value = *nearest;
    return true;
}

// An integer may be spelled 3.0 or 3e0: for JavaScript they are the same number.
bool JsonReader::read(std::int64_t& value) {
    detail::NumberText number;
    if (!read_number(number)) return false;
    constexpr std::uint64_t most = INT64_MAX;
    if (number.integral && number.exact && number.digits <= most + (number.negative ? 1 : 0)) {
        value = static_cast<std::int64_t>(number.negative ? 0 - number.digits : number.digits);
        return true;
    }
    const std::optional<double> nearest = detail::to_double(number);
    if (!nearest) return fail(number_too_large, number.begin);
    const bool fits = !number.integral && *nearest >= -0x1p63 && *nearest < 0x1p63 && std::trunc(*nearest) == *nearest;
    if (!fits) return fail("a whole number of 64 bits", number.begin, Failure::mismatch);
    value = static_cast<std::int64_t>(*nearest);
    return true;
}

bool JsonReader::read(std::uint64_t& value) {
    detail::NumberText number;
    if (!read_number(number)) return false;
    if (number.integral && number.exact && (!number.negative || number.digits == 0)) {
        value = number.digits;
        return true;
    }
    const std::optional<double> nearest = detail::to_double(number);
    if (!nearest) return fail(number_too_large, number.begin);
    const bool fits = !number.integral && *nearest >= 0 && *nearest < 0x1p64 && std::trunc(*nearest) == *nearest;
    if (!fits) return fail("a whole number from 0 of 64 bits", number.begin, Failure::mismatch);
    value = static_cast<std::uint64_t>(*nearest);
    return true;
}

bool JsonReader::skip_scalar() {
    switch (peek()) {
        case Kind::null:
            return read_literal("null");
        case Kind::boolean:
            return read_literal(*at_ == 't' ? "true" : "false");
        case Kind::number: {
            double ignored = 0;
            return read(ignored);
        }
        case Kind::string: {
            std::string_view body;
            bool escaped = false;
            return scan_string(body, escaped);
        }
        default:
            return fail(at_ == end_ ? ends_too_early : "not a value", at_);
    }
}

bool JsonReader::skip_value() {
    const char first = next_octet();
    return first == '[' || first == '{' ? skip_container() : skip_scalar();
}

bool JsonReader::skip_container() {
    detail::BitStack<depth_ceiling> is_object;
    do {
        const char next = next_octet();
        if (next == '[' || next == '{') {
            if (!enter()) return false;
            is_object.push(next == '{');
        } else if (!skip_scalar()) {
            return false;
        }
        // Goes to the next item of the innermost container that has one.
        std::string_view key;
        while (!is_object.empty() && !(is_object.top() ? next_member(key) : next_element())) {
            if (failed()) return false;
            is_object.pop();
        }
    } while (!is_object.empty());
    return true;
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

// Looks at the value of a member, which comes next, for what it says about a placeholder. Of duplicates the last
// counts.
void JsonReader::note_member(std::string_view key, detail::Placeholder& placeholder) {
    if (key == "_placeholder") placeholder.is_one = next_octet() == 't';
    if (key != "num") return;
    placeholder.index.reset();
    next_octet();
    const auto number = detail::scan_number(at_, end_);
    if (number) placeholder.index = detail::to_index(*number);
}

// The attachment that a placeholder names.
bool JsonReader::take_attachment(const detail::Placeholder& placeholder, BytesView& bytes) {
    if (!placeholder.index || *placeholder.index >= attachments_.size()) {
        return fail("a placeholder names no attachment", at_);
    }
    bytes = attachments_[*placeholder.index];
    // Several placeholders may share an attachment, and each reader of one gets a copy: thirty octets of text must not
    // be able to ask for the same megabytes a thousand times.
    if (bytes.size() > attachment_bytes_left_) return fail("the attachments are too large together", at_);
    attachment_bytes_left_ -= bytes.size();
    return true;
}

bool JsonReader::read(Bytes& value) {
    if (attachments_.empty() || peek() != Kind::object) return unexpected("a binary value");
    detail::Placeholder placeholder;
    begin_object();
    for (std::string_view key; next_member(key);) {
        note_member(key, placeholder);
        if (!skip_value()) return false;
    }
    if (failed()) return false;
    if (!placeholder.is_one) return mismatch("a binary value");
    BytesView bytes;
    if (!take_attachment(placeholder, bytes)) return false;
    value.assign(bytes.begin(), bytes.end());
    return true;
}

}  // namespace parley
