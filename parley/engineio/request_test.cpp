// SPDX-License-Identifier: MIT
#include "parley/engineio/request.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace parley::engineio {
namespace {

RequestFacts get() {
    RequestFacts facts;
    facts.method = "GET";
    facts.cross_origin.host = "server.example";
    return facts;
}

RequestFacts upgrade() {
    RequestFacts facts = get();
    facts.is_upgrade = true;
    return facts;
}

// The code that the request is refused with, or -1.
int refusal(std::string_view query, RequestFacts facts = get(), std::optional<Transport> session = {},
            const Options& options = {}) {
    const RequestQuery parsed = read_request_query(query);
    const SessionFacts known{session.value_or(Transport::polling)};
    std::optional<RequestError> error = check_request(options, facts, parsed, session ? &known : nullptr);
    if (!error && !session) error = check_revision(parsed);
    return error ? static_cast<int>(*error) : -1;
}

TEST_CASE("the query parameters of the engine are decoded and the last one counts") {
    const RequestQuery query = read_request_query("EIO=3&transport=poll%69ng&EIO=4&sid=a%2Db&t=abc&b64=1&x=y");
    CHECK(query.revision == "4");
    CHECK(query.transport == "polling");
    CHECK(query.sid == "a-b");
    CHECK(query.base64);
    CHECK_FALSE(read_request_query("b64=").base64);
    CHECK(read_request_query("").transport.empty());
}

TEST_CASE("handshakes that are good") {
    CHECK(refusal("EIO=4&transport=polling") == -1);
    CHECK(refusal("EIO=4&transport=polling&sid=") == -1);
    CHECK(refusal("t=xyz&transport=polling&EIO=4&user=1") == -1);
    CHECK(refusal("EIO=4&transport=websocket", upgrade()) == -1);
}

TEST_CASE("a transport that is not spoken is error 0, before anything else") {
    for (const std::string_view transport :
         {"", "transport=", "transport=__proto__", "transport=constructor", "transport=Polling", "transport=%00",
          "transport=webtransport", "transport=polling&transport=x", "transport=polling%00"}) {
        CAPTURE(transport);
        const std::string query = "EIO=3&sid=unknown&" + std::string(transport);
        CHECK(refusal(query) == 0);
        CHECK(refusal(query, upgrade()) == 0);
    }
    CHECK(refusal("transport=" + std::string(8000, 'x')) == 0);

    Options only_websocket;
    only_websocket.polling = false;
    CHECK(refusal("EIO=4&transport=polling", get(), {}, only_websocket) == 0);
    Options only_polling;
    only_polling.websocket = false;
    CHECK(refusal("EIO=4&transport=websocket", upgrade(), {}, only_polling) == 0);
}

TEST_CASE("an Origin with characters that none has is error 3") {
    for (const std::string_view origin :
         {"http://a b", "http://a\x7f", "http://\xc3\xa9.example", "http://a, http://b"}) {
        CAPTURE(origin);
        RequestFacts facts = get();
        facts.cross_origin.origin = origin;
        CHECK(refusal("EIO=4&transport=polling", facts) == 3);
    }
}

TEST_CASE("a session that is not known is error 1, whatever the method") {
    CHECK(refusal("EIO=4&transport=polling&sid=nobody") == 1);
    CHECK(refusal("EIO=4&transport=websocket&sid=nobody", upgrade()) == 1);
    RequestFacts post = get();
    post.method = "POST";
    CHECK(refusal("EIO=4&transport=polling&sid=nobody", post) == 1);
}

TEST_CASE("a request for a session must fit its transport") {
    CHECK(refusal("EIO=4&transport=polling&sid=s", get(), Transport::polling) == -1);
    CHECK(refusal("EIO=4&transport=polling&sid=s", get(), Transport::websocket) == 3);
    CHECK(refusal("EIO=4&transport=websocket&sid=s", get(), Transport::polling) == 3);
    CHECK(refusal("EIO=4&transport=websocket&sid=s", upgrade(), Transport::polling) == -1);
    CHECK(refusal("EIO=4&transport=polling&sid=s", upgrade(), Transport::polling) == 3);

    Options no_upgrades;
    no_upgrades.allow_upgrades = false;
    CHECK(refusal("EIO=4&transport=websocket&sid=s", upgrade(), Transport::polling, no_upgrades) == 3);
}

TEST_CASE("an upgrade cannot change the protocol revision") {
    CHECK(refusal("EIO=3&transport=websocket&sid=s", upgrade(), Transport::polling) == 3);
    CHECK(refusal("transport=websocket&sid=s", upgrade(), Transport::polling) == 3);
}

TEST_CASE("a handshake is a GET") {
    for (const std::string_view method : {"POST", "PUT", "HEAD", "OPTIONS", "DELETE", "get"}) {
        RequestFacts facts = get();
        facts.method = method;
        CHECK(refusal("EIO=4&transport=polling", facts) == 2);
    }
}

TEST_CASE("a WebSocket handshake asks for an upgrade, a polling handshake does not") {
    CHECK(refusal("EIO=4&transport=websocket") == 3);
    CHECK(refusal("EIO=4&transport=polling", upgrade()) == 3);
}

TEST_CASE("other protocol revisions are error 5") {
    for (const std::string_view revision :
         {"", "EIO=", "EIO=3", "EIO=5", "EIO=abc", "EIO=4.0", "EIO=04", "EIO=4&EIO=3"}) {
        CAPTURE(revision);
        CHECK(refusal("transport=polling&" + std::string(revision)) == 5);
        CHECK(refusal("transport=websocket&" + std::string(revision), upgrade()) == 5);
    }
}

TEST_CASE("the order of the checks is that of the official server") {
    RequestFacts bad = get();
    bad.method = "POST";
    bad.cross_origin.origin = "bad origin";
    CHECK(refusal("EIO=3&transport=x&sid=nobody", bad) == 0);
    CHECK(refusal("EIO=3&transport=polling&sid=nobody", bad) == 3);
    bad.cross_origin.origin.reset();
    CHECK(refusal("EIO=3&transport=polling&sid=nobody", bad) == 1);
    CHECK(refusal("EIO=3&transport=websocket", bad) == 2);
    bad.method = "GET";
    CHECK(refusal("EIO=3&transport=websocket", bad) == 3);
    Options options;
    options.cors = http::CorsRule{.origins = {"https://good.example"}};
    bad.cross_origin.origin = "https://evil.example";
    CHECK(refusal("EIO=3&transport=polling", bad, {}, options) == static_cast<int>(RequestError::foreign_origin));
    bad.cross_origin.origin = "https://good.example";
    CHECK(refusal("EIO=3&transport=polling", bad, {}, options) == 5);
}

TEST_CASE("a refusal over HTTP is JSON with code and message") {
    struct Case {
        RequestError error;
        int status;
        std::string_view body;
    };
    const Case cases[] = {
        {RequestError::transport_unknown, 400, R"({"code":0,"message":"Transport unknown"})"},
        {RequestError::session_unknown, 400, R"({"code":1,"message":"Session ID unknown"})"},
        {RequestError::bad_handshake_method, 400, R"({"code":2,"message":"Bad handshake method"})"},
        {RequestError::bad_request, 400, R"({"code":3,"message":"Bad request"})"},
        {RequestError::forbidden, 403, R"({"code":4,"message":"Forbidden"})"},
        {RequestError::foreign_origin, 403, R"({"code":4,"message":"Forbidden"})"},
        {RequestError::unsupported_protocol_version, 400, R"({"code":5,"message":"Unsupported protocol version"})"},
        {RequestError::too_many_sessions, 503, R"({"code":4,"message":"Too many sessions"})"},
        {RequestError::too_many_requests, 429, R"({"code":4,"message":"Too many requests"})"},
    };
    for (const Case& c : cases) {
        const Answer answer = answer_refusal(get(), c.error);
        CHECK(answer.status == c.status);
        CHECK(answer.content_type == "application/json");
        CHECK(answer.body == c.body);
    }
    CHECK(answer_refusal(get(), RequestError::forbidden, "no \"ticket\"").body ==
          R"({"code":4,"message":"no \"ticket\""})");
}

