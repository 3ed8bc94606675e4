// SPDX-License-Identifier: MIT
#include "parley/web/path_pattern.hpp"

#include <algorithm>
#include <utility>

#include "parley/base/text.hpp"

namespace parley::web {

namespace {

std::unexpected<Error> because(std::string why) {
    return std::unexpected(Error{ErrorCode::invalid_argument, std::move(why)});
}

bool is_name(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        const char lower = to_lower(c);
        return (lower >= 'a' && lower <= 'z') || is_digit(c) || c == '_';
    });
}

}  // namespace

Result<PathPattern> PathPattern::parse(std::string_view text, Extent extent) {
    const auto invalid = [&](std::string_view why) {
        return because("The path pattern '" + std::string(text) + "' cannot be used: " + std::string(why));
    };
    if (!text.starts_with('/') && text != "*") return invalid("it must begin with '/'.");
    if (text.find_first_of("?#") != std::string_view::npos)
        return invalid("a path has no '?' and no '#'; for an optional part register both paths.");
    PathPattern pattern;
    pattern.extent_ = extent;
    std::string_view rest = text.starts_with('/') ? text.substr(1) : text;
    while (!rest.empty()) {
        const std::string_view segment = take_until(rest, '/');
        if (const Result<void> added = pattern.add_segment(segment, rest.empty()); !added)
            return invalid(added.error().message);
    }
    return pattern;
}

Result<void> PathPattern::add_segment(std::string_view segment, bool is_last) {
    if (segment.starts_with('*')) {
        if (!is_last) return because("a wildcard must be its last segment.");
        if (!is_name(segment.substr(1))) return because("a wildcard takes a name at most, as in '*path'.");
        has_wildcard_ = true;
        wildcard_ = segment.size() > 1 ? segment.substr(1) : segment;
    } else if (segment.starts_with(':')) {
        const std::string_view name = segment.substr(1);
        if (name.empty()) return because("a parameter needs a name, as in ':id'.");
        if (!is_name(name)) return because("a parameter is a whole segment, named by letters, digits and '_'.");
        segments_.push_back({std::string(name), true});
    } else {
        if (segment.find_first_of(":*") != std::string_view::npos)
            return because("a parameter or a wildcard must be a whole segment, as in '/:id' or '/*path'.");
        segments_.push_back({std::string(segment), false});
    }
    return {};
}

bool PathPattern::is_literal() const {
    return !has_wildcard_ && std::ranges::none_of(segments_, &Segment::is_parameter);
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
