// SPDX-License-Identifier: MIT
#include "parley/engineio/request.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

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

Options with(http::CorsRule cors) {
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

TEST_CASE("a preflight is answered with 204, and an answer with the rule's headers") {
    const Options options = with({.origins = {"https://a.example"}});
    RequestFacts preflight = request_from("https://a.example");
    CHECK_FALSE(answer_preflight(options, preflight));
    CHECK(value(cors_headers(options, preflight), "Access-Control-Allow-Origin") == "https://a.example");
    preflight.method = "OPTIONS";
    preflight.requested_headers = "x-token";
    const std::optional<Answer> answer = answer_preflight(options, preflight);
    REQUIRE(answer);
    CHECK(answer->status == 204);
    CHECK(answer->body.empty());
    CHECK(value(answer->headers, "Access-Control-Allow-Headers") == "x-token");
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

}  // namespace
}  // namespace parley::engineio