TEST_CASE("a refusal that may be tried again says when, and keeps its status for an upgrade") {
    const std::pair<RequestError, std::string_view> cases[] = {{RequestError::too_many_sessions, "2"},
                                                               {RequestError::too_many_requests, "1"}};
    for (const auto& [error, seconds] : cases) {
        const Answer answer = answer_refusal(get(), error);
        REQUIRE(answer.headers.size() == 1);
        CHECK(answer.headers.front().name == "Retry-After");
        CHECK(answer.headers.front().value == seconds);
        CHECK(answer_refusal(upgrade(), error).status == answer.status);
    }
    CHECK(answer_refusal(get(), RequestError::session_unknown).headers.empty());
}

TEST_CASE("a refused upgrade is the plain sentence, and 400 but for a foreign origin") {
    const Answer answer = answer_refusal(upgrade(), RequestError::session_unknown);
    CHECK(answer.status == 400);
    CHECK(answer.content_type == "text/html");
    CHECK(answer.body == "Session ID unknown");
    CHECK(answer_refusal(upgrade(), RequestError::forbidden).status == 400);
    CHECK(answer_refusal(upgrade(), RequestError::foreign_origin).status == 403);
}

TEST_CASE("polls and posts have the official types and are never cached") {
    const Answer poll = answer_poll("4hello");
    CHECK(poll.status == 200);
    CHECK(poll.content_type == "text/plain; charset=UTF-8");
    CHECK(poll.body == "4hello");
    CHECK(poll.headers.empty());
    CHECK(poll.cache_control == "no-store");
    const Answer post = answer_post();
    CHECK(post.content_type == "text/html");
    CHECK(post.body == "ok");
    CHECK(post.cache_control == "no-store");
    CHECK(answer_empty(400).cache_control.empty());
}

