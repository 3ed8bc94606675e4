// SPDX-License-Identifier: MIT
#include "parley/web/embedded_file.hpp"

#include <algorithm>
#include <vector>

#include "parley/http/conditional.hpp"
#include "parley/http/negotiation.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"

namespace parley {

namespace {

/// The variants that exist, best first.
std::vector<std::string_view> encodings_of(const EmbeddedFile& file) {
    std::vector<std::string_view> encodings;
    if (!file.brotli.empty()) encodings.push_back("br");
    if (!file.gzip.empty()) encodings.push_back("gzip");
    return encodings;
}

std::string_view variant(const EmbeddedFile& file, std::string_view encoding) {
    if (encoding == "br") return file.brotli;
    if (encoding == "gzip") return file.gzip;
    return file.identity;
}

}  // namespace

const EmbeddedFile* find_embedded(std::span<const EmbeddedFile> files, std::string_view name) {
    const auto found = std::ranges::find(files, name, &EmbeddedFile::name);
    return found == files.end() ? nullptr : &*found;
}

void send_embedded(const EmbeddedFile& file, const Request& request, const Response& response,
                   std::string_view cache_control) {
    response.set("Cache-Control", cache_control).set("ETag", file.etag).append("Vary", "Accept-Encoding");
    if (request.has_header("If-None-Match") && http::matches_weakly(request.header("If-None-Match"), file.etag)) {
        response.status(304).end();
        return;
    }
    const std::string_view encoding = http::choose_encoding(request.header("Accept-Encoding"), encodings_of(file));
    if (encoding != "identity") response.set("Content-Encoding", encoding);
    response.type(file.content_type).send(variant(file, encoding));
}

}  // namespace parley
