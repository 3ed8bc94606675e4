// SPDX-License-Identifier: MIT
#include "apps/parley/doctor_judgement.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace parley;
using enum StepState;

namespace {

HttpResponse response(int status, std::string body, std::vector<HttpHeader> headers = {}) {
    HttpResponse answer;
    answer.status = status;
    answer.body = std::move(body);
    answer.headers = std::move(headers);
    return answer;
}

const std::string greeting = R"(0{"sid":"s1","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000})";

void check(const DoctorStep& step, StepState state, const std::string& word) {
    CAPTURE(step.sentence);
    CHECK(step.state == state);
    CHECK(step.sentence.contains(word));
    CHECK(step.advice.empty() == (state == ok));
}

WebSocketTrial refused(int status, std::string body = "") {
    ConnectError error;
    error.status = status;
    error.body = std::move(body);
    error.description = "why";
    return {.error = std::move(error)};
}

}  // namespace

TEST_CASE("a handshake is read as the Engine.IO protocol has it") {
    const auto judged = [](const HttpResponse& answer) { return judgement::handshake(answer, "/x/", nullptr); };
    CHECK(judged(response(200, greeting)).sid == "s1");
    CHECK(judged(response(200, greeting)).offers_websocket);
    CHECK(judged(response(200, R"(0{"sid":"s1","upgrades":[]})")).step.state == ok);
    CHECK_FALSE(judged(response(200, R"(0{"sid":"s1","upgrades":[]})")).offers_websocket);
    for (const char* other : {"", "0", "0{", "0{}", R"(0{"sid":7})", "0[]", "1{\"sid\":\"s\"}", "hello"})
        check(judged(response(200, other)).step, failed, "no Engine.IO server");
    check(judged(response(200, "<p>", {{"Content-Type", "text/html"}})).step, failed, "A web page");
    check(judged(response(200, "97:0{\"sid\":\"x\"}2:40")).step, failed, "Engine.IO 3");
    check(judged(response(404, "")).step, failed, "/x/ (404)");
    for (const int status : {401, 403, 407, 429, 500, 502, 503, 504})
        check(judged(response(status, "")).step, failed, std::to_string(status));
}

TEST_CASE("what clients of Socket.IO 2 are answered is told beside it") {
    const HttpResponse answer = response(200, greeting);
    const HttpResponse let_in = response(200, "96:0{\"sid\":\"x\"}2:40");
    const HttpResponse refusal = response(400, R"({"code":5,"message":"Unsupported protocol version"})");
    CHECK(judgement::handshake(answer, "/", &let_in).step.sentence.contains("are let in, too"));
    CHECK(judgement::handshake(answer, "/", &refusal).step.sentence.contains("are not let in"));
    const HttpResponse unclear = response(500, "");
    CHECK_FALSE(judgement::handshake(answer, "/", &unclear).step.sentence.contains("Socket.IO 2"));
}

TEST_CASE("refusals of Engine.IO are told by their code") {
    for (const int code : {1, 2, 3, 4, 5, 42}) {
        const std::string body = R"({"code":)" + std::to_string(code) + R"(,"message":"No."})";
        check(judgement::handshake(response(400, body), "/", nullptr).step, failed, "code " + std::to_string(code));
    }
    const auto only = judgement::handshake(response(400, R"({"code":0,"message":"Transport unknown"})"), "/", nullptr);
    CHECK(only.step.state == skipped);
    CHECK(only.has_only_websocket);
}

TEST_CASE("a first request without an answer says what may be there") {
    using enum judgement::Speech;
    const Result<HttpResponse> none = std::unexpected(Error{ErrorCode::disconnected, "It is gone."});
    const Result<HttpResponse> late = std::unexpected(Error{ErrorCode::timed_out, "Late."});
    check(judgement::http(response(404, ""), "/", {}), ok, "404");
    check(judgement::http(none, "/", {tls}), failed, "speaks TLS");
    check(judgement::http(none, "/", {http}), failed, "plain HTTP");
    check(judgement::http(none, "/", {tls_as_asked}), failed, "It is gone.");
    check(judgement::http(none, "/", {unknown, "SSH-2.0"}), failed, "\"SSH-2.0\"");
    check(judgement::http(none, "/", {}), failed, "It is gone.");
    check(judgement::http(late, "/", {}), failed, "no answer");
    check(judgement::http(response(301, "", {{"Location", "https://b/"}}), "/", {}), failed, "https://b/");
}

