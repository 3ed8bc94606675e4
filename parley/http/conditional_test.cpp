// SPDX-License-Identifier: MIT
#include "parley/http/conditional.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/http/negotiation.hpp"
#include "parley/http/range.hpp"
#include "parley/http/request_parser.hpp"

namespace parley::http {
namespace {

const Validators validators{.etag = "\"a1\"",
                            .last_modified = std::chrono::sys_seconds(std::chrono::seconds(784'111'777))};
constexpr std::string_view same_date = "Sun, 06 Nov 1994 08:49:37 GMT";
constexpr std::string_view earlier = "Sun, 06 Nov 1994 08:49:36 GMT";
constexpr std::string_view later = "Sun, 06 Nov 1994 08:49:38 GMT";

// Parses a request with these header lines and gives its head to `use`.
template <typename Use>
auto with_request(std::string_view method, std::string_view lines, Use&& use) {
    std::string input = std::string(method) + " / HTTP/1.1\r\nHost: a\r\n" + std::string(lines) + "\r\n\r\n";
    RequestParser parser;
    parser.receive({input.data(), input.size()});
    REQUIRE(parser.next_event()->kind == RequestEvent::Kind::head_received);
    return use(parser.head());
}

int status_of(std::string_view lines, std::string_view method = "GET") {
    return with_request(method, lines, [](const RequestHead& head) {
        switch (evaluate_preconditions(head, validators)) {
            case Precondition::proceed:
                return 200;
            case Precondition::not_modified:
                return 304;
            case Precondition::failed:
                break;
        }
        return 412;
    });
}

std::string line(std::string_view name, std::string_view value) {
    return std::string(name) + ": " + std::string(value);
}

}  // namespace

TEST_CASE("entity tags are compared weakly or strongly") {
    CHECK(matches_weakly("\"a1\"", "\"a1\""));
    CHECK(matches_weakly("W/\"a1\"", "\"a1\""));
    CHECK(matches_weakly("\"a1\"", "W/\"a1\""));
    CHECK(matches_weakly("\"b\", W/\"x,y\" ,\"a1\"", "\"a1\""));
    CHECK(matches_weakly("\"x,y\"", "\"x,y\""));
    CHECK(matches_weakly(" * ", "\"a1\""));
    CHECK(matches_strongly("\"a1\"", "\"a1\""));
    CHECK(matches_strongly("\"b\",\"a1\"", "\"a1\""));
    CHECK_FALSE(matches_strongly("W/\"a1\"", "\"a1\""));
    CHECK_FALSE(matches_strongly("W/\"a1\"", "W/\"a1\""));
    for (const std::string_view tags : {"", "a1", "\"a1", "a1\"", "\"A1\"", "w/\"a1\"", "\"b\"", "W/", "W/a1",
                                        "\"a1\\\"", "\"b\" x \"a1\"", "**", ","}) {
        CAPTURE(tags);
        CHECK_FALSE(matches_weakly(tags, "\"a1\""));
    }
    std::string long_list;
    for (int i = 0; i < 1'000; ++i)
        long_list += "\"tag" + std::to_string(i) + "\", ";
    CHECK_FALSE(matches_weakly(long_list, "\"a1\""));
    CHECK(matches_weakly(long_list + "\"a1\"", "\"a1\""));
}

TEST_CASE("a copy that is fresh is not sent again") {
    CHECK(status_of("X: 1") == 200);
    CHECK(status_of("If-None-Match: \"a1\"") == 304);
    CHECK(status_of("If-None-Match: W/\"a1\"") == 304);
    CHECK(status_of("If-None-Match: *") == 304);
    CHECK(status_of("If-None-Match: \"b\"") == 200);
    CHECK(status_of("If-None-Match: \"b\"\r\nIf-None-Match: \"a1\"") == 304);
    CHECK(status_of("If-None-Match: \"a1\"", "HEAD") == 304);
    CHECK(status_of("If-None-Match: \"a1\"", "PUT") == 412);
    CHECK(status_of(line("If-Modified-Since", same_date)) == 304);
    CHECK(status_of(line("If-Modified-Since", later)) == 304);
    CHECK(status_of(line("If-Modified-Since", earlier)) == 200);
    CHECK(status_of(line("If-Modified-Since", later), "POST") == 200);
    CHECK(status_of("If-Modified-Since: yesterday") == 200);
    CHECK(status_of("If-Modified-Since:") == 200);
    // The tag says more than the date.
    CHECK(status_of("If-None-Match: \"b\"\r\n" + line("If-Modified-Since", later)) == 200);
}

TEST_CASE("a condition on the old state fails when it is another") {
    CHECK(status_of("If-Match: \"a1\"") == 200);
    CHECK(status_of("If-Match: *") == 200);
    CHECK(status_of("If-Match: \"b\"") == 412);
    CHECK(status_of("If-Match: W/\"a1\"") == 412);
    CHECK(status_of(line("If-Unmodified-Since", same_date)) == 200);
    CHECK(status_of(line("If-Unmodified-Since", earlier)) == 412);
    CHECK(status_of("If-Unmodified-Since: nonsense") == 200);
    CHECK(status_of("If-Match: \"a1\"\r\n" + line("If-Unmodified-Since", earlier)) == 200);
    CHECK(status_of("If-Match: \"a1\"\r\nIf-None-Match: \"a1\"") == 304);
}

TEST_CASE("a range counts only for the state that the client has") {
    const auto holds = [](std::string_view lines) {
        return with_request("GET", lines, [](const RequestHead& head) { return if_range_holds(head, validators); });
    };
    CHECK(holds("X: 1"));
    CHECK(holds("If-Range: \"a1\""));
    CHECK(holds(line("If-Range", same_date)));
    CHECK_FALSE(holds("If-Range: \"b\""));
    CHECK_FALSE(holds("If-Range: W/\"a1\""));
    CHECK_FALSE(holds(line("If-Range", earlier)));
    CHECK_FALSE(holds(line("If-Range", later)));
    CHECK_FALSE(holds("If-Range: nonsense"));
    CHECK_FALSE(holds("If-Range:"));
    CHECK_FALSE(holds("If-Range: \"a1\"\r\nIf-Range: \"a1\""));
    const Validators weak{.etag = "W/\"a1\""};
    CHECK_FALSE(
        with_request("GET", "If-Range: W/\"a1\"", [&](const RequestHead& head) { return if_range_holds(head, weak); }));
}

TEST_CASE("a range selects a part") {
    struct Row {
        std::string_view range;
        std::uint64_t size;
        std::string_view expected;
    };
    for (const Row& row : {
             Row{"bytes=0-8", 1000, "bytes 0-8/1000"},
             Row{"bytes=-10", 1000, "bytes 990-999/1000"},
             Row{"bytes=990-", 1000, "bytes 990-999/1000"},
             Row{"bytes=990-1990", 1000, "bytes 990-999/1000"},
             Row{"bytes=0-0", 1, "bytes 0-0/1"},
             Row{"bytes=0-", 1000, "bytes 0-999/1000"},
             Row{"bytes=-2000", 1000, "bytes 0-999/1000"},
             Row{"Bytes= 1-2 ", 1000, "bytes 1-2/1000"},
             Row{"bytes=0-18446744073709551615", 10, "bytes 0-9/10"},
             Row{"bytes=0-99999999999999999999999", 10, "bytes 0-9/10"},
             Row{"bytes=-18446744073709551615", 10, "bytes 0-9/10"},
             Row{"bytes=-99999999999999999999999", 10, "bytes 0-9/10"},
             Row{"bytes=1000-", 1000, "bytes */1000"},
             Row{"bytes=1000-1001", 1000, "bytes */1000"},
             Row{"bytes=18446744073709551615-", 1000, "bytes */1000"},
             Row{"bytes=99999999999999999999999-", 1000, "bytes */1000"},
             Row{"bytes=-0", 1000, "bytes */1000"},
             Row{"bytes=0-0", 0, "bytes */0"},
             Row{"bytes=-1", 0, "bytes */0"},
             Row{"bytes=5-4", 1000, ""},
             Row{"bytes=", 1000, ""},
             Row{"bytes=-", 1000, ""},
             Row{"bytes", 1000, ""},
             Row{"bytes=alpha", 1000, ""},
             Row{"bytes=10-alpha", 1000, ""},
             Row{"bytes=10", 1000, ""},
             Row{"bytes=+1-2", 1000, ""},
             Row{"bytes=1 -2", 1000, ""},
             Row{"bytes=--1", 1000, ""},
             Row{"bytes=0-1,2-3", 1000, ""},
             Row{"bytes=0-1, -10", 1000, ""},
             Row{"bytes=-9223372036854775000,-1", 1000, ""},
             Row{"items=0-1", 1000, ""},
             Row{"", 1000, ""},
         }) {
        CAPTURE(row.range);
        const RangeSelection selection = select_range(row.range, row.size);
        const bool is_whole = selection.kind == RangeSelection::Kind::whole;
        CHECK((is_whole ? std::string() : content_range(selection, row.size)) == row.expected);
        if (selection.kind == RangeSelection::Kind::part) {
            CHECK(selection.length > 0);
            CHECK(selection.offset < row.size);
            CHECK(selection.length <= row.size - selection.offset);
        }
    }
}

TEST_CASE("the content coding is the one that client and server like best") {
    constexpr std::string_view available[] = {"br", "gzip"};
    const auto chosen = [&](std::string_view accept) { return choose_encoding(accept, available); };
    CHECK(chosen("") == "identity");
    CHECK(chosen("gzip, deflate, br") == "br");
    CHECK(chosen("gzip") == "gzip");
    CHECK(chosen("GZIP") == "gzip");
    CHECK(chosen("gzip;q=1.0, br;q=0.9") == "gzip");
    CHECK(chosen("gzip;q=0.5, br;q=0.5") == "br");
    CHECK(chosen("*") == "br");
    CHECK(chosen("br;q=0, *;q=0.1") == "gzip");
    CHECK(chosen("br;q=0, gzip;q=0.000") == "identity");
    CHECK(chosen("identity, gzip;q=0.5") == "identity");
    CHECK(chosen("identity;q=0.5, gzip") == "gzip");
    CHECK(chosen("identity;q=0") == "identity");
    CHECK(chosen("gzip;q=2") == "identity");
    CHECK(chosen("gzip;q=") == "identity");
    CHECK(chosen("gzip;q=0.5x") == "identity");
    CHECK(chosen("gzip ; Q=0.5") == "gzip");
    CHECK(chosen("gzipped, xbr") == "identity");
    CHECK(choose_encoding("gzip", {}) == "identity");
}

}  // namespace parley::http
