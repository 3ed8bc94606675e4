// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

#include "parley/http/message_head.hpp"

namespace parley::http {

namespace detail {
class ResponseHeadReader;
}

/// The status line and the headers of one response (RFC 9112 §4 and §5), already checked: whatever is ambiguous never
/// becomes one.
///
/// All views live as long as the parser's head does, see `ResponseParser::head`.
class ReceivedResponse : public MessageHead {
 public:
    /// 100 to 999. What is above 599 has no meaning, and is to be treated as a failure of the server (RFC 9110 §15).
    [[nodiscard]] int status() const noexcept { return status_; }

    /// The words behind it, as they were sent, for a log; often empty.
    [[nodiscard]] std::string_view reason_phrase() const noexcept { return text(reason_phrase_); }

 private:
    friend class detail::ResponseHeadReader;

    std::uint16_t status_ = 0;
    detail::HeadPart reason_phrase_;
};

}  // namespace parley::http
