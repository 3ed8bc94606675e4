// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/web/request_path.hpp"

namespace parley::web {

/// The path parameters of one match: names are the pattern's, values the path's.
using PathParameters = std::vector<std::pair<std::string_view, std::string_view>>;

/// What paths a route or a middleware is for: `/users/:id`, `/files/*path`.
class PathPattern {
 public:
    /// Whether a pattern must match the whole path (a route), or its beginning up to a slash (a middleware).
    enum class Extent { whole, prefix };

    /// An error in one sentence if `text` is no pattern, or one of Express that is none here.
    static Result<PathPattern> parse(std::string_view text, Extent extent);

    /// Whether `path` matches; then `parameters` are those of this match, else they are unspecified.
    [[nodiscard]] bool matches(const RequestPath& path, PathParameters& parameters) const;

    /// How many segments it has, a wildcard not counted.
    [[nodiscard]] std::size_t size() const { return segments_.size(); }

    /// Whether it matches one path only: no parameter, no wildcard.
    [[nodiscard]] bool is_literal() const;

 private:
    Result<void> add_segment(std::string_view segment, bool is_last);

    struct Segment {
        std::string text;  // a name if it is a parameter
        bool is_parameter = false;
    };

    std::vector<Segment> segments_;
    std::string wildcard_;  // the name of the rest
    bool has_wildcard_ = false;
    Extent extent_ = Extent::whole;
};

}  // namespace parley::web
