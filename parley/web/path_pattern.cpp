// SPDX-License-Identifier: MIT
#include "parley/web/path_pattern.hpp"

#include "parley/base/text.hpp"

namespace parley::web {

namespace {

std::unexpected<Error> invalid(std::string_view pattern, std::string_view why) {
    return std::unexpected(Error{ErrorCode::invalid_argument, "The path pattern '" + std::string(pattern) +
                                                                  "' cannot be used: " + std::string(why)});
}

}  // namespace

Result<PathPattern> PathPattern::parse(std::string_view text, Extent extent) {
    if (!text.starts_with('/') && text != "*") return invalid(text, "it must begin with '/'.");
    PathPattern pattern;
    pattern.extent_ = extent;
    std::string_view rest = text.starts_with('/') ? text.substr(1) : text;
    while (!rest.empty()) {
        const std::string_view segment = take_until(rest, '/');
        if (segment.starts_with('*')) {
            if (!rest.empty()) return invalid(text, "a wildcard must be its last segment.");
            pattern.has_wildcard_ = true;
            pattern.wildcard_ = segment.size() > 1 ? segment.substr(1) : segment;
        } else if (segment.starts_with(':')) {
            if (segment.size() == 1) return invalid(text, "a parameter needs a name, as in ':id'.");
            pattern.segments_.push_back({std::string(segment.substr(1)), true});
        } else {
            pattern.segments_.push_back({std::string(segment), false});
        }
    }
    return pattern;
}

bool PathPattern::matches(const RequestPath& path, PathParameters& parameters) const {
    const std::span<const std::string_view> given = path.segments();
    if (given.size() < segments_.size()) return false;
    if (given.size() > segments_.size() && !has_wildcard_ && extent_ == Extent::whole) return false;
    parameters.clear();
    for (std::size_t i = 0; i < segments_.size(); ++i) {
        if (!segments_[i].is_parameter) {
            if (segments_[i].text != given[i]) return false;
        } else {
            if (given[i].empty()) return false;
            parameters.emplace_back(segments_[i].text, given[i]);
        }
    }
    if (has_wildcard_) parameters.emplace_back(wildcard_, path.rest(segments_.size()));
    return true;
}

}  // namespace parley::web
