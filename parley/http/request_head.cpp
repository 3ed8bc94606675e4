// SPDX-License-Identifier: MIT
#include "parley/http/request_head.hpp"

#include "parley/base/text.hpp"

namespace parley::http {

std::string_view RequestHead::path() const noexcept {
    // An absolute target may leave its path out: `http://host?query`.
    return path_.size == 0 ? std::string_view("/") : text(path_);
}

std::optional<std::string_view> RequestHead::find(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < header_count_; ++i) {
        const Header line = header(i);
        if (equals_ignoring_case(line.name, name)) return line.value;
    }
    return std::nullopt;
}

std::size_t RequestHead::count(std::string_view name) const noexcept {
    std::size_t lines = 0;
    for (std::size_t i = 0; i < header_count_; ++i) {
        if (equals_ignoring_case(header(i).name, name)) ++lines;
    }
    return lines;
}

bool RequestHead::lists(std::string_view name, std::string_view token) const noexcept {
    bool found = false;
    for (std::size_t i = 0; i < header_count_; ++i) {
        const Header line = header(i);
        if (!equals_ignoring_case(line.name, name)) continue;
        for_each_list_item(line.value, [&](std::string_view item) {
            found = equals_ignoring_case(item, token);
            return !found;
        });
        if (found) return true;
    }
    return false;
}

}  // namespace parley::http
