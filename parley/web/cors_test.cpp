// SPDX-License-Identifier: MIT
#include "parley/web/cors.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/web/http_error.hpp"
#include "parley/web/router.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

std::string from(std::string_view origin, std::string_view method, std::string_view target,
                 std::string_view headers = {}) {
    return std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: a\r\nOrigin: " + std::string(origin) +
           "\r\n" + std::string(headers) + "\r\n";
}

constexpr std::string_view page = "https://page.example";

TEST_CASE("without options every page may read every answer, and a preflight is answered for a route that has none") {
    Site site;
    site.app.use(cors());
    site.app.put("/things/:id", [](Response response) { response.send("put"); });
    const std::string answer = site.ask(from(page, "PUT", "/things/7"));
    CHECK(body_of(answer) == "put");
    CHECK(has_line(answer, "Access-Control-Allow-Origin: *"));
    CHECK(count(answer, "Vary") == 0);
    const std::string preflight =
        site.ask(from(page, "OPTIONS", "/things/7",
                      "Access-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-token\r\n"));
    CHECK(status_of(preflight) == 204);
    CHECK(body_of(preflight).empty());
    CHECK(has_line(preflight, "Access-Control-Allow-Origin: *"));
    CHECK(has_line(preflight, "Access-Control-Allow-Methods: GET,HEAD,PUT,PATCH,POST,DELETE"));
    CHECK(has_line(preflight, "Access-Control-Allow-Headers: x-token"));
    CHECK(has_line(preflight, "Vary: Access-Control-Request-Headers"));
}

TEST_CASE("a path, a router and a route have rules of their own") {
    Site site;
    site.app.use("/api", cors({.origin = {"HTTPS://Page.example:443", "https://b.example"},
                               .credentials = true,
                               .methods = {"GET"},
                               .allowed_headers = {"X-Token"},
                               .exposed_headers = {"X-Total"},
                               .max_age = 600s}));
    site.app.get("/api/list", [](Response response) { response.append("Vary", "Accept").send("list"); });
    Router router;
    router.use(cors({.origin = Origins::reflected(), .credentials = true}));
    router.get("/", [](Response response) { response.send("routed"); });
    site.app.use("/router", router);
    const CorsOptions one{.origin = "https://b.example"};
    site.app.options("/route", cors(one));
    site.app.get("/route", cors(one), [](Response response) { response.send("route"); });
    site.app.get("/plain", [](Response response) { response.send("plain"); });

    const std::string listed = site.ask(from(page, "GET", "/api/list"));
    CHECK(has_line(listed, "Access-Control-Allow-Origin: https://page.example"));
    CHECK(has_line(listed, "Access-Control-Allow-Credentials: true"));
    CHECK(has_line(listed, "Access-Control-Expose-Headers: X-Total"));
    CHECK(has_line(listed, "Vary: Origin"));
    CHECK(has_line(listed, "Vary: Accept"));
    const std::string foreign = site.ask(from("https://c.example", "GET", "/api/list"));
    CHECK(body_of(foreign) == "list");  // it is the browser that keeps it from its page
    CHECK(count(foreign, "Access-Control-Allow-Origin") == 0);
    CHECK(has_line(foreign, "Vary: Origin"));
    const std::string preflight = site.ask(from(page, "OPTIONS", "/api/none"));
    CHECK(status_of(preflight) == 204);
    CHECK(has_line(preflight, "Access-Control-Allow-Methods: GET"));
    CHECK(has_line(preflight, "Access-Control-Allow-Headers: X-Token"));
    CHECK(has_line(preflight, "Access-Control-Max-Age: 600"));

    const std::string reflected = site.ask(from("https://any.example", "GET", "/router"));
    CHECK(has_line(reflected, "Access-Control-Allow-Origin: https://any.example"));
    CHECK(has_line(reflected, "Access-Control-Allow-Credentials: true"));
    CHECK(status_of(site.ask(from(page, "OPTIONS", "/router"))) == 204);
    CHECK(has_line(site.ask(from(page, "GET", "/route")), "Access-Control-Allow-Origin: https://b.example"));
    CHECK(status_of(site.ask(from(page, "OPTIONS", "/route"))) == 204);
    const std::string plain = site.ask(from(page, "OPTIONS", "/plain"));
    CHECK(has_line(plain, "Allow: GET, HEAD"));
    CHECK(count(plain, "Access-Control") == 0);
}

TEST_CASE("a page can read why its request failed") {
    Site site({.body_bytes_max = 10});
    site.app.use(cors({.origin = std::string(page)}));
    site.app.get("/throw", [](Response) { throw HttpError(409, "taken"); });
    site.app.get("/lost", [](Response) {});
    site.app.post("/echo", [](Request& request, Response response) { response.send(request.body()); });
    struct Case {
        const char* method;
        const char* target;
        int status;
    };
    for (const auto& [method, target, status] : {Case{"GET", "/throw", 409}, Case{"GET", "/lost", 500},
                                                 Case{"GET", "/missing", 404}, Case{"GET", "/%01", 400}}) {
        CAPTURE(target);
        const std::string answer = site.ask(from(page, method, target));
        CHECK(status_of(answer) == status);
        CHECK(has_line(answer, "Access-Control-Allow-Origin: https://page.example"));
        CHECK(has_line(answer, "Vary: Origin"));
    }
    const std::string too_long = site.ask(from(page, "POST", "/echo", "Content-Length: 11\r\n"));
    CHECK(status_of(too_long) == 413);
    CHECK(has_line(too_long, "Access-Control-Allow-Origin: https://page.example"));
}

TEST_CASE("several origins in one request are none") {
    Site site;
    site.app.use(cors({.origin = Origins::reflected()}));
    site.app.get("/", [](Response response) { response.send("hello"); });
    const std::string answer = site.ask(from(page, "GET", "/", "Origin: https://b.example\r\n"));
    CHECK(body_of(answer) == "hello");
    CHECK(count(answer, "Access-Control-Allow-Origin") == 0);
}

TEST_CASE("options that browsers would refuse are refused when the middleware is made") {
    CHECK_THROWS_AS(static_cast<void>(cors({.origin = "page.example"})), SetupError);
    CHECK_THROWS_AS(static_cast<void>(cors({.credentials = true})), SetupError);
    CHECK_THROWS_AS(static_cast<void>(cors({.origin = "*", .credentials = true})), SetupError);
    CHECK_THROWS_AS(static_cast<void>(cors({.methods = {"GET POST"}})), SetupError);
}

}  // namespace
}  // namespace parley::web::test
