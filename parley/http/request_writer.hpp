// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "parley/http/url.hpp"

namespace parley::http {

/// Whether a program may send a header of this name with a request.
///
/// Not those that say where the message ends and what becomes of the connection (Content-Length, Transfer-Encoding, TE,
/// Trailer, Connection, Keep-Alive, Proxy-Connection, Upgrade, Expect) and not what is no token.
[[nodiscard]] bool is_free_request_header(std::string_view name) noexcept;

/// Whether HTTP can carry the value: no control characters but TAB (RFC 9110 §5.5).
[[nodiscard]] bool is_header_value(std::string_view value) noexcept;

/// Whether a request may be made of it: a token, and not CONNECT.
[[nodiscard]] bool is_request_method(std::string_view method) noexcept;

/// Appends `Name: value` and CRLF. Whether both can be carried was asked before.
void append_header(std::string& out, std::string_view name, std::string_view value);

/// What the header Authorization says of a user and a password (RFC 7617).
[[nodiscard]] std::string basic_authorization(const UserInformation& who);

}  // namespace parley::http
