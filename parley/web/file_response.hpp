// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "parley/web/open_file.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"
#include "parley/web/static_options.hpp"

namespace parley::web {

/// Answers `request` with the file at `path`: type, validators, conditions and ranges; 404 if there is no such regular
/// file. Nothing if the response is not open.
///
/// Source: RFC 9110 §13 (conditions), §14 (ranges).
void answer_with_file(const Request& request, const Response& response, std::string_view path,
                      const SendFileOptions& options);

/// The same with a file that is open already; `options.content_type` and `options.cache_control` hold unless the answer
/// has these headers. The file's octets are read as the peer takes them, so that a large file costs no more memory than
/// a small one; a file that shrinks meanwhile ends the connection, because the promised length cannot be kept.
void answer_with_open_file(const Request& request, const Response& response, OpenFile file,
                           const SendFileOptions& options);

}  // namespace parley::web
