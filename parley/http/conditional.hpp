// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "parley/http/request_head.hpp"

namespace parley::http {

/// What a resource can be recognised by.
struct Validators {
    std::string_view etag{};  ///< with its quotes, for example `"a1"` or `W/"a1"`; empty: none
    std::optional<std::chrono::sys_seconds> last_modified{};
};

/// What the conditions of a request lead to.
enum class Precondition {
    proceed,       ///< answer as if there were none
    not_modified,  ///< 304
    failed,        ///< 412
};

/// Evaluates If-Match, If-Unmodified-Since, If-None-Match and If-Modified-Since in the order of RFC 9110 §13.2.2.
[[nodiscard]] Precondition evaluate_preconditions(const RequestHead& request, const Validators& validators);

/// Whether the list of entity tags of an If-None-Match or If-Match header names `etag`; `*` names every one.
///
/// Weak: the `W/` marks are ignored (If-None-Match). Strong: a weak tag never matches (If-Match). RFC 9110 §8.8.3.2.
[[nodiscard]] bool matches_weakly(std::string_view tags, std::string_view etag) noexcept;
[[nodiscard]] bool matches_strongly(std::string_view tags, std::string_view etag) noexcept;

/// Whether the Range header of this request counts: there is no If-Range, or it names exactly this state of the
/// resource (RFC 9110 §13.1.5).
[[nodiscard]] bool if_range_holds(const RequestHead& request, const Validators& validators);

}  // namespace parley::http
