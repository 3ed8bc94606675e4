// SPDX-License-Identifier: MIT
#include "parley/engine/handshake.hpp"

#include <algorithm>
#include <cstddef>

#include "parley/base/text.hpp"
#include "parley/http/cookie.hpp"

namespace parley {

namespace {

// The next of the lines, which it is taken from.
http::Header take_header(std::string_view& lines) {
    const std::size_t colon = lines.find(':');
    const std::size_t end = lines.find('\n', colon);
    const http::Header header{lines.substr(0, colon), lines.substr(colon + 1, end - colon - 1)};
    lines.remove_prefix(end + 1);
    return header;
}

}  // namespace

std::vector<http::Header> Handshake::headers() const {
    std::vector<http::Header> headers;
    for (std::string_view lines(lines_.data(), lines_.size()); !lines.empty();)
        headers.push_back(take_header(lines));
    return headers;
}

std::string_view Handshake::header(std::string_view name) const noexcept {
    for (std::string_view lines(lines_.data(), lines_.size()); !lines.empty();) {
        const http::Header header = take_header(lines);
        if (equals_ignoring_case(header.name, name)) return header.value;
    }
    return {};
}

std::string Handshake::cookie(std::string_view name) const {
    return http::cookie_value(header("Cookie"), name);
}

void Handshake::set_headers(http::HeaderList headers) {
    std::size_t size = 0;
    for (const http::Header header : headers)
        size += header.name.size() + header.value.size() + 2;
    lines_.assign(size, '\n');
    char* out = lines_.data();
    for (const http::Header header : headers) {
        out = std::transform(header.name.begin(), header.name.end(), out, to_lower);
        *out++ = ':';
        out = std::copy(header.value.begin(), header.value.end(), out) + 1;
    }
}

}  // namespace parley
