// SPDX-License-Identifier: MIT
#include "parley/http/event_stream.hpp"

#include <doctest/doctest.h>

namespace parley::http {
namespace {

using namespace std::chrono_literals;

std::string text_of(const ServerSentEvent& event) {
    std::string out;
    REQUIRE(append_event(out, event));
    return out;
}

TEST_CASE("an event has a line for each part that there is, and one for each line of its data") {
    CHECK(text_of({.data = "hello"}) == "data: hello\n\n");
    CHECK(text_of({}) == "data: \n\n");
    CHECK(text_of({.data = "1", .event = "price", .id = "7", .retry = 2500ms}) ==
          "event: price\nid: 7\nretry: 2500\ndata: 1\n\n");
    CHECK(text_of({.data = "a\nb\r\nc\rd"}) == "data: a\ndata: b\ndata: c\ndata: d\n\n");
    CHECK(text_of({.data = "\n\n"}) == "data: \ndata: \ndata: \n\n");
    CHECK(text_of({.data = "end\r\n"}) == "data: end\ndata: \n\n");
    CHECK(text_of({.data = " leading space"}) == "data:  leading space\n\n");
    CHECK(text_of({.data = "x", .retry = 0ms}) == "retry: 0\ndata: x\n\n");
}

TEST_CASE("what would end a field early is refused, and leaves nothing") {
    std::string out = "before";
    for (const ServerSentEvent& event :
         {ServerSentEvent{.data = "x", .event = "a\nid: 1"}, ServerSentEvent{.data = "x", .event = "a\r"},
          ServerSentEvent{.data = "x", .id = "1\n"}, ServerSentEvent{.data = "x", .id = std::string_view("a\0b", 3)},
          ServerSentEvent{.data = "x", .retry = -1ms}}) {
        CHECK_FALSE(append_event(out, event));
    }
    CHECK_FALSE(append_event_comment(out, "a\ndata: forged"));
    CHECK(out == "before");
    CHECK(append_event_comment(out, "alive"));
    CHECK(out == "before: alive\n\n");
}

}  // namespace
}  // namespace parley::http
