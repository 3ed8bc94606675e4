// SPDX-License-Identifier: MIT
// A stream of requests: whole or cut, drained at once or slowly, it is read in one way; and a head that is taken says
// the same when it is written again.
#include <optional>
#include <string>
#include <vector>

#include "parley/http/request_parser.hpp"
#include "tests/fuzz/support/input.hpp"
#include "tests/support/http_transcript.hpp"

using namespace parley;
using fuzz::require;
using test::HttpTranscript;

namespace {

constexpr http::Limits tiny{.head_bytes_max = 256,
                            .request_line_bytes_max = 64,
                            .method_bytes_max = 7,
                            .headers_max = 5,
                            .trailer_bytes_max = 48,
                            .chunk_extension_bytes_max = 8,
                            .chunk_overhead_bytes_max = 48,
                            .body_bytes_max = 64};

std::string written_again(const http::RequestHead& head) {
    std::string text(head.method());
    text.append(" ").append(head.target()).append(head.minor_version() == 1 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
    for (const http::Header header : head.headers())
        text.append(header.name).append(":").append(header.value).append("\r\n");
    return text.append("\r\n");
}

std::string view_of(const http::RequestHead& head) {
    std::string text(head.method());
    text.append(" ").append(head.target()).append(" ").append(head.path()).append(" ").append(head.query());
    text.append(" ").append(head.host()).append(head.keep_alive() ? " keep" : "");
    text.append(head.is_chunked() ? " chunked" : "").append(head.wants_upgrade() ? " upgrade" : "");
    text.append(head.expects_continue() ? " expects" : "").append(std::to_string(head.content_length().value_or(0)));
    for (const http::Header header : head.headers()) {
        text.append("\n").append(header.name).append(":").append(header.value);
        require(head.find(header.name).has_value() && head.count(header.name) > 0, "a header is found by its name");
    }
    return text;
}

void check_written_again(const http::RequestHead& head) {
    const fuzz::Copy text(written_again(head));
    http::RequestParser parser({.head_bytes_max = 65'535, .request_line_bytes_max = 65'535, .headers_max = 1'000});
    parser.receive(text.span());
    const std::optional<http::RequestEvent> event = parser.next_event();
    require(event && event->kind == http::RequestEvent::Kind::head_received, "a head that was taken is taken again");
    require(view_of(parser.head()) == view_of(head), "and says the same");
    require(!head.find("x-not-there") || head.count("x-not-there") > 0, "what is not there is not found");
    for (const char c : view_of(head))
        require(c != '\0' && c != '\r', "no control character comes through");
}

// Looks at each head of the stream; an upgrade leaves what follows to others.
void check_heads(std::string_view text, const http::Limits& limits) {
    const fuzz::Copy whole(text);
    http::RequestParser parser(limits);
    parser.receive(whole.span());
    while (const std::optional<http::RequestEvent> event = parser.next_event()) {
        if (event->kind == http::RequestEvent::Kind::failed) {
            require(event->status >= 400 && event->status <= 505 && !event->reason.empty(), "a refusal says why");
            require(!parser.next_event(), "nothing follows a refusal");
            return;
        }
        const bool is_body = event->kind == http::RequestEvent::Kind::body_received;
        require(is_body == parser.is_reading_body(), "a body is in progress as long as parts of it come");
        if (event->kind != http::RequestEvent::Kind::head_received) continue;
        check_written_again(parser.head());
        require(!parser.is_idle() && !parser.is_reading_head(), "a request is in progress");
        if (!parser.head().wants_upgrade()) continue;
        parser.upgrade();
        const std::span<char> behind = parser.unparsed();
        require(text.ends_with(std::string_view(behind.data(), behind.size())), "an upgrade leaves the rest untouched");
        require(!parser.next_event(), "nothing is a request behind an upgrade");
        return;
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const http::Limits limits = input.flag() ? tiny : http::Limits{};
    const std::uint8_t seed = input.octet();
    const std::string_view text = input.rest();

    const std::string whole = HttpTranscript::of({&text, text.empty() ? 0U : 1U}, limits);
    const std::vector<std::string_view> pieces = fuzz::cut(text, seed);
    for (const auto owner : {HttpTranscript::Owner::eager, HttpTranscript::Owner::slow})
        require(HttpTranscript::of(pieces, limits, owner) == whole, "cuts and a slow owner change nothing");
    check_heads(text, limits);
    return 0;
}