TEST_CASE("sessions are kept together, or are not") {
    judgement::SessionRequests requests;
    for (int i = 0; i < 3; ++i)
        judgement::count(requests, response(200, "ok"));
    check(judgement::sticky(requests), ok, "3 requests");
    requests.has_cookies = true;
    check(judgement::sticky(requests), ok, "cookie");
    judgement::count(requests, std::unexpected(Error{ErrorCode::timed_out, "Late."}));
    check(judgement::sticky(requests), failed, "Only 3 of 4");
    judgement::count(requests, response(400, R"({"code":1,"message":"Session ID unknown"})"));
    check(judgement::sticky(requests), failed, "1 of 5");
    CHECK(requests.known + requests.unknown == 4);
}

TEST_CASE("a WebSocket is open when a packet comes over it") {
    judgement::Handshake handshake;
    const auto judged = [&](const WebSocketTrial& trial) { return judgement::websocket(trial, handshake, true); };
    check(judged({.is_open = true, .message = "3probe"}), ok, "may go on");
    check(judged({.is_open = true, .message = "hello"}), failed, "\"hello\"");
    check(judged({.is_open = true}), failed, "nothing comes");
    check(judgement::websocket({.is_open = true, .message = "0{"}, handshake, false), ok, "may begin");
    for (const int status : {200, 426})
        check(judged(refused(status)), failed, "instead of 101, as to an ordinary request");
    check(judged(refused(400, R"({"code":3,"message":"Bad request"})")), failed, "upgrade is lost");
    check(judged(refused(400, R"({"code":1,"message":"Session ID unknown"})")), failed, "does not know it");
    check(judged(refused(403, R"({"code":4,"message":"Forbidden"})")), failed, "refuses");
    check(judged(refused(503)), failed, "503");
    check(judged(refused(404)), failed, "404");
    check(judged(refused(0)), failed, "why");
    handshake.offers_websocket = false;
    check(judged(refused(400)), skipped, "offers no WebSocket");
}

TEST_CASE("pages of an origin may read answers, or may not") {
    const std::string origin = "https://a.example";
    const auto judged = [&](const Result<HttpResponse>& answer) {
        return judgement::cors({.polling = &answer}, origin);
    };
    const HttpHeader any{"Access-Control-Allow-Origin", "*"};
    const HttpHeader own{"Access-Control-Allow-Origin", origin};
    const HttpHeader other{"Access-Control-Allow-Origin", "https://b.example"};
    const HttpHeader cookies{"Access-Control-Allow-Credentials", "true"};
    check(judged(response(200, greeting, {any})), ok, "without cookies");
    check(judged(response(200, greeting, {any, cookies})), ok, "without cookies");  // browsers take both for a no
    check(judged(response(200, greeting, {own})), ok, "without cookies");
    check(judged(response(200, greeting, {own, cookies})), ok, "with cookies");
    check(judged(response(200, greeting)), failed, "no Access-Control-Allow-Origin");
    check(judged(response(200, greeting, {other})), failed, "only those of https://b.example");
    check(judged(response(403, "", {own})), failed, "403");
    check(judged(std::unexpected(Error{ErrorCode::timed_out, "Late."})), failed, "Late.");

    const Result<HttpResponse> allowed = response(200, greeting, {own});
    const Result<HttpResponse> forbidden = response(200, greeting);
    const WebSocketTrial open{.is_open = true, .message = "0{"};
    const WebSocketTrial closed = refused(403);
    check(judgement::cors({&allowed, &open}, origin), ok, "may connect");
    check(judgement::cors({&allowed, &closed}, origin), failed, "may not open WebSockets");
    check(judgement::cors({&forbidden, &open}, origin), failed, "WebSocket alone would be open");
    check(judgement::cors({.websocket = &open}, origin), ok, "by WebSocket");
    check(judgement::cors({.websocket = &closed}, origin), failed, "may not open WebSockets");
}

TEST_CASE("a namespace lets one in, or says why not") {
    ConnectError error;
    check(judgement::nsp({.is_in = true}, "/x", false), ok, "/x");
    check(judgement::nsp({}, "/x", false), failed, "does not answer");
    error.description = "gone";
    check(judgement::nsp({.error = error}, "/x", false), failed, "gone");
    error.is_refusal = true;
    error.message = "Invalid namespace";
    check(judgement::nsp({.error = error}, "/x", false), failed, "There is no namespace /x");
    error.message = "who?";
    error.data = 7;
    check(judgement::nsp({.error = error}, "/x", false), failed, "who? 7");
    CHECK(judgement::nsp({.error = error}, "/x", false).advice.contains("--auth"));
    CHECK(judgement::nsp({.error = error}, "/x", true).advice.contains("not what the server wants"));
}
