// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace parley {

/// How a route takes bodies, in front of its handlers: `app.post("/orders", parley::WholeBody{.bytes_max = 10'000},
/// ...)`. Whole, as every route does, with a limit of its own in the place of `body_bytes_max`; longer ones are
/// answered 413.
struct WholeBody {
    std::optional<std::size_t> bytes_max = {};
};

/// A piece at a time, by a `parley::Upload` (web/upload.hpp): the handler is called when the head is there, and
/// `request.body()` stays empty.
struct StreamedBody {
    std::optional<std::size_t> bytes_max = {};
};

namespace web {

/// Either of them.
struct BodyRule {
    explicit BodyRule(const WholeBody& body) : bytes_max(body.bytes_max) {}
    explicit BodyRule(const StreamedBody& body) : bytes_max(body.bytes_max), is_streamed(true) {}

    std::optional<std::size_t> bytes_max;
    bool is_streamed = false;
};

/// What a route is for.
struct Route {
    std::string_view method;  ///< empty: any
    std::string_view pattern;
    std::optional<BodyRule> body = {};
};

}  // namespace web
}  // namespace parley
