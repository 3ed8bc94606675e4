// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "parley/base/error.hpp"
#include "parley/net/endpoint.hpp"

namespace parley::net::detail {

/// What an `errno` value of an established connection means.
Error connection_error(int code);

/// Why listening on `endpoint` failed, and what to do about it.
Error listen_error(int code, const Endpoint& endpoint);

/// Why connecting to `endpoint` failed.
Error connect_error(int code, const Endpoint& endpoint);

/// Why connecting to the Unix-domain socket at `path` failed.
Error connect_error(int code, const std::string& path);

/// The operating system refused `what`; `code` is its `errno` value.
Error system_error(int code, std::string_view what);

}  // namespace parley::net::detail
