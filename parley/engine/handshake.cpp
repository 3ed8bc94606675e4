// SPDX-License-Identifier: MIT
#include "parley/engine/handshake.hpp"

#include <algorithm>
#include <cstddef>

#include "parley/base/text.hpp"
#include "parley/http/cookie.hpp"

namespace parley {

std::string_view Handshake::header(std::string_view name) const noexcept {
    for (const http::Header& header : headers_) {
        if (equals_ignoring_case(header.name, name)) return header.value;
    }
    return {};
}

std::string Handshake::cookie(std::string_view name) const {
    return http::cookie_value(header("Cookie"), name);
}

void Handshake::set_headers(http::HeaderList headers) {
    headers_.clear();
    text_.clear();
    std::size_t size = 0;
    for (const http::Header header : headers)
        size += header.name.size() + header.value.size();
    text_.reserve(size);  // the views below stay true because this is enough
    const auto keep = [this](std::string_view text) {
        const char* const begin = text_.data() + text_.size();
        text_.insert(text_.end(), text.begin(), text.end());
        return std::string_view(begin, text.size());
    };
    const auto keep_lower = [&](std::string_view text) {
        const std::size_t begin = text_.size();
        const std::string_view kept = keep(text);
        std::transform(text.begin(), text.end(), text_.begin() + static_cast<std::ptrdiff_t>(begin), to_lower);
        return kept;
    };
    headers_.reserve(headers.size());
    for (const http::Header header : headers)
        headers_.push_back({keep_lower(header.name), keep(header.value)});
}

}  // namespace parley
