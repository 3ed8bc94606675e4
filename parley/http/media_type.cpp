// SPDX-License-Identifier: MIT
#include "parley/http/media_type.hpp"

#include <cstddef>

#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"

namespace parley::http {

std::string_view essence(std::string_view content_type) noexcept {
    return trim_ows(take_until(content_type, ';'));
}

bool is_media_type(std::string_view content_type, std::string_view wanted) noexcept {
    return equals_ignoring_case(essence(content_type), wanted);
}

bool is_json_type(std::string_view content_type) noexcept {
    constexpr std::string_view suffix = "+json";
    std::string_view subtype = essence(content_type);
    if (equals_ignoring_case(subtype, "application/json")) return true;
    const std::string_view type = take_until(subtype, '/');
    if (!detail::is_token(type) || !detail::is_token(subtype) || subtype.size() <= suffix.size()) return false;
    return equals_ignoring_case(subtype.substr(subtype.size() - suffix.size()), suffix);
}

}  // namespace parley::http
