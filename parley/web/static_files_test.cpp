// SPDX-License-Identifier: MIT
#include "parley/web/static_files.hpp"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <string>

#include "tests/support/file_site.hpp"

namespace parley::web {

using test::Answer;
using test::FileSite;

TEST_CASE("a file is sent with its type, its length and what it can be recognised by") {
    FileSite site;
    site.app.serve_static(site.directory.path());
    const Answer page = site.request("GET", "/page.html");
    CHECK(page.status == 200);
    CHECK(page.body == "<page>");
    CHECK(page.header("Content-Type") == "text/html; charset=utf-8");
    CHECK(page.header("Content-Length") == "6");
    CHECK(page.header("ETag") == FileSite::page_etag);
    CHECK(page.header("Last-Modified") == FileSite::page_date);
    CHECK(page.header("Cache-Control") == "public, max-age=0");
    CHECK(page.header("Accept-Ranges") == "bytes");
    CHECK(page.header("X-Content-Type-Options") == "nosniff");

    CHECK(site.request("GET", "/js/chat.js").header("Content-Type") == "text/javascript; charset=utf-8");
    CHECK(site.request("GET", "/js/chat.js?v=../../x").body == "chat();");
    CHECK(site.request("GET", "/data").header("Content-Type") == "application/octet-stream");
    CHECK(site.request("GET", "/with%20space.txt").body == "space");
    CHECK(site.request("GET", "/gr%C3%BC%c3%9f.txt").body == "umlaut");
    CHECK(site.request("GET", "http://a/page.html").body == "<page>");
    const Answer empty = site.request("GET", "/empty.txt");
    CHECK(empty.status == 200);
    CHECK(empty.header("Content-Length") == "0");
}

TEST_CASE("HEAD is answered as GET, without the body") {
    FileSite site;
    site.app.serve_static(site.directory.path());
    const Answer head = site.request("HEAD", "/page.html");
    const Answer get = site.request("GET", "/page.html");
    CHECK(head.status == 200);
    CHECK(head.head == get.head);
    CHECK(head.body.empty());
    CHECK(site.request("HEAD", "/page.html", "Range: bytes=0-1\r\n").status == 200);
    CHECK(site.request("HEAD", "/missing").status == 404);
}

TEST_CASE("other methods go on to the next handler") {
    FileSite site;
    site.app.serve_static(site.directory.path());
    site.app.post("/page.html", [](Response response) { response.send("posted"); });
    CHECK(site.request("POST", "/page.html").body == "posted");
    CHECK(site.request("PUT", "/page.html").status == 404);
}

TEST_CASE("a directory is its index, under the path with the slash") {
    FileSite site;
    site.app.serve_static(site.directory.path());
    CHECK(site.request("GET", "/").body == "<index>");
    CHECK(site.request("GET", "/sub/").body == "<sub index>");
    CHECK(site.request("GET", "/sub/").header("Content-Type") == "text/html; charset=utf-8");
    const Answer redirect = site.request("GET", "/sub");
    CHECK(redirect.status == 301);
    CHECK(redirect.header("Location") == "/sub/");
    CHECK(site.request("GET", "/sub?a=1&b").header("Location") == "/sub/?a=1&b");
    CHECK(site.request("HEAD", "/sub").header("Location") == "/sub/");
    CHECK(site.request("GET", "/%73ub").header("Location") == "/%73ub/");
    CHECK(site.request("GET", "/no-index").header("Location") == "/no-index/");
    CHECK(site.request("GET", "/no-index/").status == 404);
    CHECK(site.request("GET", "/page.html/").status == 404);
    CHECK(site.request("GET", "//sub").status == 404);
    CHECK(site.request("GET", "/sub//").status == 404);
}

TEST_CASE("the prefix itself is redirected to what is beneath it") {
    FileSite site;
    site.app.serve_static("/files", site.directory.path());
    site.app.post("/files", [](Response response) { response.send("posted"); });
    CHECK(site.request("GET", "/files").status == 301);
    CHECK(site.request("GET", "/files").header("Location") == "/files/");
    CHECK(site.request("GET", "/files?a=//b").header("Location") == "/files/?a=//b");
    CHECK(site.request("GET", "/files/sub").header("Location") == "/files/sub/");
    CHECK(site.request("POST", "/files").body == "posted");
}

TEST_CASE("no redirect leaves the server") {
    FileSite site;
    std::filesystem::create_directory(site.path_of("evil.example"));
    site.app.serve_static(site.directory.path());
    site.app.serve_static("/evil.example", site.directory.path());
    for (const char* path : {"//evil.example", "//evil.example/..", "/%2fevil.example", "/%5cevil.example",
                             "/./evil.example", "//sub", "/sub/..//evil.example"}) {
        CAPTURE(path);
        CHECK(site.request("GET", path).status == 404);
    }
}

TEST_CASE("the options say what a directory is, how long to cache, and what to hide") {
    FileSite site;
    site.directory.write("start.txt", "start");
    std::filesystem::create_symlink("page.html", site.path_of("link.html"));
    site.app.serve_static("/plain", site.directory.path());
    site.app.serve_static("/other", site.directory.path(),
                          {.index = "start.txt",
                           .cache_control = "public, max-age=31536000, immutable",
                           .follow_symlinks = true,
                           .serve_dotfiles = true});
    site.app.serve_static("/none", site.directory.path(), {.index = "", .cache_control = ""});
    CHECK(site.request("GET", "/plain/").body == "<index>");
    CHECK(site.request("GET", "/plain/link.html").status == 404);
    CHECK(site.request("GET", "/plain/.env").status == 404);
    CHECK(site.request("GET", "/plain/.git/config").status == 404);
    CHECK(site.request("GET", "/other/").body == "start");
    CHECK(site.request("GET", "/other/").header("Cache-Control") == "public, max-age=31536000, immutable");
    CHECK(site.request("GET", "/other/link.html").body == "<page>");
    CHECK(site.request("GET", "/other/.env").body == "SECRET");
    CHECK(site.request("GET", "/other/.git/config").body == "SECRET");
    CHECK(site.request("GET", "/other/../page.html").status == 404);
    CHECK(site.request("GET", "/none/").status == 404);
    CHECK(site.request("GET", "/none/sub").status == 404);
    CHECK(site.request("GET", "/none/page.html").status == 200);
}

TEST_CASE("there is no way out of the directory") {
    FileSite site;
    parley::test::TemporaryDirectory outside;
    outside.write("secret", "SECRET");
    std::filesystem::create_symlink(outside.path() + "/secret", site.path_of("out"));
    std::filesystem::create_symlink(outside.path(), site.path_of("out-directory"));
    std::filesystem::create_symlink("loop", site.path_of("loop"));
    std::filesystem::create_symlink("/", site.path_of("root"));
    REQUIRE(::mkfifo((site.path_of("fifo")).c_str(), 0600) == 0);
    site.directory.write("new\nline", "SECRET");
    site.directory.write("back\\slash", "SECRET");
    site.app.serve_static(site.directory.path());
    site.app.serve_static("/static", site.directory.path());
    for (const std::string prefix : {"", "/static"}) {
        for (const std::string path : {
                 "/../etc/passwd",
                 "/a/../../x",
                 "/..",
                 "/../",
                 "/.",
                 "/./page.html",
                 "/sub/../page.html",
                 "/.%2e/",
                 "/.%2e/etc/passwd",
                 "/%2e%2e/etc/passwd",
                 "/%2E%2e/etc/passwd",
                 "/%2e%2e%2f",
                 "/%2e%2e%2fetc%2fpasswd",
                 "/%252e%252e/etc/passwd",
                 "/%252e%252e%252fetc%252fpasswd",
                 "/..%5c",
                 "/..%5c..%5cetc%5cpasswd",
                 "/sub%5cindex.html",
                 "/back%5cslash",
                 "/%c0%ae%c0%ae/etc/passwd",
                 "/%c0%ae%c0%ae%c0%afetc",
                 "/%e0%80%ae%e0%80%ae/x",
                 "/%uff0e%uff0e/x",
                 "/..;/page.html",
                 "/..;/..;/etc/passwd",
                 "/sub;/index.html",
                 "/page.html.",
                 "/page.html%20",
                 "/page.html%2f",
                 "/sub%2findex.html",
                 "//page.html",
                 "///etc/passwd",
                 "//etc/passwd",
                 "/sub//index.html",
                 "/%2fetc/passwd",
                 "/%2e/page.html",
                 "/...",
                 "/out",
                 "/out-directory",
                 "/out-directory/",
                 "/out-directory/secret",
                 "/loop",
                 "/root/etc/passwd",
                 "/fifo",
                 "/no-index/",
                 "/missing",
                 "/page.html/x",
                 "/.env",
                 "/%2eenv",
                 "/.git/config",
                 "/sub/.hidden",
             }) {
            CAPTURE(prefix);
            CAPTURE(path);
            const Answer answer = site.request("GET", prefix + path);
            // "%u" is no escape, and never becomes a request.
            CHECK(answer.status == (path.find("%u") == std::string::npos ? 404 : 400));
            CHECK(answer.body.find("SECRET") == std::string::npos);
            CHECK(answer.body.find("root:") == std::string::npos);
        }
        for (const std::string path :
             {"/page.html%00", "/%00", "/a%00.html", "/new%0aline", "/%0d%0aX", "/%7f", "/%1f"}) {
            CAPTURE(path);
            CHECK(site.request("GET", prefix + path).status == 400);
        }
    }
    CHECK(site.request("GET", "/" + std::string(6'000, 'a')).status == 404);
    CHECK(site.request("GET", "/page.html?../../etc/passwd").body == "<page>");
}

TEST_CASE("a copy that is fresh is not sent again") {
    FileSite site;
    site.app.serve_static(site.directory.path());
    const auto status = [&](std::string_view lines) { return site.request("GET", "/page.html", lines).status; };
    const auto line = [](std::string_view name, std::string_view value) {
        return std::string(name) + ": " + std::string(value) + "\r\n";
    };
    const Answer fresh = site.request("GET", "/page.html", line("If-None-Match", FileSite::page_etag));
    CHECK(fresh.status == 304);
    CHECK(fresh.body.empty());
    CHECK(fresh.header("ETag") == FileSite::page_etag);
    CHECK(fresh.header("Cache-Control") == "public, max-age=0");
    CHECK(fresh.header("Last-Modified") == FileSite::page_date);
    CHECK(fresh.header("Content-Length").empty());
    CHECK(status(line("If-None-Match", "W/" + std::string(FileSite::page_etag))) == 304);
    CHECK(status(line("If-None-Match", "*")) == 304);
    CHECK(status(line("If-None-Match", "\"other\"")) == 200);
    CHECK(status(line("If-Modified-Since", FileSite::page_date)) == 304);
    CHECK(status(line("If-Modified-Since", "Tue, 29 Feb 2000 12:34:55 GMT")) == 200);
    CHECK(status(line("If-Modified-Since", "bad date")) == 200);
    CHECK(status(line("If-Match", "\"other\"")) == 412);
    CHECK(status(line("If-Match", FileSite::page_etag)) == 200);
    CHECK(status(line("If-None-Match", FileSite::page_etag) + "Range: bytes=0-1\r\n") == 304);

    SUBCASE("another size or another time is another state") {
        site.directory.write("page.html", "<pagf>");
        CHECK(status(line("If-None-Match", FileSite::page_etag)) == 200);
    }
}

TEST_CASE("a part of a file can be asked for") {
    FileSite site;
    site.app.serve_static(site.directory.path());
    const auto range = [&](std::string_view value, std::string_view more = "") {
        return site.request("GET", "/data", "Range: " + std::string(value) + "\r\n" + std::string(more));
    };
    const Answer part = range("bytes=2-4");
    CHECK(part.status == 206);
    CHECK(part.body == "234");
    CHECK(part.header("Content-Range") == "bytes 2-4/10");
    CHECK(part.header("Content-Length") == "3");
    CHECK_FALSE(part.header("ETag").empty());
    CHECK(range("bytes=-3").body == "789");
    CHECK(range("bytes=7-").body == "789");
    CHECK(range("bytes=0-0").body == "0");
    CHECK(range("bytes=5-500").header("Content-Range") == "bytes 5-9/10");
    const Answer beyond = range("bytes=10-");
    CHECK(beyond.status == 416);
    CHECK(beyond.header("Content-Range") == "bytes */10");
    CHECK(beyond.header("Content-Length") == "0");
    CHECK(range("bytes=0-1,3-4").status == 200);
    CHECK(range("bytes=nonsense").body == "0123456789");
    CHECK(range("bytes=-9223372036854775000,-1").status == 200);
    CHECK(range("bytes=0-1\r\nRange: bytes=3-4").status == 200);
    CHECK(range("bytes=2-4", "If-Range: " + part.header("ETag") + "\r\n").status == 206);
    CHECK(range("bytes=2-4", "If-Range: \"other\"\r\n").status == 200);
    CHECK(range("bytes=2-4", "If-Range: " + part.header("Last-Modified") + "\r\n").status == 206);
    CHECK(site.request("GET", "/empty.txt", "Range: bytes=0-0\r\n").status == 416);
}

TEST_CASE("a directory that does not exist cannot be served, and the sentence says which") {
    FileSite site;
    bool thrown = false;
    try {
        site.app.serve_static(site.path_of("public"));
    } catch (const SetupError& error) {
        thrown = true;
        CHECK(std::string(error.what()).find("/public'") != std::string::npos);
    }
    CHECK(thrown);
}

}  // namespace parley::web
