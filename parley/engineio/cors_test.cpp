// SPDX-License-Identifier: MIT
#include "parley/engineio/cors.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "parley/engineio/request.hpp"

namespace parley::engineio {
namespace {

std::string value(const std::vector<HeaderField>& headers, std::string_view name) {
    std::string found = "-";
    for (const HeaderField& header : headers) {
        if (header.name != name) continue;
        CHECK(found == "-");
        found = header.value;
    }
    return found;
}

RequestFacts request_from(std::string_view origin) {
    RequestFacts facts;
    facts.method = "GET";
    facts.cross_origin = {origin, "chat.example:3000"};
    return facts;
}

Options with(CorsOptions cors) {
    Options options;
    options.cors = std::move(cors);
    return options;
}

TEST_CASE("without the option no CORS header is sent and preflights are not answered") {
    CHECK(cors_headers({}, request_from("https://evil.example")).empty());
    RequestFacts preflight = request_from("https://evil.example");
    preflight.method = "OPTIONS";
    CHECK_FALSE(answer_preflight({}, preflight));
}

TEST_CASE("any origin is answered with a star, never with credentials") {
    const std::vector<HeaderField> headers =
        cors_headers(with({.any_origin = true, .credentials = true}), request_from("https://a.example"));
    CHECK(value(headers, "Access-Control-Allow-Origin") == "*");
    CHECK(value(headers, "Access-Control-Allow-Credentials") == "-");
    CHECK(value(headers, "Vary") == "-");
}

TEST_CASE("one origin is sent to everybody") {
    const Options options = with({.origins = {"https://a.example"}, .credentials = true});
    for (const std::string_view origin : {"https://a.example", "https://b.example"}) {
        const std::vector<HeaderField> headers = cors_headers(options, request_from(origin));
        CHECK(value(headers, "Access-Control-Allow-Origin") == "https://a.example");
        CHECK(value(headers, "Access-Control-Allow-Credentials") == "true");
        CHECK(value(headers, "Vary") == "Origin");
    }
}

TEST_CASE("of several origins the matching one is reflected") {
    const Options options = with({.origins = {"https://a.example", "https://b.example"}});
    CHECK(value(cors_headers(options, request_from("https://b.example")), "Access-Control-Allow-Origin") ==
          "https://b.example");
    const std::vector<HeaderField> foreign = cors_headers(options, request_from("https://c.example"));
    CHECK(value(foreign, "Access-Control-Allow-Origin") == "-");
    CHECK(value(foreign, "Vary") == "Origin");
}

TEST_CASE("a preflight gets methods, headers and 204") {
    RequestFacts preflight = request_from("https://a.example");
    preflight.method = "OPTIONS";
    preflight.requested_headers = "x-token, content-type";
    CorsOptions cors{.origins = {"https://a.example"}, .credentials = true};
    std::optional<Answer> answer = answer_preflight(with(cors), preflight);
    REQUIRE(answer);
    CHECK(answer->status == 204);
    CHECK(answer->body.empty());
    CHECK(value(answer->headers, "Access-Control-Allow-Origin") == "https://a.example");
    CHECK(value(answer->headers, "Access-Control-Allow-Credentials") == "true");
    CHECK(value(answer->headers, "Access-Control-Allow-Methods") == "GET,HEAD,PUT,PATCH,POST,DELETE");
    CHECK(value(answer->headers, "Access-Control-Allow-Headers") == "x-token, content-type");
    CHECK(value(answer->headers, "Vary") == "Origin, Access-Control-Request-Headers");
    CHECK(value(answer->headers, "Access-Control-Max-Age") == "-");

    cors.allowed_headers = {"x-token"};
    cors.max_age = std::chrono::seconds(600);
    answer = answer_preflight(with(cors), preflight);
    CHECK(value(answer->headers, "Access-Control-Allow-Headers") == "x-token");
    CHECK(value(answer->headers, "Vary") == "Origin");
    CHECK(value(answer->headers, "Access-Control-Max-Age") == "600");
}

TEST_CASE("exposed headers are named on every answer") {
    const Options options = with({.any_origin = true, .exposed_headers = {"x-a", "x-b"}});
    CHECK(value(cors_headers(options, request_from("https://a.example")), "Access-Control-Expose-Headers") ==
          "x-a,x-b");
}

TEST_CASE("with a list, only listed origins and the own one may shake hands, on both transports") {
    const Options options = with({.origins = {"https://good.example"}});
    struct Case {
        std::string_view origin;
        bool allowed;
    };
    const std::string long_origin = "https://" + std::string(8000, 'a');
    const Case cases[] = {
        {"https://good.example", true},
        {"http://chat.example:3000", true},
        {"https://chat.example:3000", true},  // a proxy in front ended the TLS
        {"http://CHAT.example:3000", true},
        {"http://chat.example", false},
        {"http://chat.example:3001", false},
        {"ftp://chat.example:3000", false},
        {"http://good.example", false},
        {"https://good.example:444", false},
        {"https://good.example.", false},
        {"https://GOOD.example", false},
        {"https://good.example.evil.test", false},
        {"https://evilgood.example", false},
        {"https://good.example@evil.test", false},
        {"http://chat.example:3000@evil.test", false},
        {"http://evil.test/chat.example:3000", false},
        {"http://127.0.0.1", false},
        {"http://[::1]", false},
        {"https://xn--gd-1ja.example", false},
        {"null", false},
        {"", false},
        {long_origin, false},
    };
    for (const Case& c : cases) {
        for (const bool is_upgrade : {false, true}) {
            CAPTURE(c.origin);
            RequestFacts facts = request_from(c.origin);
            facts.is_upgrade = is_upgrade;
            const RequestQuery query =
                read_request_query(is_upgrade ? "EIO=4&transport=websocket" : "EIO=4&transport=polling");
            const std::optional<RequestError> error = check_request(options, facts, query, nullptr);
            CHECK(error == (c.allowed ? std::nullopt : std::optional(RequestError::foreign_origin)));
        }
    }
}

TEST_CASE("nobody is refused for an origin when none is sent, when any may come, or when cors is unset") {
    const RequestQuery query = read_request_query("EIO=4&transport=polling");
    RequestFacts no_origin = request_from("");
    no_origin.cross_origin.origin.reset();
    CHECK_FALSE(check_request(with({.origins = {"https://good.example"}}), no_origin, query, nullptr));
    CHECK_FALSE(check_request(with({.any_origin = true}), request_from("https://evil.example"), query, nullptr));
    CHECK_FALSE(check_request({}, request_from("https://evil.example"), query, nullptr));
}

TEST_CASE("the own origin has the default port of its scheme, and the scheme of the connection where that is known") {
    const CorsOptions cors{.origins = {"https://good.example"}};
    const auto allowed = [&](std::string_view origin, std::string_view host, http::ConnectionScheme scheme) {
        return is_origin_allowed(cors, {origin, host, scheme});
    };
    CHECK(allowed("https://chat.example", "chat.example", http::ConnectionScheme::https));
    CHECK(allowed("https://chat.example", "chat.example:443", http::ConnectionScheme::https));
    CHECK(allowed("http://chat.example", "chat.example:80", http::ConnectionScheme::either));
    CHECK_FALSE(allowed("http://chat.example", "chat.example", http::ConnectionScheme::https));
    CHECK_FALSE(allowed("http://chat.example", "", http::ConnectionScheme::either));
}

}  // namespace
}  // namespace parley::engineio
