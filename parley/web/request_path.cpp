// SPDX-License-Identifier: MIT
#include "parley/web/request_path.hpp"

#include <algorithm>
#include <optional>

#include "parley/base/text.hpp"
#include "parley/http/query.hpp"

namespace parley::web {

namespace {

bool is_control(char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 || octet == 0x7F;
}

}  // namespace

bool RequestPath::parse(std::string_view path) {
    decoded_.clear();
    decoded_.reserve(path.size());  // decoding never grows: the segments' views stay true
    segments_.clear();
    segments_.reserve(8);
    std::string_view rest = path;
    if (rest.starts_with('/')) rest.remove_prefix(1);
    while (!rest.empty()) {
        const std::string_view segment = take_until(rest, '/');
        const std::size_t begin = decoded_.size();
        if (segment.find('%') == std::string_view::npos) {
            decoded_ += segment;
        } else {
            const std::optional<std::string> octets = http::percent_decode(segment);
            if (!octets || std::ranges::any_of(*octets, is_control)) return false;
            decoded_ += *octets;
        }
        segments_.push_back(std::string_view(decoded_).substr(begin));
    }
    return true;
}

std::string_view RequestPath::rest(std::size_t index) const {
    if (index + 1 == segments_.size()) return segments_[index];
    joined_.clear();
    for (std::size_t i = index; i < segments_.size(); ++i) {
        if (i > index) joined_ += '/';
        joined_ += segments_[i];
    }
    return joined_;
}

std::string_view path_behind(std::string_view path, std::size_t segments) {
    std::string_view rest = path;
    for (; segments > 0 && !rest.empty(); --segments) {
        const std::size_t slash = rest.find('/', 1);
        rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash);
    }
    return rest;
}

}  // namespace parley::web
