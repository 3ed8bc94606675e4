// SPDX-License-Identifier: MIT
#include "parley/web/router.hpp"

#include <utility>

#include "parley/base/no_function.hpp"
#include "parley/web/path_pattern.hpp"

namespace parley {

namespace {

void check_pattern(std::string_view pattern, bool is_whole) {
    const auto extent = is_whole ? web::PathPattern::Extent::whole : web::PathPattern::Extent::prefix;
    Result<web::PathPattern> parsed = web::PathPattern::parse(pattern, extent);
    if (!parsed) throw SetupError(std::move(parsed.error()));
}

std::string join(std::string_view prefix, std::string_view pattern) {
    while (prefix.ends_with('/'))
        prefix.remove_suffix(1);
    std::string joined(prefix);
    if (!pattern.starts_with('/')) joined += '/';
    return joined.append(pattern);
}

}  // namespace

Router::Router(Router&& other) noexcept
    : entries_(std::exchange(other.entries_, {})), is_taken_(std::exchange(other.is_taken_, false)) {}

Router& Router::operator=(Router&& other) noexcept {
    entries_ = std::exchange(other.entries_, {});
    is_taken_ = std::exchange(other.is_taken_, false);
    return *this;
}

void Router::check_open(const char* what) const {
    if (!is_taken_) return;
    throw SetupError({ErrorCode::invalid_argument,
                      std::string(what) +
                          " comes too late: use() has taken what this Router had. Register all of its routes first; to "
                          "have them under several prefixes, make a Router for each."});
}

void Router::add_route(const web::Route& route, web::Handler handler) {
    check_open("Router::get() or another of the routes");
    if (!handler) throw no_function("a route of a Router");
    add({.kind = Kind::route,
         .method = std::string(route.method),
         .pattern = std::string(route.pattern),
         .body = route.body,
         .handler = std::move(handler)});
}

void Router::add_middleware(TextView prefix, web::Handler handler) {
    check_open("Router::use()");
    if (!handler) throw no_function("Router::use()");
    add({.kind = Kind::middleware, .pattern = std::string(prefix), .handler = std::move(handler)});
}

void Router::add_middleware(TextView prefix, web::ErrorHandler handler) {
    check_open("Router::use()");
    if (!handler) throw no_function("Router::use()");
    add({.kind = Kind::failures, .pattern = std::string(prefix), .error_handler = std::move(handler)});
}

void Router::add(Entry entry) {
    check_pattern(entry.pattern, entry.kind == Kind::route);
    entries_.push_back(std::move(entry));
}

void Router::add_router(TextView prefix, Router& router) {
    check_open("Router::use()");
    if (&router == this) throw SetupError({ErrorCode::invalid_argument, "A Router cannot be a part of itself."});
    for (Entry& entry : router.take(prefix))
        entries_.push_back(std::move(entry));
}

std::vector<Router::Entry> Router::take(std::string_view prefix) {
    check_open("use() of a Router");
    check_pattern(prefix, false);
    for (const Entry& entry : entries_)
        check_pattern(join(prefix, entry.pattern), entry.kind == Kind::route);
    for (Entry& entry : entries_)
        entry.pattern = join(prefix, entry.pattern);
    is_taken_ = true;
    return std::exchange(entries_, {});
}

}  // namespace parley
