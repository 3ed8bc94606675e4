// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "parley/http/message_head.hpp"

namespace parley::http {

namespace detail {
class RequestHeadReader;
}

/// The request line and the headers of one request (RFC 9112 §3 and §5), already checked: whatever is ambiguous never
/// becomes a `RequestHead`.
///
/// All views live as long as the parser's head does, see `RequestParser::head`.
class RequestHead : public MessageHead {
 public:
    [[nodiscard]] std::string_view method() const noexcept { return text(method_); }

    /// The target as it was sent, for example `/chat?room=1`.
    [[nodiscard]] std::string_view target() const noexcept { return text(target_); }

    /// The path of the target, not decoded; begins with `/`, or is `*` for `OPTIONS *`.
    [[nodiscard]] std::string_view path() const noexcept;

    /// What follows the first `?` of the target, not decoded.
    [[nodiscard]] std::string_view query() const noexcept { return text(query_); }

    /// Host and port as they were sent; empty only for HTTP/1.0 without Host.
    [[nodiscard]] std::string_view host() const noexcept { return text(host_); }

    /// Whether any body octet can follow.
    [[nodiscard]] bool has_body() const noexcept { return announces_body(); }

    /// Whether the client waits for `100 Continue` before it sends the body (RFC 9110 §10.1.1).
    [[nodiscard]] bool expects_continue() const noexcept { return expects_continue_; }

 private:
    friend class detail::RequestHeadReader;

    detail::HeadPart method_;
    detail::HeadPart target_;
    detail::HeadPart path_;
    detail::HeadPart query_;
    detail::HeadPart host_;
    bool expects_continue_ = false;
};

}  // namespace parley::http
