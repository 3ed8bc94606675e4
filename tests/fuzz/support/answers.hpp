// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "parley/base/text.hpp"
#include "parley/base/utf8.hpp"
#include "parley/http/characters.hpp"
#include "parley/websocket/frame.hpp"
#include "tests/fuzz/support/input.hpp"

namespace parley::fuzz {

/// What a strict client reads out of all octets that a server has sent on one connection: whole HTTP answers, then,
/// behind a 101, frames. The last of either may be cut, by the end of the connection.
class AnswerReader {
 public:
    /// `has_asked_head`: one of the requests may have been HEAD, whose answer has a length but no body.
    AnswerReader(std::string_view received, bool has_asked_head) : rest_(received), has_asked_head_(has_asked_head) {}

    /// Ends the process when something is no answer. Returns how many there were.
    int read() {
        while (!rest_.empty() && read_answer()) {
        }
        return answers_;
    }

 private:
    // False: what is left is not to be read as HTTP.
    bool read_answer() {
        require(!is_over_, "nothing follows an answer that closes the connection");
        const std::size_t end = rest_.find("\r\n\r\n");
        if (end == std::string_view::npos) {
            require(std::string_view("HTTP/1.1 ").starts_with(rest_.substr(0, 9)), "an answer begins as one");
            return false;
        }
        std::string_view head = rest_.substr(0, end + 2);
        rest_.remove_prefix(end + 4);
        read_status(take_line(head));
        length_.reset();
        while (!head.empty())
            read_field(take_line(head));
        if (status_ == 101) {
            read_frames();
            return false;
        }
        if (status_ < 200) return true;
        ++answers_;
        return skip_body();
    }

    static std::string_view take_line(std::string_view& head) {
        const std::size_t end = head.find("\r\n");
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end + 2);
        return line;
    }

    void read_status(std::string_view line) {
        require(line.starts_with("HTTP/1.1 ") && line.size() > 13 && line[12] == ' ', "a status line");
        const auto status = parse_decimal(line.substr(9, 3));
        require(status && *status >= 100 && *status < 600, "with a status");
        status_ = static_cast<int>(*status);
    }

    void read_field(std::string_view line) {
        const std::size_t colon = line.find(": ");
        require(colon != std::string_view::npos && http::detail::is_token(line.substr(0, colon)), "a header line");
        const std::string_view value = line.substr(colon + 2);
        require(std::ranges::none_of(value, http::detail::is_forbidden_control), "without control characters");
        const std::string_view name = line.substr(0, colon);
        if (equals_ignoring_case(name, "content-length")) {
            require(!length_, "one length");
            length_ = parse_decimal(value);
            require(length_.has_value(), "that is a number");
        }
        if (equals_ignoring_case(name, "connection") && equals_ignoring_case(value, "close")) is_over_ = true;
        require(!equals_ignoring_case(name, "transfer-encoding"), "no answer of this site is chunked");
    }

    bool skip_body() {
        const bool is_bodiless = status_ == 204 || status_ == 304;
        require(is_bodiless || length_.has_value(), "an answer says where it ends");
        if (is_bodiless || (has_asked_head_ && (rest_.empty() || rest_.starts_with("HTTP/1.1 ")))) return true;
        rest_.remove_prefix(std::min<std::uint64_t>(rest_.size(), *length_));
        return true;
    }

    void read_frames() {
        using Status = websocket::DecodedFrameHeader::Status;
        bool is_closed = false;
        while (!rest_.empty()) {
            require(!is_closed, "nothing follows a close frame");
            const websocket::DecodedFrameHeader decoded = websocket::decode_frame_header(rest_);
            require(decoded.status != Status::invalid, "a frame that RFC 6455 knows");
            if (decoded.status == Status::incomplete) return;
            const websocket::FrameHeader& header = decoded.header;
            require(!header.is_masked && !header.rsv1 && header.is_final, "a server's plain frame");
            rest_.remove_prefix(header.size);
            if (rest_.size() < header.payload_size) return;
            const std::string_view payload = rest_.substr(0, header.payload_size);
            rest_.remove_prefix(payload.size());
            if (header.opcode == websocket::Opcode::text) require(is_valid_utf8(payload), "text is UTF-8");
            is_closed = header.opcode == websocket::Opcode::close;
        }
    }

    std::string_view rest_;
    std::optional<std::uint64_t> length_;
    int status_ = 0;
    int answers_ = 0;
    bool has_asked_head_;
    bool is_over_ = false;
};

}  // namespace parley::fuzz
