// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "parley/http/limits.hpp"
#include "parley/http/received_response.hpp"
#include "parley/http/request_head.hpp"

namespace parley::http::detail {

/// Why a message is refused, with the status that answers a request.
struct Refusal {
    int status = 400;
    std::string_view reason;
};

/// Reads one head line by line; private to the parsers. What requests and responses have in common.
///
/// A line is looked at in two steps: first all of it is searched for its end, which also finds control characters, then
/// it is taken apart. What is refused, and why, therefore depends on the octets alone and never on how they were cut,
/// and no octet is searched twice however slowly they come.
class HeadReader {
 public:
    enum class Outcome { more_needed, complete, refused };

    /// After `complete`: the octets that the head took.
    [[nodiscard]] std::size_t head_size() const noexcept { return line_begin_; }

    /// After `refused`.
    [[nodiscard]] const Refusal& refusal() const noexcept { return refusal_; }

    /// Makes `head` point to the octets' new place.
    static void move_head(MessageHead& head, const char* begin) noexcept { head.base_ = begin; }

 protected:
    enum class Expected : std::uint8_t { start_line, header_line };

    HeadReader() = default;

    Outcome refuse(int status, std::string_view reason);
    bool refused(int status, std::string_view reason) {
        refuse(status, reason);
        return false;
    }
    HeadPart part(std::string_view text) const noexcept;

    // head_reader.cpp: syntax. `Reader` has take_start_line, apply_rules and the words about a start line.
    template <typename Reader, typename Head>
    static Outcome read_head(Reader& reader, std::string_view octets, const Limits& limits, Head& head);
    template <typename Reader, typename Head>
    static Outcome read_lines(Reader& reader, std::string_view octets, const Limits& limits, Head& head);
    static void forget(MessageHead& head) noexcept;
    bool take_version(std::string_view version, MessageHead& head);
    bool take_header(std::string_view line, const Limits& limits, MessageHead& head);

    // head_rules.cpp: what the headers mean together.
    struct Findings;
    static Findings look_through(const MessageHead& head);
    bool apply_length(const Findings& found, MessageHead& head);
    bool apply_transfer_encoding(MessageHead& head, std::string_view value);
    bool apply_content_length(MessageHead& head, std::string_view value);
    static void apply_connection(const Findings& found, MessageHead& head);

    const char* begin_ = nullptr;
    std::uint32_t line_begin_ = 0;
    std::uint32_t searched_ = 0;
    Expected expected_ = Expected::start_line;
    Refusal refusal_;
};

/// The same for a request.
class RequestHeadReader : public HeadReader {
 public:
    /// Whether `octets` begin with an empty line that stands before the head and is to be passed over: a habit of old
    /// clients behind a body (RFC 9112 §2.2).
    [[nodiscard]] bool begins_with_empty_line(std::string_view octets) const noexcept;

    /// Goes on reading a head that begins at the front of `octets`, of which as many are there. Between calls the
    /// octets may move and grow, but not change.
    Outcome read(std::string_view octets, const Limits& limits, RequestHead& head);

    /// Ready for the next head; `head` forgets the old one and the memory it owned.
    void reset(RequestHead& head);

 private:
    friend class HeadReader;
    static constexpr std::string_view start_line_too_long = "the request line is too long";

    bool take_start_line(std::string_view line, const Limits& limits, RequestHead& head);
    bool take_target(std::string_view target, RequestHead& head);
    bool take_absolute_target(std::string_view target, RequestHead& head);
    bool apply_rules(RequestHead& head);
    bool apply_host(const RequestHead& head, std::optional<std::string_view> host, std::size_t count);

    HeadPart authority_;  // of an absolute target
    bool is_https_ = false;
};

/// The same for a response.
class ResponseHeadReader : public HeadReader {
 public:
    /// As `RequestHeadReader::read`.
    Outcome read(std::string_view octets, const Limits& limits, ReceivedResponse& head);
    void reset(ReceivedResponse& head);

 private:
    friend class HeadReader;
    static constexpr std::string_view start_line_too_long = "the status line is too long";

    bool take_start_line(std::string_view line, const Limits& limits, ReceivedResponse& head);
    bool apply_rules(ReceivedResponse& head);
};

}  // namespace parley::http::detail
