// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::web {

/// The path of a request as the router sees it: split at its slashes first, then each segment percent-decoded once, so
/// that an encoded slash never separates. A trailing slash makes no segment. Owns its text; stays where it is.
class RequestPath {
 public:
    RequestPath() = default;
    RequestPath(const RequestPath&) = delete;
    RequestPath& operator=(const RequestPath&) = delete;

    /// Becomes `path`, which begins with `/`. False if a `%` lacks its digits or stands for a control character.
    bool parse(std::string_view path);

    [[nodiscard]] std::span<const std::string_view> segments() const { return segments_; }

    /// The segments from `index` on, decoded, with slashes between: what a wildcard stands for. The view is valid until
    /// the next call.
    [[nodiscard]] std::string_view rest(std::size_t index) const;

 private:
    std::string decoded_;  // what segments refer to, one behind the other
    std::vector<std::string_view> segments_;
    mutable std::string joined_;
};

/// `path` as it was sent, without its first `segments` segments: begins with `/` or is empty.
std::string_view path_behind(std::string_view path, std::size_t segments);

}  // namespace parley::web
