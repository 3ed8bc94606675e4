// SPDX-License-Identifier: MIT
#include "parley/client/http_client.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/http_site.hpp"

namespace parley::client::test {
namespace {

using namespace std::chrono_literals;
using net::Reachability;

}  // namespace

TEST_CASE("a request is answered, and its connection used again") {
    Site site;
    site.answer = [](const Asked&) { return ok("hello", "X-Test: yes\r\nx-test: no\r\n"); };
    HttpClient client(site.loop);
    const Told first = site.send(client, {.url = site.url("/a?b=c#d")});
    REQUIRE(first.response);
    CHECK(first.response->status == 200);
    CHECK(first.response->is_success());
    CHECK(first.response->body == "hello");
    CHECK(first.response->header("X-TEST") == "yes");
    CHECK(first.response->has_header("x-test"));
    CHECK_FALSE(first.response->has_header("x-rest"));
    CHECK(first.response->headers.size() == 3);
    CHECK(first.response->url == site.url("/a?b=c"));
    CHECK(first.response->redirects == 0);
    const Told second = site.send(client, {.url = site.url("/2")});
    CHECK(second.response.value().body == "hello");
    CHECK(site.accepted == 1);
    CHECK(client.connections() == 1);
    CHECK(site.asked.at(0).text ==
          "GET /a?b=c HTTP/1.1\r\nHost: " + site.authority() + "\r\nUser-Agent: parley\r\nAccept: */*\r\n\r\n");
}

TEST_CASE("method, query, headers and body leave as they are written") {
    Site site;
    HttpClient client(site.loop, {.user_agent = ""});
    site.send(client, {.url = site.url("/x?a=1", "al%40ice:se:cret@"),
                       .method = "POST",
                       .query = {{"b c", "d&e"}, {"f", ""}},
                       .headers = {{"X-One", " 1 "}, {"X-One", "2"}, {"accept", "text/html"}},
                       .body = HttpBody::json(std::vector{1, 2})});
    CHECK(site.asked.at(0).text == "POST /x?a=1&b%20c=d%26e&f= HTTP/1.1\r\nHost: " + site.authority() +
                                       "\r\nX-One: 1\r\nX-One: 2\r\naccept: text/html\r\n"
                                       "Authorization: Basic YWxAaWNlOnNlOmNyZXQ=\r\n"
                                       "Content-Type: application/json\r\nContent-Length: 5\r\n\r\n[1,2]");
    const auto body_of = [&](HttpBody body) {
        site.asked.clear();
        site.send(client, {.url = site.url("/"), .method = "PUT", .body = std::move(body)});
        const std::string& text = site.asked.at(0).text;
        return text.substr(text.find("\r\nAccept: */*") + 15);
    };
    CHECK(body_of("text") == "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n\r\ntext");
    CHECK(body_of(HttpBody::binary("\x00\x01")) ==
          std::string("Content-Type: application/octet-stream\r\nContent-Length: 2\r\n\r\n") + '\0' + '\1');
    CHECK(body_of(HttpBody::form({{"a b", "c&d"}, {"e", "f"}})) ==
          "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 15\r\n\r\na%20b=c%26d&e=f");
    CHECK(body_of(HttpBody("x", "image/png")) == "Content-Type: image/png\r\nContent-Length: 1\r\n\r\nx");
    CHECK(body_of({}) == "Content-Length: 0\r\n\r\n");
}

TEST_CASE("what cannot be sent is an error that says why, told later") {
    Site site;
    HttpClient client(site.loop);
    const auto refused = [&](HttpRequest request) {
        const Told told = site.send(client, std::move(request));
        REQUIRE(told.error);
        CHECK(told.error->code == ErrorCode::invalid_argument);
        return told.error->message;
    };
    CHECK(refused({.url = "h/x"}).find("no scheme") != std::string::npos);
    CHECK(refused({.url = "ws://h/"}).find("WebSocket") != std::string::npos);
    CHECK(refused({.url = site.url("/"), .method = "CONNECT"}).find("method") != std::string::npos);
    CHECK(refused({.url = site.url("/"), .method = "GET / HTTP/1.1\r\n"}).find("method") != std::string::npos);
    CHECK(refused({.url = site.url("/"), .headers = {{"Content-Length", "5"}}}).find("name") != std::string::npos);
    CHECK(refused({.url = site.url("/"), .headers = {{"X\r\nY", "5"}}}).find("name") != std::string::npos);
    CHECK(refused({.url = site.url("/"), .headers = {{"X", "5\r\nY: 6"}}}).find("X has a control") !=
          std::string::npos);
    CHECK(refused({.url = site.url("/"), .body = HttpBody("x", "a\r\nb")}).find("type") != std::string::npos);
    CHECK(site.accepted == 0);
}

TEST_CASE("a status is an answer; a server that is not there, not reached or not HTTP is an error") {
    Site site;
    HttpClient client(site.loop, {.dial = {.connect_timeout = 1s}});
    site.answer = [](const Asked&) { return "HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"; };
    const Told busy = site.send(client, {.url = site.url("/")});
    CHECK(busy.response.value().status == 503);
    CHECK_FALSE(busy.response->is_success());
    CHECK(busy.response->header("Retry-After") == "7");

    const auto error_of = [&](const std::string& url) {
        const Told told = site.send(client, {.url = url});
        REQUIRE(told.error);
        return *told.error;
    };
    CHECK(error_of("http://127.0.0.1:1/x?secret").code == ErrorCode::disconnected);
    CHECK(error_of("http://127.0.0.1:1/x?secret").message ==
          "GET http://127.0.0.1:1/x: Cannot connect to 127.0.0.1:1: Nothing listens on 127.0.0.1:1.");
    CHECK(error_of("http://nowhere.example/").code == ErrorCode::not_found);
    CHECK(error_of("https://127.0.0.1:1/").code == ErrorCode::disconnected);
    site.network.set_reachability(net::Endpoint::ipv4({127, 0, 0, 9}, 0), Reachability::silent);
    CHECK(error_of("http://127.0.0.9/").code == ErrorCode::timed_out);
    for (const std::string_view garbage :
         {"SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
          "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx"}) {
        site.answer = [garbage](const Asked&) { return std::string(garbage); };
        CHECK(error_of(site.url("/")).code == ErrorCode::invalid_input);
    }
    site.answer = [](const Asked&) { return "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"; };
    site.then = Site::Then::end;
    CHECK(error_of(site.url("/")).code == ErrorCode::disconnected);
    site.answer = [](const Asked&) { return "HTTP/1.1 200 OK\r\n\r\nall of it"; };
    CHECK(site.send(client, {.url = site.url("/")}).response.value().body == "all of it");
    site.then = Site::Then::reset;
    CHECK(error_of(site.url("/")).code == ErrorCode::disconnected);
    CHECK(client.connections() == 0);
}

TEST_CASE("of a body no more is kept than the limit, and parts for the program have none") {
    for (const std::size_t size : {99U, 100U, 101U}) {
        Site site;
        site.answer = [&](const Asked&) { return ok(std::string(size, 'x')); };
        HttpClient client(site.loop, {.body_bytes_max = 100});
        const Told told = site.send(client, {.url = site.url("/")});
        CHECK(told.response.has_value() == (size <= 100));
        if (told.error) CHECK(told.error->code == ErrorCode::limit_exceeded);

        std::string parts;
        int status = 0;
        const Told streamed =
            site.send(client, {.url = site.url("/"), .on_data = [&](const HttpResponse& head, std::string_view part) {
                                   status = head.status;
                                   parts += part;
                               }});
        CHECK(parts.size() == size);
        CHECK(status == 200);
        CHECK(streamed.response.value().body.empty());
        CHECK(streamed.response->header("Content-Length") == std::to_string(size));
    }
}

TEST_CASE("a paused call receives nothing more until it is resumed, and its connection is used again") {
    constexpr std::size_t size = 3'000'000;
    Site site;
    site.answer = [](const Asked&) { return ok(std::string(size, 'x')); };
    HttpClient client(site.loop);
    for (const bool is_paused_first : {false, true}) {
        std::size_t received = 0;
        bool pauses = true;
        Told told;
        std::optional<HttpCall> call;
        call = client.send({.url = site.url("/"),
                            .on_data =
                                [&](const HttpResponse&, std::string_view part) {
                                    received += part.size();
                                    if (std::exchange(pauses, false)) call->pause();
                                }},
                           told.note());
        if (is_paused_first) call->pause();
        site.network.run_for(2s);
        const std::size_t received_then = received;
        CHECK(received_then < size / 2);
        CHECK((received_then == 0) == is_paused_first);
        CHECK(told.times == 0);
        pauses = false;
        call->resume();
        site.network.run_for(2s);
        CHECK(received == size);
        CHECK(told.times == 1);
        call->pause();  // of nothing
        CHECK(site.send(client, {.url = site.url("/")}).response.value().body.size() == size);
    }
    CHECK(site.accepted == 1);
    HttpCall().pause();
    HttpCall().resume();
}

TEST_CASE("a call that stays paused ends with its time-out") {
    Site site;
    site.answer = [](const Asked&) { return ok(std::string(3'000'000, 'x')); };
    HttpClient client(site.loop, {.timeout = 10s});
    Told told;
    HttpCall call =
        client.send({.url = site.url("/"), .on_data = [](const HttpResponse&, std::string_view) {}}, told.note());
    call.pause();
    site.network.run_for(11s);
    CHECK(told.times == 1);
    CHECK_FALSE(told.response);
}

TEST_CASE("the heads of answers have limits") {
    for (const int difference : {0, 1}) {
        Site site;
        const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: ";
        site.answer = [&](const Asked&) {
            return head + std::string(200 + static_cast<std::size_t>(difference) - head.size() - 4, 'x') + "\r\n\r\n";
        };
        HttpClient by_size(site.loop, {.head_bytes_max = 200});
        CHECK(site.send(by_size, {.url = site.url("/")}).response.has_value() == (difference == 0));
        HttpClient by_lines(site.loop, {.headers_max = 2 - static_cast<std::size_t>(difference)});
        CHECK(site.send(by_lines, {.url = site.url("/")}).response.has_value() == (difference == 0));
    }
}

TEST_CASE("an origin has as many connections as the limit, others wait, and no more than may wait") {
    Site site;
    HttpClient client(site.loop, {.connections_per_origin_max = 2, .waiting_requests_max = 3});
    std::vector<HttpCall> calls;
    std::vector<Told> told(6);
    for (Told& one : told)
        calls.push_back(client.send({.url = site.url("/")}, one.note()));
    site.network.run_for(1min);
    for (std::size_t i = 0; i < 5; ++i)
        CHECK(told[i].response.has_value());
    REQUIRE(told[5].error);
    CHECK(told[5].error->code == ErrorCode::limit_exceeded);
    CHECK(site.accepted == 2);
}

TEST_CASE("kept connections are closed after a while, sooner when the server says so, and when there are too many") {
    Site site;
    HttpClient client(site.loop, {.idle_timeout = 10'000ms, .idle_connections_max = 2});
    const auto open_after = [&](const std::string& headers, Duration pass) {
        site.answer = [&](const Asked&) { return ok("", headers); };
        site.send(client, {.url = site.url("/")}, 1s);
        site.network.run_for(pass - 1s);
        const std::size_t open = client.connections();
        site.network.run_for(20s);
        CHECK(client.connections() == 0);
        return open;
    };
    CHECK(open_after("", 9s) == 1);
    CHECK(open_after("", 11s) == 0);
    CHECK(open_after("Keep-Alive: timeout=5, max=10\r\n", 3s) == 1);
    CHECK(open_after("Keep-Alive: timeout=5, max=10\r\n", 6s) == 0);
    CHECK(open_after("Keep-Alive: timeout=100\r\n", 11s) == 0);
    CHECK(open_after("Keep-Alive: timeout=x\r\n", 9s) == 1);
    CHECK(open_after("Connection: close\r\n", 1s) == 0);

    site.answer = [](const Asked&) { return ok(""); };
    std::vector<HttpCall> calls;
    std::vector<Told> told(4);
    for (Told& one : told)
        calls.push_back(client.send({.url = site.url("/")}, one.note()));
    site.network.run_for(2s);
    CHECK(client.connections() == 2);
}

TEST_CASE("each time-out ends a request, and what is in time is answered") {
    Site site;
    HttpClient client(site.loop, {.response_timeout = 5'000ms, .timeout = 20'000ms});
    const auto error_when = [&](Duration first, Duration rest, std::optional<Milliseconds> timeout = {}) {
        site.delay_first = first;
        site.delay_rest = rest;
        const Told told = site.send(client, {.url = site.url("/"), .timeout = timeout}, 2min);
        CHECK(told.times == 1);
        return told.error ? told.error->message.substr(told.error->message.rfind('(')) : std::string("none");
    };
    CHECK(error_when(4s, 0s) == "none");
    CHECK(error_when(6s, 0s) == "(response_timeout).");
    CHECK(error_when(0s, 18s) == "none");
    CHECK(error_when(0s, 21s) == "(timeout).");
    CHECK(error_when(0s, 3s, Milliseconds(2'000)) == "(timeout).");
    CHECK(error_when(0s, 60s, Milliseconds(0)) == "none");
    CHECK(client.connections() <= 1);
    HttpClient patient(site.loop, {.response_timeout = 0ms, .timeout = 0ms});
    site.delay_first = 100s;
    CHECK(site.send(patient, {.url = site.url("/")}, 10min).response.has_value());
}

TEST_CASE(
    "a kept connection that the server closes meanwhile costs nothing where that does no harm, and an error else") {
    for (const std::string method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE", "POST", "PATCH"}) {
        CAPTURE(method);
        Site site;
        HttpClient client(site.loop);
        REQUIRE(site.send(client, {.url = site.url("/")}).response);
        site.reset_next = true;  // the connection, when the next request arrives on it
        const Told told = site.send(client, {.url = site.url("/"), .method = method});
        CHECK(told.response.has_value() == (method != "POST" && method != "PATCH"));
        if (told.error) CHECK(told.error->code == ErrorCode::disconnected);
    }
    // Once, and only on a connection that was kept.
    Site site;
    HttpClient client(site.loop);
    site.reset_next = true;
    CHECK(site.send(client, {.url = site.url("/")}).error.has_value());
    REQUIRE(site.send(client, {.url = site.url("/")}).response);
    site.reset_always = true;
    CHECK(site.send(client, {.url = site.url("/")}).error.has_value());
    CHECK(site.accepted == 3);
}

TEST_CASE("what a server sends on a kept connection is no answer to the next request") {
    Site site;
    site.answer = [](const Asked& asked) { return ok(asked.target == "/1" ? "one" : "two"); };
    HttpClient client(site.loop);
    site.behind = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned";
    CHECK(site.send(client, {.url = site.url("/1")}).response.value().body == "one");
    site.behind.clear();
    CHECK(site.send(client, {.url = site.url("/2")}).response.value().body == "two");
    CHECK(site.accepted == 2);
}

TEST_CASE("a call that is destroyed says nothing, at whatever step, and its connection is not used again") {
    for (int step = 0; step < 60; ++step) {
        CAPTURE(step);
        Site site(static_cast<std::uint64_t>(step));
        HttpClient client(site.loop);
        site.answer = [](const Asked& asked) {
            return asked.target == "/1" ? "HTTP/1.1 302 x\r\nLocation: /2\r\nContent-Length: 3\r\n\r\nabc"
                                        : ok("hello");
        };
        Told told;
        {
            HttpCall call = client.send({.url = site.url("/1")}, told.note());
            site.network.run_for(step * 1ms);
            CHECK(call.is_pending() == (told.times == 0));
        }
        const int times = told.times;
        CHECK(site.send(client, {.url = site.url("/2")}).response.value().body == "hello");
        CHECK(told.times == times);
    }
}

TEST_CASE("a client that is destroyed calls nobody, at whatever step, and leaves nothing open") {
    for (int step = 0; step < 60; ++step) {
        CAPTURE(step);
        Site site(static_cast<std::uint64_t>(step));
        std::optional<HttpClient> client(std::in_place, site.loop, HttpClientOptions{.connections_per_origin_max = 1});
        std::vector<Told> told(3);
        std::vector<HttpCall> calls;
        for (Told& one : told)
            calls.push_back(client->send({.url = site.url("/")}, one.note()));
        site.network.run_for(step * 1ms);
        const int times = told[0].times + told[1].times + told[2].times;
        client.reset();
        for (const HttpCall& call : calls)
            CHECK_FALSE(call.is_pending());
        site.network.run_for(1min);
        CHECK(told[0].times + told[1].times + told[2].times == times);
        CHECK(site.network.open_streams() == 0);
    }
}

TEST_CASE("call and client may be destroyed in every callback") {
    enum class What { call, client, both };
    for (const What what : {What::call, What::client, What::both}) {
        for (const bool in_part : {false, true}) {
            Site site;
            auto client = std::make_unique<HttpClient>(site.loop);
            auto call = std::make_unique<HttpCall>();
            int calls = 0;
            const auto destroy = [&] {
                ++calls;
                if (what != What::client) call.reset();
                if (what != What::call) client.reset();
            };
            HttpRequest request{.url = site.url("/")};
            if (in_part) request.on_data = [&](const HttpResponse&, std::string_view) { destroy(); };
            *call = client->send(std::move(request), [&](Result<HttpResponse>) {
                if (!in_part) destroy();
            });
            site.network.run_for(1min);
            CHECK(calls == 1);
            client.reset();
            call.reset();
            site.network.run_for(1min);
            CHECK(site.network.open_streams() == 0);
        }
    }
}

TEST_CASE("a detached call is answered, and ends with its client") {
    Site site;
    Told told;
    {
        HttpClient client(site.loop);
        client.send({.url = site.url("/")}, told.note()).detach();
        client.send({.url = "nonsense"}, told.note()).detach();
        site.network.run_for(1s);
        CHECK(told.times == 2);
        client.send({.url = site.url("/")}, told.note()).detach();
        HttpCall answered = client.send({.url = site.url("/")}, [](Result<HttpResponse>) {});
        site.network.run_for(1s);
        CHECK(told.times == 3);
        answered.detach();
        CHECK_FALSE(answered.is_pending());
        answered.detach();
        client.send({.url = site.url("/")}, told.note()).detach();
    }
    site.network.run_for(1s);
    CHECK(told.times == 3);

    auto client = std::make_unique<HttpClient>(site.loop);
    int parts = 0;
    HttpRequest request{.url = site.url("/")};
    request.on_data = [&](const HttpResponse& head, std::string_view part) {
        ++parts;
        client.reset();
        CHECK(head.status == 200);
        CHECK(!part.empty());
    };
    client->send(std::move(request), told.note()).detach();
    site.network.run_for(1s);
    CHECK(parts == 1);
    CHECK(told.times == 3);
}

TEST_CASE("another request may be sent from a callback, and a handle may be given another call") {
    Site site;
    HttpClient client(site.loop);
    HttpCall call;
    int answers = 0;
    Function<void()> next = [&] {
        call = client.send({.url = site.url("/")}, [&](Result<HttpResponse> response) {
            REQUIRE(response);
            if (++answers < 5) next();
        });
    };
    next();
    site.network.run_for(1min);
    CHECK(answers == 5);
    CHECK(site.accepted == 1);
}

}  // namespace parley::client::test
