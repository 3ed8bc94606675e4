// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string_view>

namespace parley {

class Request;
class Response;

/// A file that was compiled into the program, ready to be served in three encodings.
///
/// Tables of these are made at build time (cmake/embed.cmake) and live as long as the program.
struct EmbeddedFile {
    std::string_view name;          ///< the base name, as in `socket.io.min.js`
    std::string_view content_type;  ///< with its charset
    std::string_view etag;          ///< with its quotation marks
    std::string_view identity;      ///< the content as it is
    std::string_view gzip;          ///< compressed; empty where that is not smaller
    std::string_view brotli;        ///< compressed; empty where that is not smaller
};

/// The file of this name, or null.
const EmbeddedFile* find_embedded(std::span<const EmbeddedFile> files, std::string_view name);

/// Answers `request` with the file: 304 if the client has it, else 200 in the best encoding that it accepts.
///
/// `cache_control` becomes the header of that name. Source: RFC 9110 §12.5.3 (Accept-Encoding), §13.1.2
/// (If-None-Match).
void send_embedded(const EmbeddedFile& file, const Request& request, const Response& response,
                   std::string_view cache_control = "public, max-age=0");

}  // namespace parley
