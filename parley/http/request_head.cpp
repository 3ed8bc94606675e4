// SPDX-License-Identifier: MIT
#include "parley/http/request_head.hpp"

#include "parley/base/text.hpp"

namespace parley::http {

std::string_view RequestHead::path() const noexcept {
    // An absolute target may leave its path out: `http://host?query`.
    return path_.size == 0 ? std::string_view("/") : text(path_);
}

std::optional<std::string_view> RequestHead::find(std::string_view name) const noexcept {
    for (const Header header : headers()) {
        if (equals_ignoring_case(header.name, name)) return header.value;
    }
    return std::nullopt;
}

std::size_t RequestHead::count(std::string_view name) const noexcept {
    std::size_t lines = 0;
    for (const Header header : headers()) {
        if (equals_ignoring_case(header.name, name)) ++lines;
    }
    return lines;
}

bool RequestHead::lists(std::string_view name, std::string_view token) const noexcept {
    bool found = false;
    for (const Header header : headers()) {
        if (!equals_ignoring_case(header.name, name)) continue;
        for_each_list_item(header.value, [&](std::string_view item) {
            found = equals_ignoring_case(item, token);
            return !found;
        });
        if (found) return true;
    }
    return false;
}

}  // namespace parley::http
