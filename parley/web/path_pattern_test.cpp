// SPDX-License-Identifier: MIT
#include "parley/web/path_pattern.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/web/request_path.hpp"

namespace parley::web {
namespace {

/// The match in words: `no`, or `name=value` pairs with a semicolon behind each.
std::string match(std::string_view pattern_text, std::string_view path_text,
                  PathPattern::Extent extent = PathPattern::Extent::whole) {
    const Result<PathPattern> pattern = PathPattern::parse(pattern_text, extent);
    RequestPath path;
    if (!pattern) return "no pattern";
    if (!path.parse(path_text)) return "no path";
    PathParameters parameters;
    if (!pattern->matches(path, parameters)) return "no";
    std::string words;
    for (const auto& [name, value] : parameters)
        words.append(name).append("=").append(value).append(";");
    return words;
}

TEST_CASE("a static pattern matches its path, with or without a trailing slash, and no other") {
    CHECK(match("/", "/") == "");
    CHECK(match("/", "/a") == "no");
    CHECK(match("/a/b", "/a/b") == "");
    CHECK(match("/a/b", "/a/b/") == "");
    CHECK(match("/a/b/", "/a/b") == "");
    CHECK(match("/a/b", "/a") == "no");
    CHECK(match("/a/b", "/a/b/c") == "no");
    CHECK(match("/a/b", "/A/b") == "no");
    CHECK(match("/a/b", "/a//b") == "no");
    CHECK(match("/a", "//a") == "no");
    CHECK(match("/", "//") == "no");
}

TEST_CASE("a parameter is one whole, decoded, not empty segment") {
    CHECK(match("/users/:id", "/users/7") == "id=7;");
    CHECK(match("/users/:id", "/users/7/") == "id=7;");
    CHECK(match("/users/:id", "/users/") == "no");
    CHECK(match("/users/:id", "/users") == "no");
    CHECK(match("/users/:id", "/users//") == "no");
    CHECK(match("/users/:id", "/users/7/8") == "no");
    CHECK(match("/:a/:b", "/x%20y/%C3%A9") == "a=x y;b=\xC3\xA9;");
}

TEST_CASE("a wildcard is the rest, which may be nothing") {
    CHECK(match("/files/*path", "/files/a/b%20c") == "path=a/b c;");
    CHECK(match("/files/*path", "/files/a") == "path=a;");
    CHECK(match("/files/*path", "/files") == "path=;");
    CHECK(match("/files/*", "/files/a") == "*=a;");
    CHECK(match("*", "/any/thing") == "*=any/thing;");
    CHECK(match("/files/*path", "/file/a") == "no");
}

TEST_CASE("decoding happens once and after splitting, so an encoded slash does not separate") {
    CHECK(match("/a/:x", "/a/b%2Fc") == "x=b/c;");
    CHECK(match("/a/b", "/a%2Fb") == "no");
    CHECK(match("/a/:x", "/a/%252e%252e") == "x=%2e%2e;");
    CHECK(match("/admin", "/%61dmin") == "");
}

TEST_CASE("a path that cannot be decoded, or has a control character in it, is none") {
    for (const char* path : {"/%", "/%4", "/a/%zz", "/%00", "/a%0A", "/%7F", "/%1f/x"})
        CHECK(match("*", path) == "no path");
    CHECK(match("*", "/%80") == "*=\x80;");
}

TEST_CASE("a prefix matches the path and all that is beneath it, at whole segments") {
    constexpr auto prefix = PathPattern::Extent::prefix;
    CHECK(match("/", "/", prefix) == "");
    CHECK(match("/", "/a/b", prefix) == "");
    CHECK(match("/api", "/api", prefix) == "");
    CHECK(match("/api", "/api/x", prefix) == "");
    CHECK(match("/api", "/apis", prefix) == "no");
    CHECK(match("/:tenant/api", "/t/api/x", prefix) == "tenant=t;");
}

TEST_CASE("text that is no pattern is refused with a sentence") {
    for (const char* text : {"", "users", "/*a/b", "/:", "/a/:/b", "/opt/:id?", "/json/:id.json", "/star*x", "/a-:id",
                             "/*a*", "/**", "/:id(\\d+)", "/a?b", "/a#b", "/{:id}"}) {
        const auto pattern = PathPattern::parse(text, PathPattern::Extent::whole);
        REQUIRE_FALSE(pattern);
        CHECK(pattern.error().code == ErrorCode::invalid_argument);
        CHECK(pattern.error().message.ends_with('.'));
    }
}

TEST_CASE("a pattern is literal when it matches one path only") {
    for (const char* text : {"/", "/a", "/a/b/"})
        CHECK(PathPattern::parse(text, PathPattern::Extent::whole)->is_literal());
    for (const char* text : {"/:a", "/a/:b", "/*", "*"})
        CHECK_FALSE(PathPattern::parse(text, PathPattern::Extent::whole)->is_literal());
}

TEST_CASE("the path behind a prefix is as it was sent") {
    CHECK(path_behind("/static/a%20b/c", 1) == "/a%20b/c");
    CHECK(path_behind("/static/a", 0) == "/static/a");
    CHECK(path_behind("/static/", 1) == "/");
    CHECK(path_behind("/static", 1) == "");
    CHECK(path_behind("/static", 2) == "");
    CHECK(path_behind("/a/b/c", 2) == "/c");
}

}  // namespace
}  // namespace parley::web
