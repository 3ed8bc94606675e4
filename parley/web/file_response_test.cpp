// SPDX-License-Identifier: MIT
#include "parley/web/file_response.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "tests/support/file_site.hpp"

namespace parley::web {

using test::Answer;
using test::FileSite;

TEST_CASE("a large file is read as the peer takes it") {
    FileSite site({.cut = true, .delay = true});
    std::string content(5'000'000, '\0');
    for (std::size_t i = 0; i < content.size(); ++i)
        content[i] = static_cast<char>('a' + i / 7'777 % 26);
    site.directory.write("large", content);
    site.app.serve_static(site.directory.path());
    CHECK(site.request("GET", "/large").body == content);
    CHECK(site.request("GET", "/large", "Range: bytes=1000000-3999999\r\n").body ==
          content.substr(1'000'000, 3'000'000));
}

TEST_CASE("a file that shrinks while it is sent ends the connection, and nothing foreign is sent") {
    FileSite site;
    const std::string content(2'000'000, 'x');
    site.directory.write("large", content);
    site.app.serve_static(site.directory.path());
    net::SimulatedPeer& peer = site.network.connect(80);
    peer.stop_reading();
    peer.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    std::filesystem::resize_file(site.path_of("large"), 1'000);
    peer.resume_reading();
    site.network.run_until_idle();
    const Answer answer = Answer(peer.received());
    CHECK(answer.header("Content-Length") == "2000000");
    CHECK(answer.body.size() < content.size());
    CHECK(answer.body == content.substr(0, answer.body.size()));
    CHECK(peer.is_closed());
}

TEST_CASE("a file that is removed or grows while it is sent arrives as it was") {
    FileSite site;
    const std::string content(2'000'000, 'x');
    site.directory.write("large", content);
    site.app.serve_static(site.directory.path());
    net::SimulatedPeer& peer = site.network.connect(80);
    peer.stop_reading();
    peer.send("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    site.network.run_until_idle();
    SUBCASE("removed") {
        std::filesystem::remove(site.path_of("large"));
    }
    SUBCASE("grown") {
        std::filesystem::resize_file(site.path_of("large"), 3'000'000);
    }
    SUBCASE("replaced") {
        site.directory.write("new", "something else");
        std::filesystem::rename(site.path_of("new"), site.path_of("large"));
    }
    peer.resume_reading();
    site.network.run_until_idle();
    CHECK(Answer(peer.received()).body == content);
}

TEST_CASE("a client that leaves in the middle of a file harms nobody") {
    FileSite site;
    site.directory.write("large", std::string(2'000'000, 'x'));
    site.directory.write("small", "small");
    site.app.serve_static(site.directory.path());
    net::SimulatedPeer& peer = site.network.connect(80);
    peer.stop_reading();
    peer.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_until_idle();
    peer.reset();
    site.network.run_until_idle();
    CHECK(site.request("GET", "/small").body == "small");
}

TEST_CASE("a handler sends a file by its path") {
    FileSite site;
    const std::string root = site.directory.path();
    Application& app = site.app;
    app.get("/page", [root](Response response) { response.send_file(root + "/page.html"); });
    app.get("/typed", [root](Response response) {
        response.send_file(root + "/page.html", {.content_type = "text/plain", .cache_control = "no-store"});
    });
    app.get("/own", [root](Response response) {
        response.set("Content-Type", "text/x-own").set("Cache-Control", "private").send_file(root + "/page.html");
    });
    app.get("/packed",
            [root](Response response) { response.set("Content-Encoding", "gzip").send_file(root + "/missing"); });
    app.get("/missing", [root](Response response) { response.send_file(root + "/missing"); });
    app.get("/directory", [root](Response response) { response.send_file(root); });
    app.get("/device", [](Response response) { response.send_file("/dev/zero"); });
    app.get("/twice", [root](Response response) {
        response.send_file(root + "/page.html");
        CHECK_FALSE(response.is_open());
        response.send_file(root + "/data");
    });
    app.use([root](Request&, Response response, Next) { response.status(404).send_file(root + "/page.html"); });

    const Answer page = site.request("GET", "/page");
    CHECK(page.status == 200);
    CHECK(page.body == "<page>");
    CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.header("Cache-Control") == "public, max-age=0");
    CHECK(site.request("GET", "/page", "If-None-Match: " + std::string(FileSite::page_etag) + "\r\n").status == 304);
    CHECK(site.request("GET", "/page", "Range: bytes=1-4\r\n").body == "page");
    CHECK(site.request("HEAD", "/page").header("Content-Length") == "6");
    CHECK(site.request("GET", "/typed").header("Content-Type") == "text/plain");
    CHECK(site.request("GET", "/typed").header("Cache-Control") == "no-store");
    CHECK(site.request("GET", "/own").header("Content-Type") == "text/x-own");
    CHECK(site.request("GET", "/own").header("Cache-Control") == "private");
    CHECK(site.request("GET", "/missing").status == 404);
    CHECK(site.request("GET", "/packed").status == 404);
    CHECK(site.request("GET", "/packed").header("Content-Encoding") == "");
    CHECK(site.request("GET", "/directory").status == 404);
    CHECK(site.request("GET", "/device").status == 404);
    CHECK(site.request("GET", "/twice").body == "<page>");
    // The page of a 404 is no success that a condition or a range could be about.
    const Answer nothing = site.request(
        "GET", "/nothing", "Range: bytes=0-1\r\nIf-None-Match: " + std::string(FileSite::page_etag) + "\r\n");
    CHECK(nothing.status == 404);
    CHECK(nothing.body == "<page>");
}

}  // namespace parley::web
