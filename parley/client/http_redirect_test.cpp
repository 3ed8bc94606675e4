// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>

#include "tests/support/http_site.hpp"

namespace parley::client::test {
namespace {

using namespace std::chrono_literals;

std::string redirect(int status, const std::string& location) {
    return "HTTP/1.1 " + std::to_string(status) + " x\r\nLocation: " + location + "\r\nContent-Length: 4\r\n\r\naway";
}

bool has(const Asked& asked, std::string_view text) {
    return asked.text.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("redirects are followed as browsers do: some make a GET of it, some do not") {
    struct Row {
        int status;
        std::string method;
        std::string becomes;
    };
    for (const Row& row :
         {Row{301, "GET", "GET"}, Row{301, "POST", "GET"}, Row{301, "PUT", "PUT"}, Row{301, "HEAD", "HEAD"},
          Row{302, "POST", "GET"}, Row{302, "DELETE", "DELETE"}, Row{303, "POST", "GET"}, Row{303, "PUT", "GET"},
          Row{303, "HEAD", "HEAD"}, Row{307, "POST", "POST"}, Row{307, "GET", "GET"}, Row{308, "PATCH", "PATCH"}}) {
        CAPTURE(row.status);
        CAPTURE(row.method);
        Site site;
        HttpClient client(site.loop);
        site.answer = [&](const Asked& asked) {
            return asked.target == "/a/b" ? redirect(row.status, "../c?d") : ok("!");
        };
        std::string parts;
        HttpRequest request{.url = site.url("/a/b"), .method = row.method, .headers = {{"X-Own", "1"}}};
        if (row.method != "GET" && row.method != "HEAD") request.body = "body";
        request.on_data = [&](const HttpResponse& head, std::string_view part) {
            CHECK(head.redirects == 1);
            parts += part;
        };
        const Told told = site.send(client, std::move(request));
        REQUIRE(told.response);
        CHECK(told.response->status == 200);
        CHECK(told.response->url == site.url("/c?d"));
        CHECK(told.response->redirects == 1);
        CHECK(parts == (row.becomes == "HEAD" ? "" : "!"));
        REQUIRE(site.asked.size() == 2);
        CHECK(site.asked[1].method == row.becomes);
        CHECK(site.asked[1].target == "/c?d");
        CHECK(has(site.asked[1], "X-Own: 1"));
        const bool keeps_body = row.becomes == row.method && row.method != "GET" && row.method != "HEAD";
        CHECK(site.asked[1].text.ends_with("\r\n\r\nbody") == keeps_body);
        CHECK(has(site.asked[1], "Content-Type: text/plain") == keeps_body);
        CHECK(site.accepted == 1);
    }
}

TEST_CASE("secrets stay with their origin") {
    Site site;
    site.network.add_host("other.example", {net::Endpoint::loopback(0)});
    HttpClient client(site.loop);
    const auto second_after = [&](const std::string& location) {
        site.asked.clear();
        site.answer = [&](const Asked& asked) { return asked.target == "/1" ? redirect(302, location) : ok(""); };
        const Told told =
            site.send(client, {.url = site.url("/1", "al:ice@"),
                               .headers = {{"cookie", "sid=1"}, {"Proxy-Authorization", "x"}, {"X", "1"}}});
        REQUIRE(told.response);
        CHECK(has(site.asked.at(0), "Authorization: Basic YWw6aWNl"));
        return site.asked.at(1);
    };
    const Asked same = second_after("/2");
    CHECK(has(same, "Authorization: Basic YWw6aWNl"));
    CHECK(has(same, "cookie: sid=1"));
    const std::string port = site.authority().substr(site.authority().find(':'));
    const Asked other = second_after("http://other.example" + port + "/2");
    CHECK_FALSE(has(other, "Authorization"));
    CHECK_FALSE(has(other, "cookie"));
    CHECK(has(other, "X: 1"));
    CHECK(has(other, "Host: other.example" + port));
    const Asked own = second_after("http://bob@other.example" + port + "/2");
    CHECK(has(own, "Authorization: Basic Ym9iOg=="));
}

TEST_CASE("as many redirects are followed as the limit, and without one they are answers") {
    Site site;
    int hops = 0;
    site.answer = [&](const Asked&) { return hops-- > 0 ? redirect(302, "/next") : ok("there"); };
    HttpClient client(site.loop, {.redirects_max = 3});
    for (const int times : {2, 3, 4}) {
        hops = times;
        const Told told = site.send(client, {.url = site.url("/")});
        CHECK(told.response.has_value() == (times <= 3));
        if (told.error) {
            CHECK(told.error->code == ErrorCode::limit_exceeded);
            CHECK(told.error->message.ends_with("(redirects_max)."));
        }
    }
    hops = 1;
    HttpClient plain(site.loop, {.redirects_max = 0});
    const Told told = site.send(plain, {.url = site.url("/")});
    CHECK(told.response.value().status == 302);
    CHECK(told.response->body == "away");
}

TEST_CASE("a redirect that leads nowhere is an error, and one without a place an answer") {
    Site site;
    HttpClient client(site.loop);
    for (const std::string location : {"ftp://h/", "ws://h/", "//", "/a b", "http://h:0/", "javascript:x"}) {
        CAPTURE(location);
        site.answer = [&](const Asked&) { return redirect(302, location); };
        const Told told = site.send(client, {.url = site.url("/")});
        REQUIRE(told.error);
        CHECK(told.error->code == ErrorCode::invalid_input);
    }
    site.answer = [](const Asked&) { return "HTTP/1.1 302 x\r\nContent-Length: 0\r\n\r\n"; };
    CHECK(site.send(client, {.url = site.url("/")}).response.value().status == 302);
    for (const int status : {300, 304, 305, 306, 399}) {
        site.answer = [&](const Asked&) {
            return "HTTP/1.1 " + std::to_string(status) + " x\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n";
        };
        CHECK(site.send(client, {.url = site.url("/")}).response.value().status == status);
    }
}

}  // namespace parley::client::test
