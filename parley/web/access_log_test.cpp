// SPDX-License-Identifier: MIT
#include "parley/web/access_log.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

#include <string>
#include <vector>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

using Lines = std::vector<std::string>;

AccessLogOptions into(Lines& lines, LogFormat format = LogFormat::combined) {
    return {.format = format, .write = [&lines](std::string_view line) { lines.emplace_back(line); }};
}

TEST_CASE("an access log has a line for each request that passes it") {
    Site site;
    Lines lines;
    site.app.get("/before", [](Response response) { response.send("x"); });
    site.app.use(access_log(into(lines)));
    site.app.get("/", [](Response response) { response.send("hello"); });
    site.app.get("/not-modified", [](Response response) { response.status(304).end(); });
    site.get("/before");
    site.ask(
        "GET /?q=1 HTTP/1.0\r\nHost: a\r\nUser-Agent: b \"c\"\r\nReferer: http://d/\r\n"
        "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n");
    site.get("/missing");
    site.get("/not-modified");
    REQUIRE(lines.size() == 3);
    const auto strip_date = [](const std::string& line) {
        return line.substr(0, line.find('[')) + line.substr(line.find(']') + 2);
    };
    CHECK(strip_date(lines[0]) == R"x(127.0.0.1 - Aladdin "GET /?q=1 HTTP/1.0" 200 5 "http://d/" "b \x22c\x22")x");
    CHECK(strip_date(lines[1]) == R"x(127.0.0.1 - - "GET /missing HTTP/1.1" 404 9 "-" "-")x");
    CHECK(strip_date(lines[2]) == R"x(127.0.0.1 - - "GET /not-modified HTTP/1.1" 304 - "-" "-")x");
}

TEST_CASE("an access log counts the time from the request to the end of its answer") {
    Site site;
    Lines lines;
    std::vector<Response> kept;
    site.app.use(access_log(into(lines, LogFormat::tiny)));
    site.app.get("/later", [&](Response response) {
        kept.push_back(response);
        site.app.after(1500ms, [&] {
            kept.front().send("later");
            kept.clear();
        });
    });
    site.app.get("/held", [&](Response response) { kept.push_back(response); });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_for(2s);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].starts_with("GET /later 200 5 - 15"));
    net::SimulatedPeer& gone = site.connect();
    gone.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    gone.reset();
    site.network.run_until_idle();
    REQUIRE(lines.size() == 2);
    CHECK(lines[1].starts_with("GET /held - - - "));
}

TEST_CASE("an access log whose function throws loses the line and nothing else") {
    Site site;
    site.app.use(access_log({.write = [](std::string_view) { throw std::runtime_error("full"); }}));
    site.app.get("/", [](Response response) { response.send("x"); });
    CHECK(body_of(site.get("/")) == "x");
    CHECK(site.failures == Lines{"on_finish: full"});
}

TEST_CASE("an access log of a format alone goes to the standard output") {
    Site site;
    site.app.use(access_log(LogFormat::dev));
    site.app.get("/", [](Response response) { response.send("x"); });
    CHECK(body_of(site.get("/")) == "x");
    CHECK(site.failures.empty());
}

}  // namespace
}  // namespace parley::web::test
