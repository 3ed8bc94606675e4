// SPDX-License-Identifier: MIT
#include "parley/http/log_line.hpp"

#include <doctest/doctest.h>

namespace parley::http {
namespace {

using namespace std::chrono_literals;

LogEntry apache() {
    return {.remote_address = "127.0.0.1",
            .remote_user = "frank",
            .method = "GET",
            .target = "/apache_pb.gif",
            .minor_version = 0,
            .status = 200,
            .body_bytes = 2326,
            .referrer = "http://www.example.com/start.html",
            .user_agent = "Mozilla/4.08 [en] (Win98; I ;Nav)",
            .received = std::chrono::sys_days(std::chrono::year(2000) / 10 / 10) + 20h + 55min + 36s,
            .duration = 1'234'567ns};
}

TEST_CASE("each format has the form that tools know") {
    CHECK(log_line(LogFormat::common, apache()) ==
          R"x(127.0.0.1 - frank [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.0" 200 2326)x");
    CHECK(log_line(LogFormat::combined, apache()) ==
          R"x(127.0.0.1 - frank [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.0" 200 2326 )x"
          R"x("http://www.example.com/start.html" "Mozilla/4.08 [en] (Win98; I ;Nav)")x");
    CHECK(log_line(LogFormat::dev, apache()) == "GET /apache_pb.gif 200 1.235 ms - 2326");
    CHECK(log_line(LogFormat::brief, apache()) == "127.0.0.1 frank GET /apache_pb.gif HTTP/1.0 200 2326 - 1.235 ms");
    CHECK(log_line(LogFormat::tiny, apache()) == "GET /apache_pb.gif 200 2326 - 1.235 ms");
}

TEST_CASE("what is not known is a dash") {
    const LogEntry nothing{.method = "GET", .target = "/"};
    CHECK(log_line(LogFormat::combined, nothing) ==
          R"x(- - - [01/Jan/1970:00:00:00 +0000] "GET / HTTP/1.1" - - "-" "-")x");
    CHECK(log_line(LogFormat::dev, nothing) == "GET / - 0.000 ms - -");
    LogEntry empty = nothing;
    empty.status = 200;
    empty.body_bytes = 0;
    CHECK(log_line(LogFormat::tiny, empty) == "GET / 200 0 - 0.000 ms");
}

TEST_CASE("a peer cannot forge a part of a line") {
    LogEntry entry = apache();
    entry.remote_user = "a b\"";
    entry.referrer = "\" 200 \"\n\\";
    entry.user_agent = "\xC3\xA9\x7f\t";
    CHECK(log_line(LogFormat::combined, entry) ==
          R"x(127.0.0.1 - a+b\x22 [10/Oct/2000:20:55:36 +0000] "GET /apache_pb.gif HTTP/1.0" 200 2326 )x"
          R"x("\x22 200 \x22\x0A\x5C" "\xC3\xA9\x7F\x09")x");
    const std::string long_agent(1001, 'a');
    entry.user_agent = long_agent;
    CHECK(log_line(LogFormat::combined, entry).ends_with(" \"" + long_agent.substr(1) + "\""));
}

TEST_CASE("the user of Basic authorization is found, and of nothing else") {
    CHECK(basic_user("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==") == "Aladdin");
    CHECK(basic_user("basic  QWxhZGRpbjpvcGVuIHNlc2FtZQ==") == "Aladdin");
    CHECK(basic_user("Basic QWxhZGRpbg==").empty());  // no colon
    CHECK(basic_user("Basic !").empty());
    CHECK(basic_user("Basic").empty());
    CHECK(basic_user("Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==").empty());
    CHECK(basic_user("").empty());
}

}  // namespace
}  // namespace parley::http
