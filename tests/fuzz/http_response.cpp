// SPDX-License-Identifier: MIT
// The response to one request: whole or cut, drained at once or slowly, it is read in one way; and a head that is taken
// says the same when it is written again.
#include <optional>
#include <string>
#include <vector>

#include "parley/http/response_parser.hpp"
#include "tests/fuzz/support/input.hpp"
#include "tests/support/response_transcript.hpp"

using namespace parley;
using fuzz::require;
using test::ResponseTranscript;

namespace {

constexpr http::Limits tiny{.head_bytes_max = 256,
                            .request_line_bytes_max = 48,
                            .headers_max = 5,
                            .trailer_bytes_max = 48,
                            .chunk_extension_bytes_max = 8,
                            .chunk_overhead_bytes_max = 48,
                            .body_bytes_max = 64};

std::string written_again(const http::ReceivedResponse& head) {
    std::string text(head.minor_version() == 1 ? "HTTP/1.1 " : "HTTP/1.0 ");
    text.append(std::to_string(head.status())).append(" ").append(head.reason_phrase()).append("\r\n");
    for (const http::Header header : head.headers())
        text.append(header.name).append(":").append(header.value).append("\r\n");
    return text.append("\r\n");
}

std::string view_of(const http::ReceivedResponse& head) {
    std::string text = std::to_string(head.status());
    text.append(" ").append(head.reason_phrase()).append(head.keep_alive() ? " keep" : "");
    text.append(head.is_chunked() ? " chunked" : "").append(head.wants_upgrade() ? " upgrade" : "");
    text.append(std::to_string(head.content_length().value_or(0)));
    for (const http::Header header : head.headers()) {
        text.append("\n").append(header.name).append(":").append(header.value);
        require(head.find(header.name).has_value() && head.count(header.name) > 0, "a header is found by its name");
        require(!head.lists(header.name, "not there at all"), "and lists only what it lists");
    }
    return text;
}

void check_written_again(const http::ReceivedResponse& head, http::ResponseTo request) {
    const fuzz::Copy text(written_again(head));
    http::ResponseParser parser({.head_bytes_max = 65'535, .request_line_bytes_max = 65'535, .headers_max = 1'000});
    parser.expect(request);
    parser.receive(text.span());
    const std::optional<http::ResponseEvent> event = parser.next_event();
    require(event && event->kind == http::ResponseEvent::Kind::head_received, "a head that was taken is taken again");
    require(view_of(parser.head()) == view_of(head), "and says the same");
    for (const char c : view_of(head))
        require(c != '\0' && c != '\r', "no control character comes through");
}

void check_head(std::string_view text, http::ResponseTo request, const http::Limits& limits) {
    const fuzz::Copy whole(text);
    http::ResponseParser parser(limits);
    parser.expect(request);
    parser.receive(whole.span());
    std::size_t body_bytes = 0;
    while (const std::optional<http::ResponseEvent> event = parser.next_event()) {
        body_bytes += event->body.size();
        require(body_bytes <= limits.body_bytes_max, "no body is larger than its limit");
        switch (event->kind) {
            case http::ResponseEvent::Kind::head_received:
                require(parser.head().status() >= 200 || request == http::ResponseTo::upgrade, "1xx is passed over");
                check_written_again(parser.head(), request);
                break;
            case http::ResponseEvent::Kind::left_http: {
                const std::span<char> behind = parser.unparsed();
                require(text.ends_with(std::string_view(behind.data(), behind.size())), "the rest is untouched");
                require(!parser.next_event(), "nothing is a response behind the end of HTTP");
                return;
            }
            case http::ResponseEvent::Kind::failed:
                require(!event->reason.empty() && !parser.can_be_reused(), "a refusal says why, and is the end");
                require(!parser.next_event(), "nothing follows a refusal");
                return;
            default:
                break;
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t first = input.octet();
    const test::ResponseSetting setting{.request = static_cast<http::ResponseTo>(first >> 1 & 3),
                                        .limits = (first & 1) != 0 ? tiny : http::Limits{}};
    const std::uint8_t seed = input.octet();
    const std::string_view text = input.rest();

    const std::string whole = ResponseTranscript::of(text, setting);
    const std::vector<std::string_view> pieces = fuzz::cut(text, seed);
    // Where HTTP is left, what is there of the rest depends on the cut; that is looked at below.
    if (whole.find(" left {") == std::string::npos) {
        for (const auto owner : {ResponseTranscript::Owner::eager, ResponseTranscript::Owner::slow})
            require(ResponseTranscript::of(pieces, setting, owner) == whole, "cuts and a slow owner change nothing");
    }
    check_head(text, setting.request, setting.limits);
    return 0;
}