TEST_CASE("the session cookie has the official attributes") {
    CHECK(session_cookie({}, "abc-_123") == "io=abc-_123; Path=/; HttpOnly; SameSite=Lax");
}

TEST_CASE("options that cannot work are refused in a sentence") {
    CHECK(check_options({}).empty());
    const auto problem = [](auto change) {
        Options options;
        change(options);
        return check_options(options);
    };
    CHECK_FALSE(problem([](Options& o) { o.path = "socket.io"; }).empty());
    CHECK_FALSE(problem([](Options& o) { o.polling = o.websocket = false; }).empty());
    CHECK_FALSE(problem([](Options& o) { o.ping_interval = {}; }).empty());
    CHECK_FALSE(problem([](Options& o) { o.max_http_buffer_size = 0; }).empty());
    CHECK_FALSE(problem([](Options& o) { o.cors.emplace(); }).empty());
    CHECK_FALSE(problem([](Options& o) { o.cors = http::CorsRule{.origins = {"https://a.example/"}}; }).empty());
    CHECK_FALSE(problem([](Options& o) { o.cors = http::CorsRule{.origins = {"a.example"}}; }).empty());
    CHECK(problem([](Options& o) { o.cors = http::CorsRule{.origins = {"https://a.example:443"}}; }) ==
          "cors has an origin that no browser sends: \"https://a.example:443\"; browsers write it https://a.example");
    CHECK(problem([](Options& o) { o.cors = http::CorsRule{.origins = {"https://a.example", "null"}}; }).empty());
    CHECK(problem([](Options& o) { o.cors = http::CorsRule{.origins = {"file://"}}; }).empty());
    CHECK_FALSE(problem([](Options& o) { o.cookie = CookieOptions{.name = "a=b; Max-Age=0"}; }).empty());
    CHECK_FALSE(problem([](Options& o) { o.cookie = CookieOptions{.name = "a\r\nX: y"}; }).empty());
}

TEST_CASE("the path has one trailing slash unless told") {
    Options options;
    options.path = "/socket.io";
    CHECK(path_prefix(options) == "/socket.io/");
    options.path = "/socket.io/";
    CHECK(path_prefix(options) == "/socket.io/");
    options.add_trailing_slash = false;
    CHECK(path_prefix(options) == "/socket.io");
}

}  // namespace
}  // namespace parley::engineio
