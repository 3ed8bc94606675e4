// SPDX-License-Identifier: MIT
// The headers that choose an answer: ranges, conditions, dates, codings.
#include "parley/http/conditional.hpp"

#include <array>
#include <optional>
#include <string>

#include "parley/http/negotiation.hpp"
#include "parley/http/range.hpp"
#include "parley/http/request_parser.hpp"
#include "parley/http/response.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;

namespace {

void check_range(std::string_view range, std::uint64_t size) {
    const http::RangeSelection selection = http::select_range(range, size);
    if (selection.kind == http::RangeSelection::Kind::part) {
        require(selection.length > 0 && selection.offset < size, "a part is not empty and begins within");
        require(selection.length <= size - selection.offset, "and ends within");
    }
    if (selection.kind != http::RangeSelection::Kind::whole)
        require(http::content_range(selection, size).starts_with("bytes "), "its place can be written");
}

void check_date(std::string_view text) {
    const auto time = http::parse_http_date(text);
    if (!time) return;
    const std::string written = http::http_date(*time);
    require(http::parse_http_date(written) == time, "a date that is written again is the same");
}

void check_encoding(std::string_view accept) {
    constexpr std::array<std::string_view, 3> available{"br", "gzip", "deflate"};
    const std::string_view chosen = http::choose_encoding(accept, available);
    require(chosen == "identity" || std::ranges::find(available, chosen) != available.end(), "one that there is");
    require(!accept.empty() || chosen == "identity", "who says nothing gets it plain");
}

void check_tags(std::string_view tags, std::string_view etag) {
    if (http::matches_strongly(tags, etag)) require(http::matches_weakly(tags, etag), "strong is weak, too");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.octet();
    constexpr std::array<std::string_view, 4> etags{"", "\"a\"", "W/\"a\"", "\"a,b\""};
    constexpr std::array<std::uint64_t, 4> sizes{0, 1, 10, UINT64_MAX};
    http::Validators validators{.etag = etags[choice & 3]};
    if ((choice & 4) != 0) validators.last_modified = http::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT");

    constexpr std::array<std::string_view, 6> names{"Range",    "If-Match",          "If-None-Match",
                                                    "If-Range", "If-Modified-Since", "If-Unmodified-Since"};
    std::string request = (choice & 8) != 0 ? "PUT / HTTP/1.1\r\nHost: a\r\n" : "GET / HTTP/1.1\r\nHost: a\r\n";
    for (const std::string_view name : names) {
        const std::string_view value = input.until('\n');
        if (!value.empty()) request.append(name).append(": ").append(value).append("\r\n");
        check_range(value, sizes[choice >> 4 & 3]);
        check_date(value);
        check_tags(value, validators.etag);
    }
    check_encoding(input.until('\n'));
    const std::string_view more = input.rest();  // a header of any name, as a second line of one of these
    if (!more.empty()) request.append(more).append("\r\n");

    const fuzz::Copy octets(request + "\r\n");
    http::RequestParser parser;
    parser.receive(octets.span());
    const auto event = parser.next_event();
    if (!event || event->kind != http::RequestEvent::Kind::head_received) return 0;
    const http::RequestHead& head = parser.head();
    const http::Precondition outcome = http::evaluate_preconditions(head, validators);
    require(outcome != http::Precondition::not_modified || head.method() == "GET" || head.method() == "HEAD",
            "only a reader is told that nothing changed");
    const bool counts = http::if_range_holds(head, validators);
    require(counts || head.find("If-Range"), "without If-Range a range counts");
    if (const auto range = head.find("Range"); range && counts) check_range(*range, sizes[choice >> 4 & 3]);
    return 0;
}
