// SPDX-License-Identifier: MIT
#include "parley/web/router.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>
#include <string>

#include "parley/web/http_error.hpp"
#include "tests/support/file_site.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

Router users() {
    Router router;
    router.use([](Request&, Response response, Next next) {
        response.set("X-Users", "yes");
        next();
    });
    router.get("/", [](Response response) { response.send("all"); });
    router.get("/:id", [](Request& request, Response response) { response.send(request.parameter("id")); });
    router.post("/", [](Request& request, Response response) { response.send(request.path()); });
    return router;
}

TEST_CASE("a router answers under its prefix, and nowhere else") {
    Site site;
    Router api = users();
    site.app.use("/api/users", api);
    site.app.get("/", [](Response response) { response.send("home"); });
    CHECK(body_of(site.get("/api/users")) == "all");
    CHECK(body_of(site.get("/api/users/")) == "all");
    CHECK(body_of(site.get("/api/users/7")) == "7");
    CHECK(body_of(site.ask("POST /api/users?x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")) == "/api/users");
    CHECK(has_line(site.get("/api/users/7"), "X-Users: yes"));
    CHECK(status_of(site.get("/users")) == 404);
    CHECK(status_of(site.get("/api/usersx")) == 404);
    const std::string missing = site.get("/api/users/7/8");
    CHECK(status_of(missing) == 404);
    CHECK(has_line(missing, "X-Users: yes"));
    CHECK(count(site.get("/"), "X-Users") == 0);
    CHECK(has_line(site.ask("OPTIONS /api/users HTTP/1.1\r\nHost: a\r\n\r\n"), "Allow: GET, HEAD, POST"));
}

TEST_CASE("routers stand in routers, behind middlewares, at the root and under parameters") {
    Site site;
    Router version;
    version.use("/users", users());
    version.get("/where", [](Request& request, Response response) { response.send(request.parameter("tenant")); });
    version.all("*", [](Response response) { response.send("rest"); });
    std::string order;
    site.app.use(
        "/:tenant/v1",
        [&](Request&, Response, Next next) {
            order += "m";
            next();
        },
        version);
    site.app.use(users());
    CHECK(body_of(site.get("/acme/v1/users/7")) == "7");
    CHECK(body_of(site.get("/acme/v1/where")) == "acme");
    CHECK(body_of(site.get("/acme/v1/x/y")) == "rest");
    CHECK(order == "mmm");
    CHECK(body_of(site.get("/9")) == "9");
    CHECK(body_of(site.get("/")) == "all");
}

TEST_CASE("an error handler of a router answers beneath its prefix") {
    Site site;
    Router api;
    api.use([](const HandlerFailure& failure, Request&, Response response) {
        response.json(Json::object({{"status", failure.status}}));
    });
    api.get("/throw", [](Response) { throw HttpError(409); });
    site.app.use("/api", api);
    CHECK(body_of(site.get("/api/throw")) == R"({"status":409})");
    CHECK(body_of(site.get("/api/missing")) == R"({"status":404})");
    CHECK(body_of(site.get("/missing")) == "Not Found");
}

TEST_CASE("a router serves the files of a directory beneath its prefix") {
    FileSite files;
    Router router;
    router.serve_static("/files", files.directory.path());
    files.app.use("/api/v1", router);
    CHECK(files.request("GET", "/api/v1/files/page.html").body == "<page>");
    CHECK(files.request("GET", "/api/v1/files/").body == "<index>");
    CHECK(files.request("GET", "/api/v1/files?a").header("Location") == "/api/v1/files/?a");
    CHECK(files.request("GET", "/files/page.html").status == 404);
    CHECK_THROWS_AS(Router().serve_static("/nowhere/at/all"), SetupError);
}

TEST_CASE("a router is used once, and what comes later is refused with a sentence") {
    Site site;
    Router router = users();
    site.app.use("/a", router);
    const auto message = [](auto call) -> std::string {
        try {
            call();
        } catch (const SetupError& error) {
            return error.what();
        }
        return "";
    };
    CHECK(message([&] { site.app.use("/b", router); }).starts_with("use() of a Router comes too late"));
    CHECK(message([&] { router.get("/late", [](Response) {}); }).find("comes too late") != std::string::npos);
    CHECK(message([&] { router.use([](Request&, Response, Next) {}); }).find("comes too late") != std::string::npos);
    CHECK(message([&] { router.use([](const HandlerFailure&, Request&, Response) {}); }).find("comes too late") !=
          std::string::npos);
    CHECK(message([&] { router.use(users()); }).find("comes too late") != std::string::npos);
    Router own;
    CHECK(message([&] { own.use(own); }) == "A Router cannot be a part of itself.");
    // One that was moved from, or is assigned to, begins anew.
    Router moved = users();
    own = std::move(moved);
    router = Router();
    router.get("/again", [](Response response) { response.send("again"); });
    site.app.use("/c", own, router);
    CHECK(body_of(site.get("/c/7")) == "7");
    CHECK(body_of(site.get("/a/7")) == "7");
}

TEST_CASE("a router refuses what an application refuses, and stays as it was when its prefix cannot be") {
    Router router;
    CHECK_THROWS_AS(router.get("users", [](Response) {}), SetupError);
    CHECK_THROWS_AS(router.use("/a?b", [](Request&, Response, Next) {}), SetupError);
    CHECK_THROWS_AS(router.get("/", std::function<void(Request&, Response)>()), SetupError);
    CHECK_THROWS_AS(router.use(std::function<void(Request&, Response, Next)>()), SetupError);
    CHECK_THROWS_AS(router.use(std::function<void(const HandlerFailure&, Request&, Response)>()), SetupError);
    router.get("/:id", [](Request& request, Response response) { response.send(request.parameter("id")); });
    Site site;
    CHECK_THROWS_AS(site.app.use("no/slash", router), SetupError);
    CHECK_THROWS_AS(site.app.use("/wild/*card", router), SetupError);
    site.app.use("/tame", router);
    CHECK(body_of(site.get("/tame/7")) == "7");
}

}  // namespace
}  // namespace parley::web::test
