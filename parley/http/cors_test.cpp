// SPDX-License-Identifier: MIT
#include "parley/http/cors.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace parley::http {
namespace {

using Fields = std::vector<HeaderField>;

std::string value(const Fields& headers, std::string_view name) {
    std::string found = "-";
    for (const HeaderField& header : headers) {
        if (header.name != name) continue;
        CHECK(found == "-");
        found = header.value;
    }
    return found;
}

Fields headers_for(const CorsRule& rule, std::optional<std::string_view> origin) {
    Fields headers;
    append_cors_headers(headers, rule, {origin, "chat.example:3000"});
    return headers;
}

Fields preflight(const CorsRule& rule, std::string_view requested_headers) {
    Fields headers;
    append_preflight_headers(headers, rule, {"https://a.example", "chat.example:3000"}, requested_headers);
    return headers;
}

TEST_CASE("any origin is answered with a star, never with credentials") {
    const Fields headers = headers_for({.any_origin = true, .credentials = true}, "https://a.example");
    CHECK(value(headers, "Access-Control-Allow-Origin") == "*");
    CHECK(value(headers, "Access-Control-Allow-Credentials") == "-");
    CHECK(value(headers, "Vary") == "-");
}

TEST_CASE("a reflected origin is whichever asks, with credentials, and only what a browser can send") {
    const CorsRule rule{.any_origin = true, .reflects_origin = true, .credentials = true};
    for (const std::string_view origin : {"https://a.example", "null"}) {
        const Fields headers = headers_for(rule, origin);
        CHECK(value(headers, "Access-Control-Allow-Origin") == origin);
        CHECK(value(headers, "Access-Control-Allow-Credentials") == "true");
        CHECK(value(headers, "Vary") == "Origin");
    }
    for (const std::optional<std::string_view> origin : {std::optional<std::string_view>(), {", "}, {"a\xc3\xa4"}}) {
        const Fields headers = headers_for(rule, origin);
        CHECK(value(headers, "Access-Control-Allow-Origin") == "-");
        CHECK(value(headers, "Access-Control-Allow-Credentials") == "-");
        CHECK(value(headers, "Vary") == "Origin");
    }
}

TEST_CASE("one origin is sent to everybody") {
    const CorsRule rule{.origins = {"https://a.example"}, .credentials = true};
    for (const std::string_view origin : {"https://a.example", "https://b.example"}) {
        const Fields headers = headers_for(rule, origin);
        CHECK(value(headers, "Access-Control-Allow-Origin") == "https://a.example");
        CHECK(value(headers, "Access-Control-Allow-Credentials") == "true");
        CHECK(value(headers, "Vary") == "Origin");
    }
}

TEST_CASE("of several origins the matching one is reflected") {
    const CorsRule rule{.origins = {"https://a.example", "https://b.example"}};
    CHECK(value(headers_for(rule, "https://b.example"), "Access-Control-Allow-Origin") == "https://b.example");
    const Fields foreign = headers_for(rule, "https://c.example");
    CHECK(value(foreign, "Access-Control-Allow-Origin") == "-");
    CHECK(value(foreign, "Vary") == "Origin");
}

TEST_CASE("a preflight gets methods and headers") {
    CorsRule rule{.origins = {"https://a.example"}, .credentials = true};
    Fields headers = preflight(rule, "x-token, content-type");
    CHECK(value(headers, "Access-Control-Allow-Origin") == "https://a.example");
    CHECK(value(headers, "Access-Control-Allow-Credentials") == "true");
    CHECK(value(headers, "Access-Control-Allow-Methods") == "GET,HEAD,PUT,PATCH,POST,DELETE");
    CHECK(value(headers, "Access-Control-Allow-Headers") == "x-token, content-type");
    CHECK(value(headers, "Vary") == "Origin, Access-Control-Request-Headers");
    CHECK(value(headers, "Access-Control-Max-Age") == "-");

    rule.allowed_headers = {"x-token"};
    rule.max_age = std::chrono::seconds(600);
    headers = preflight(rule, "x-token, content-type");
    CHECK(value(headers, "Access-Control-Allow-Headers") == "x-token");
    CHECK(value(headers, "Vary") == "Origin");
    CHECK(value(headers, "Access-Control-Max-Age") == "600");
}

TEST_CASE("exposed headers are named on every answer") {
    const CorsRule rule{.any_origin = true, .exposed_headers = {"x-a", "x-b"}};
    CHECK(value(headers_for(rule, "https://a.example"), "Access-Control-Expose-Headers") == "x-a,x-b");
}

TEST_CASE("options become a rule, with origins as browsers send them, or one sentence that says why not") {
    const Result<CorsRule> rule = make_cors_rule({.origin = {"HTTPS://A.example:443", "null"}, .credentials = true});
    REQUIRE(rule);
    CHECK(rule->origins == std::vector<std::string>{"https://a.example", "null"});
    CHECK(rule->credentials);
    CHECK(make_cors_rule({.origin = "*"})->any_origin);
    CHECK(make_cors_rule({.origin = {"https://a.example", "*"}})->origins.empty());
    CHECK(make_cors_rule({.origin = Origins::reflected(), .credentials = true})->reflects_origin);
    const auto problem = [](const CorsOptions& options) {
        const Result<CorsRule> refused = make_cors_rule(options);
        return refused ? std::string() : refused.error().message;
    };
    CHECK(problem({}).starts_with("cors needs the origins"));
    CHECK(problem({.origin = "*", .credentials = true}).starts_with("cors.credentials cannot go with"));
    CHECK(
        problem({.origin = static_cast<const char*>(nullptr)}).starts_with("cors has an origin that no browser sends"));
    CHECK(problem({.origin = "https://a.example/path"}).starts_with("cors has an origin that no browser sends"));
    CHECK(problem({.origin = "*", .methods = {"GET, POST"}}) == "cors names no method or header: \"GET, POST\"");
    CHECK(problem({.origin = "*", .allowed_headers = {"x\r\ny: z"}}).starts_with("cors names no method or header"));
    CHECK(problem({.origin = "*", .exposed_headers = {""}}).starts_with("cors names no method or header"));
}

TEST_CASE("the own origin has the default port of its scheme, and the scheme of the connection where that is known") {
    const CorsRule rule{.origins = {"https://good.example"}};
    const auto allowed = [&](std::string_view origin, std::string_view host, ConnectionScheme scheme) {
        return is_origin_allowed(rule, {origin, host, scheme});
    };
    CHECK(allowed("https://chat.example", "chat.example", ConnectionScheme::https));
    CHECK(allowed("https://chat.example", "chat.example:443", ConnectionScheme::https));
    CHECK(allowed("http://chat.example", "chat.example:80", ConnectionScheme::either));
    CHECK_FALSE(allowed("http://chat.example", "chat.example", ConnectionScheme::https));
    CHECK_FALSE(allowed("http://chat.example", "", ConnectionScheme::either));
}

}  // namespace
}  // namespace parley::http
