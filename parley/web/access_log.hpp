// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "parley/base/function.hpp"
#include "parley/http/log_line.hpp"
#include "parley/web/handler.hpp"

namespace parley {

using http::LogFormat;

/// What an access log writes, and where.
struct AccessLogOptions {
    LogFormat format = LogFormat::combined;
    /// Is called with each line, without its end. Unless told, lines go to the standard output, where a reader that is
    /// too slow loses some rather than hold up the server, and is told how many.
    Function<void(std::string_view line)> write = {};
};

/// A middleware that writes a line for each request when its answer is over, as npm's morgan does:
/// `app.use(parley::access_log())`, before what it is to see.
///
/// The format is `combined` unless told. Requests that a Socket.IO server takes pass no middleware and have no line. A
/// peer that goes away before its answer has `-` for the status.
[[nodiscard]] web::Handler access_log(AccessLogOptions options = {});
[[nodiscard]] web::Handler access_log(LogFormat format);

}  // namespace parley
