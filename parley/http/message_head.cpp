// SPDX-License-Identifier: MIT
#include "parley/http/message_head.hpp"

#include "parley/base/text.hpp"

namespace parley::http {

std::optional<std::string_view> MessageHead::find(std::string_view name) const noexcept {
    for (std::size_t i = 0; i < header_count_; ++i) {
        const Header line = header(i);
        if (equals_ignoring_case(line.name, name)) return line.value;
    }
    return std::nullopt;
}

std::size_t MessageHead::count(std::string_view name) const noexcept {
    std::size_t lines = 0;
    for (std::size_t i = 0; i < header_count_; ++i) {
        if (equals_ignoring_case(header(i).name, name)) ++lines;
    }
    return lines;
}

bool MessageHead::lists(std::string_view name, std::string_view token) const noexcept {
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
