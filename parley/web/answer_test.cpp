// SPDX-License-Identifier: MIT
//
// What programs ask of an answer, from the status to the error page.
#include <doctest/doctest.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "parley/web/location.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

TEST_CASE("send_status and failures keep the headers that were set, but for those of a body") {
    Site site;
    site.app.use([](Request&, Response response, Next next) {
        response.set("X-By", "middleware").type("png");
        next();
    });
    site.app.get("/status", [](Response response) { response.send_status(403); });
    site.app.get("/throw", [](Response) { throw std::runtime_error("ouch"); });
    site.app.get("/forget", [](Response) {});
    const std::string answer = site.get("/status");
    CHECK(status_of(answer) == 403);
    CHECK(has_line(answer, "X-By: middleware"));
    CHECK(has_line(answer, "Content-Type: text/plain; charset=utf-8"));
    CHECK(body_of(answer) == "Forbidden");
    for (const char* path : {"/throw", "/forget"}) {
        const std::string failed = site.get(path);
        CHECK(status_of(failed) == 500);
        CHECK(has_line(failed, "X-By: middleware"));
        CHECK(has_line(failed, "Content-Type: text/plain; charset=utf-8"));
    }
    const std::string missing = site.get("/missing");
    CHECK(status_of(missing) == 404);
    CHECK(has_line(missing, "X-By: middleware"));
}

TEST_CASE("a header that was set may be sent, too") {
    Site site;
    const std::string value(200, 'v');
    site.app.get("/text", [&](Response response) {
        response.set("X-A", value);
        response.send(response.header("X-A"));
    });
    site.app.get("/twice", [&](Response response) {
        response.set("X-A", value);
        response.append("X-B", response.header("X-A")).send("");
    });
    CHECK(body_of(site.get("/text")) == value);
    CHECK(has_line(site.get("/twice"), "X-B: " + value));
}

TEST_CASE("a status that cannot be sent is 500 and reported") {
    Site site;
    site.app.get("/99", [](Response response) { response.status(99).send("x"); });
    site.app.get("/999", [](Response response) { response.send_status(999); });
    site.app.get("/101", [](Response response) { response.status(101).end(); });
    CHECK(status_of(site.get("/99")) == 500);
    CHECK(body_of(site.get("/999")) == "Internal Server Error");
    CHECK(status_of(site.get("/101")) == 500);
    REQUIRE(site.failures.size() == 3);
    CHECK(site.failures[1] == "GET /999: the status 999 cannot be sent; it became 500");
}

TEST_CASE("a location is encoded where it must be, and only there") {
    CHECK(encode_location("/plain?a=b&c=d#e") == "/plain?a=b&c=d#e");
    CHECK(encode_location("/\xC3\xA9 b\"<>") == "/%C3%A9%20b%22%3C%3E");
    CHECK(encode_location("/%C3%A9%20") == "/%C3%A9%20");
    CHECK(encode_location("/100%") == "/100%25");
    CHECK(encode_location("/%zz%4") == "/%25zz%254");
    CHECK(encode_location("/a\r\nX: y") == "/a%0D%0AX:%20y");
    CHECK(encode_location("http://[::1]:80/a|b~'()*!") == "http://[::1]:80/a|b~'()*!");
    Site site;
    site.app.get("/", [](Response response) { response.redirect("/\xC3\xA9"); });
    CHECK(has_line(site.get("/"), "Location: /%C3%A9"));
}

TEST_CASE("a file of the program that is missing is 404 and reported with the whole path") {
    Site site;
    site.app.get("/", [](Response response) { response.send_file("nowhere/page.html"); });
    site.app.get("/directory", [](Response response) { response.send_file("/"); });
    CHECK(status_of(site.get("/")) == 404);
    CHECK(status_of(site.get("/directory")) == 404);
    REQUIRE(site.failures.size() == 2);
    const std::string path = (std::filesystem::current_path() / "nowhere/page.html").string();
    CHECK(site.failures[0] == "GET /: send_file: '" + path + "' is not there, or no file to be read");
    CHECK(site.failures[1] == "GET /directory: send_file: '/' is a directory");
}

TEST_CASE("cookies come and go") {
    Site site;
    site.app.get("/set", [](Response response) {
        response.cookie({.name = "a", .value = "1 2", .http_only = true}).cookie({.name = "b", .path = "/x"});
        response.cookie("c", "3").cookie({.name = "not a name"}).end();
    });
    site.app.get("/get", [](Request& request, Response response) {
        response.send(request.cookie("a") + "|" + request.cookie("b") + "|" + request.cookie("none"));
    });
    const std::string answer = site.get("/set");
    CHECK(has_line(answer, "Set-Cookie: a=1%202; Path=/; HttpOnly"));
    CHECK(has_line(answer, "Set-Cookie: b=; Path=/x"));
    CHECK(has_line(answer, "Set-Cookie: c=3; Path=/"));
    CHECK(count(answer, "Set-Cookie") == 3);
    CHECK(site.failures.size() == 1);
    CHECK(body_of(site.ask("GET /get HTTP/1.1\r\nHost: a\r\nCookie: b=%zz; a=1%202; a=3\r\n\r\n")) == "1 2|%zz|");
}

