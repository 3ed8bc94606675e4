// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "parley/http/limits.hpp"
#include "parley/http/request_head.hpp"

namespace parley::http::detail {

/// Why a request is refused.
struct Refusal {
    int status = 400;
    std::string_view reason;
};

/// Reads one request head line by line; private to the parser.
///
/// A line is looked at in two steps: first all of it is searched for its end, which also finds control characters, then
/// it is taken apart. What is refused, and why, therefore depends on the octets alone and never on how they were cut,
/// and no octet is searched twice however slowly they come.
class HeadReader {
 public:
    enum class Outcome { more_needed, complete, refused };

    /// Whether `octets` begin with an empty line that stands before the head and is to be passed over: a habit of old
    /// clients behind a body (RFC 9112 §2.2).
    [[nodiscard]] bool begins_with_empty_line(std::string_view octets) const noexcept;

    /// Goes on reading a head that begins at `begin`, of which `size` octets are there. Between calls the octets may
    /// move and grow, but not change.
    Outcome read(const char* begin, std::size_t size, const Limits& limits, RequestHead& head);

    /// After `complete`: the octets that the head took.
    [[nodiscard]] std::size_t head_size() const noexcept { return line_begin_; }

    /// After `refused`.
    [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }

    /// Makes `head` point to the octets' new place.
    static void move_head(RequestHead& head, const char* begin) noexcept { head.base_ = begin; }

    /// Ready for the next head; `head` forgets the old one and the memory it owned.
    void reset(RequestHead& head);

 private:
    enum class Expected : std::uint8_t { request_line, header_line };

    Outcome refuse(int status, std::string_view reason);
    Outcome read_lines(std::string_view octets, const Limits& limits, RequestHead& head);
    bool take_line(std::string_view line, const Limits& limits, RequestHead& head);

    // head_reader.cpp: syntax.
    bool take_request_line(std::string_view line, const Limits& limits, RequestHead& head);
    bool take_version(std::string_view version, RequestHead& head);
    bool take_target(std::string_view target, RequestHead& head);
    bool take_absolute_target(std::string_view target, RequestHead& head);
    bool take_header(std::string_view line, const Limits& limits, RequestHead& head);

    // head_rules.cpp: what the headers mean together.
    bool apply_rules(RequestHead& head);
    bool apply_host(const RequestHead& head, std::optional<std::string_view> host, std::size_t count);
    bool apply_transfer_encoding(RequestHead& head, std::string_view value);
    bool apply_content_length(RequestHead& head, std::string_view value);
    static void apply_connection(RequestHead& head, bool has_upgrade);

    HeadPart part(std::string_view text) const noexcept;

    const char* begin_ = nullptr;
    std::uint32_t line_begin_ = 0;
    std::uint32_t searched_ = 0;
    Expected expected_ = Expected::request_line;
    HeadPart authority_;  // of an absolute target
    bool is_https_ = false;
    Refusal refusal_;
};

}  // namespace parley::http::detail
