// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/bytes.hpp"
#include "parley/base/error.hpp"
#include "parley/json/detail/explain.hpp"
#include "parley/json/limits.hpp"

namespace parley {

class Json;

namespace detail {

class JsonBuilder;
struct NumberText;
struct Placeholder;

}  // namespace detail

/// Reads one JSON text, value by value, straight into the types that the caller wants.
///
///     JsonReader reader(text);
///     if (reader.begin_array()) {
///         while (reader.next_element()) reader.read(numbers.emplace_back());
///     }
///     if (reader.failed() || !reader.at_end()) ...
///
/// Every function returns false at the first thing that is wrong, and from then on: check once, at the end. There are
/// two ways to be wrong: the text is malformed (`error()`), or it is good JSON of another shape than asked for
/// (`mismatched()`). What is read or skipped has been validated, UTF-8 included; what comes later has not been looked
/// at.
///
/// Borrows the text and the attachments. No recursion, no allocation but the results'. Reading rules: `parse_json`.
class JsonReader {
 public:
    enum class Kind : std::uint8_t { null, boolean, number, string, array, object, nothing };

    /// With attachments, an object `{"_placeholder":true,"num":k}` is the k-th of them wherever `Bytes` or `Json` is
    /// read (Socket.IO protocol v5). Several objects may name the same one; an index that is out of range is an error.
    explicit JsonReader(std::string_view text, std::span<const BytesView> attachments = {},
                        const JsonLimits& limits = {});

    /// What the next value looks like; `nothing` when no value can begin here, which fails nothing yet.
    [[nodiscard]] Kind peek() noexcept;

    /// Enters an array, and goes to its next element: false behind the last one, which leaves the array.
    bool begin_array();
    bool next_element();

    /// Enters the array that the whole text is, of which only what begins at `offset` is of interest: right behind the
    /// bracket (1), or right behind an element. What stands before is taken for granted.
    void enter_array_at(std::size_t offset) noexcept;

    /// Enters an object, and goes to its next member: false behind the last one, which leaves the object. `key` lives
    /// until the next call.
    bool begin_object();
    bool next_member(std::string_view& key);

    bool read_null();
    bool read(bool& value);
    bool read(std::int64_t& value);
    bool read(std::uint64_t& value);
    bool read(double& value);
    bool read(std::string& value);
    bool read(Bytes& value);
    /// A binary value that lives as long as the attachments, and one of exactly so many octets.
    bool read(BytesView& value);
    bool read(std::span<std::byte> value);
    bool read(Json& value);

    /// Reads any type that has a codec.
    template <typename T>
    bool read(T& value) {
        if constexpr (detail::JsonFillable<T>) {
            return JsonCodec<T>::read(*this, value);
        } else {
            detail::explain_json<T, detail::JsonWay::read>();
            return false;
        }
    }

    /// Passes over one value of any kind, validating it. Where the attachments have been counted, the placeholders in
    /// it must name one.
    bool skip_value(std::optional<std::size_t> attachment_count = {});

    /// The text of one value, passing over it; empty on failure. It lives as long as the reader's text.
    [[nodiscard]] std::string_view raw_value();

    /// For codecs: where the reader stands, and back there when what came was good JSON of another shape; false, and
    /// nothing done, when the text itself is wrong.
    struct Position {
        const char* at;
        std::uint32_t depth;
        bool fresh;
        std::size_t attachment_bytes_left;
    };
    [[nodiscard]] Position position() const noexcept { return {at_, depth_, fresh_, attachment_bytes_left_}; }
    bool go_back(const Position& position) noexcept;

    /// For codecs: the value is good JSON, but not what the type wants. Returns false. `expected` is a literal such as
    /// "a number from 0 to 255".
    bool mismatch(const char* expected) noexcept;

    /// For codecs: what went wrong was within the member `name`, or that member is not there; `error()` names it. Of
    /// several that are named the first counts, which is the innermost. Both return false.
    bool failed_in_member(std::string_view name);
    bool missing_member(std::string_view name);

    [[nodiscard]] bool failed() const noexcept { return failure_ != Failure::none; }
    [[nodiscard]] bool mismatched() const noexcept { return failure_ == Failure::mismatch; }

    /// What was wrong, in words, with the octet where it was seen. Only when `failed()`.
    [[nodiscard]] Error error() const;

    /// Whether nothing but white space is left, all containers left.
    [[nodiscard]] bool at_end() noexcept;

 private:
    friend class detail::JsonBuilder;

    enum class Failure : std::uint8_t { none, malformed, too_deep, mismatch };

    bool fail(const char* why, const char* where, Failure failure = Failure::malformed) noexcept;
    bool unexpected(const char* expected) noexcept;
    char next_octet() noexcept;
    char next_octet_behind_space() noexcept;
    bool enter();
    bool next_item(char bracket);
    bool scan_string(std::string_view& body, bool& escaped);
    bool read_string(std::string_view& value);
    template <std::size_t size>
    bool read_literal(const char (&word)[size]);
    bool read_number(detail::NumberText& number);
    bool fail_integer(const detail::NumberText& number, const char* expected);
    bool skip_scalar();
    bool skip_number();
    bool skip_container(std::optional<std::size_t> attachment_count);
    void note_member(std::string_view key, detail::Placeholder& placeholder);
    bool check_placeholder(const detail::Placeholder& placeholder, std::size_t attachment_count);
    bool take_attachment(const detail::Placeholder& placeholder, BytesView& bytes);

    const char* begin_;
    const char* at_;
    const char* end_;
    std::span<const BytesView> attachments_;
    std::uint32_t depth_ = 0;
    std::uint32_t depth_max_;
    bool fresh_ = false;  // a container was just entered: no comma before its first item
    Failure failure_ = Failure::none;
    const char* why_ = nullptr;
    const char* where_ = nullptr;
    bool named_ = false;   // the failure was in a member, whose name is in `scratch_`
    std::string scratch_;  // the last string that had escapes
    std::size_t attachment_bytes_left_;
};

// The next octet that is no white space, where the reader then stands; 0 at the end. Mostly it stands there already:
// above the space there is none.
inline char JsonReader::next_octet() noexcept {
    return at_ != end_ && static_cast<unsigned char>(*at_) > ' ' ? *at_ : next_octet_behind_space();
}

/// Checks one whole JSON text in one pass, as strictly as reading it would: grammar, depth, UTF-8, numbers in range.
///
/// Given `attachment_count`, each placeholder object must name an attachment: an integer `num`, 0 <= num < count.
/// Several may name the same one (Socket.IO protocol v5).
[[nodiscard]] Result<void> validate_json(std::string_view text, const JsonLimits& limits = {},
                                         std::optional<std::size_t> attachment_count = {});

}  // namespace parley