TEST_CASE("the fields of a form and of a query are read alike") {
    Site site;
    site.app.post("/", [](Request& request, Response response) {
        std::string words(request.form("name"));
        words += request.has_form("empty") ? "|yes|" : "|no|";
        for (const auto& [key, value] : request.form())
            words += key + "=" + value + ";";
        for (const auto& [key, value] : request.query())
            words += key + "=" + value + ";";
        response.send(words);
    });
    const auto post = [&](const std::string& type, const std::string& body) {
        return std::string(body_of(site.ask("POST /?q=1 HTTP/1.1\r\nHost: a\r\nContent-Type: " + type +
                                            "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body)));
    };
    CHECK(post("application/x-www-form-urlencoded; charset=UTF-8", "name=a+b%21&empty=") ==
          "a b!|yes|name=a b!;empty=;q=1;");
    CHECK(post("text/plain", "name=a") == "|no|q=1;");
}

TEST_CASE("send takes JSON, too") {
    Site site;
    site.app.get("/", [](Response response) { response.send(Json::object({{"a", 1}})); });
    site.app.get("/text", [](Response response) { response.send("text"); });
    const std::string answer = site.get("/");
    CHECK(has_line(answer, "Content-Type: application/json; charset=utf-8"));
    CHECK(body_of(answer) == R"({"a":1})");
    CHECK(has_line(site.get("/text"), "Content-Type: text/html; charset=utf-8"));
}

TEST_CASE("use takes several middlewares, with and without a path") {
    Site site;
    std::string order;
    const auto add = [&](char c) {
        return [&order, c](Request&, Response, Next& next) {
            order += c;
            next();
        };
    };
    site.app.use(add('a'), add('b'));
    site.app.use("/x", add('c'), add('d'));
    site.app.get(
        "/x", [](Request&, Response&, const Next& next) { next(); }, [](Response response) { response.end(); });
    CHECK(status_of(site.get("/x")) == 200);
    CHECK(order == "abcd");
}

TEST_CASE("an error handler answers for handlers that fail, beneath its path") {
    Site site;
    site.app.use("/api", [](const HandlerFailure& failure, Request& request, Response response) {
        response.json(Json::object({{"error", failure.message}, {"path", request.path()}}));
    });
    site.app.use([](const HandlerFailure& failure, Request&, Response& response) {
        response.status(503).send("<h1>" + std::string(failure.message) + "</h1>");
    });
    site.app.get("/api/throw", [](Response response) {
        response.set("X-Half", "done");
        throw std::runtime_error("ouch");
    });
    site.app.get("/forget", [](Response) {});
    site.app.get("/sent", [](Response response) {
        response.send("sent");
        throw std::runtime_error("late");
    });
    const std::string answer = site.get("/api/throw");
    CHECK(status_of(answer) == 500);
    CHECK(body_of(answer) == R"({"error":"ouch","path":"/api/throw"})");
    CHECK(has_line(answer, "X-Half: done"));
    CHECK(has_line(answer, "Content-Type: application/json; charset=utf-8"));
    CHECK(status_of(site.get("/forget")) == 503);
    CHECK(body_of(site.get("/forget")) == "<h1>no answer was sent, and no copy of the Response is left</h1>");
    CHECK(body_of(site.get("/sent")) == "sent");
    CHECK(body_of(site.get("/missing")) == "<h1>Not Found</h1>");
    CHECK(site.failures.size() == 4);
}

TEST_CASE("an error handler that fails, or does nothing, leaves the plain 500") {
    Site site;
    site.app.use("/throws", [](const HandlerFailure&, Request&, Response response) {
        response.type("png");
        throw std::runtime_error("worse");
    });
    site.app.use("/silent", [](const HandlerFailure&, Request&, Response) {});
    site.app.use([](Request& request, Response, Next) {
        if (request.has_query("throw")) throw std::runtime_error("bad");
    });
    for (const char* path : {"/throws", "/throws?throw", "/silent", "/silent?throw"}) {
        const std::string answer = site.get(path);
        CHECK(status_of(answer) == 500);
        CHECK(body_of(answer) == "Internal Server Error");
        CHECK(has_line(answer, "Content-Type: text/plain; charset=utf-8"));
    }
}

TEST_CASE("an error handler may answer later") {
    Site site;
    std::vector<Response> kept;
    site.app.use([&](const HandlerFailure&, Request&, Response response) { kept.push_back(response); });
    site.app.get("/forget", [](Response) {});
    site.app.get("/throw", [](Response) { throw std::runtime_error("ouch"); });
    for (const char* path : {"/forget", "/throw"}) {
        net::SimulatedPeer& peer = site.connect();
        const std::string request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n\r\n";
        peer.send(request + request);
        site.network.run_until_idle();
        CHECK(peer.received() == "");
        REQUIRE(kept.size() == 1);
        kept.front().send("later");
        kept.clear();
        site.network.run_until_idle();
        CHECK(count(peer.received(), "later") == 1);
        REQUIRE(kept.size() == 1);
        kept.clear();  // forgotten again: the plain one
        site.network.run_until_idle();
        CHECK(peer.received().ends_with("\r\n\r\nInternal Server Error"));
    }
}

TEST_CASE("run inside a handler is refused") {
    Site site;
    site.app.get("/", [&](Response) { site.app.run(); });
    CHECK(status_of(site.get("/")) == 500);
    REQUIRE(site.failures.size() == 1);
    CHECK(site.failures[0].find("The application already runs") != std::string::npos);
}

TEST_CASE("patterns of Express that are none here are refused with a sentence") {
    Site site;
    for (const char* pattern : {"/opt/:id?", "/json/:id.json", "/star*x"})
        CHECK_THROWS_AS(site.app.get(pattern, [](Response) {}), SetupError);
}

}  // namespace
}  // namespace parley::web::test
