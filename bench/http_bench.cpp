// SPDX-License-Identifier: MIT
// HTTP heads: nanoseconds and allocations per request, from the octets to the events, and per response head.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <utility>

#include "bench/support/allocation_counter.hpp"
#include "parley/http/request_parser.hpp"
#include "parley/http/response.hpp"

namespace {

using namespace parley;

// What a browser sends to open a WebSocket: 13 headers.
constexpr std::string_view upgrade_request =
    "GET /socket.io/?EIO=4&transport=websocket&sid=lv_VI97HAXpY6yYWAAAC HTTP/1.1\r\n"
    "Host: chat.example.org:3000\r\n"
    "Connection: Upgrade\r\n"
    "Pragma: no-cache\r\n"
    "Cache-Control: no-cache\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 "
    "Safari/537.36\r\n"
    "Upgrade: websocket\r\n"
    "Origin: http://chat.example.org:3000\r\n"
    "Sec-WebSocket-Version: 13\r\n"
    "Accept-Encoding: gzip, deflate, br, zstd\r\n"
    "Accept-Language: en-US,en;q=0.9\r\n"
    "Cookie: session=3f9a1c77b2; theme=dark\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
    "\r\n";

// A message over long polling, as a small client sends it.
constexpr std::string_view polling_request =
    "POST /socket.io/?EIO=4&transport=polling&sid=lv_VI97HAXpY6yYWAAAC HTTP/1.1\r\n"
    "Host: localhost:3000\r\n"
    "Content-Type: text/plain;charset=UTF-8\r\n"
    "Content-Length: 26\r\n"
    "Connection: keep-alive\r\n"
    "\r\n"
    "42[\"chat message\",\"hello\"]";

void receive_request(benchmark::State& state, std::string_view request) {
    std::string octets(request);
    http::RequestParser parser;
    const bench::AllocationsPerIteration allocations(state);
    for (auto _ : state) {
        parser.receive({octets.data(), octets.size()});
        while (const auto event = parser.next_event()) {
            if (event->kind == http::RequestEvent::Kind::failed) return state.SkipWithError("refused");
            benchmark::DoNotOptimize(event->kind);
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(request.size()));
}
BENCHMARK_CAPTURE(receive_request, upgrade, upgrade_request);
BENCHMARK_CAPTURE(receive_request, polling_post, polling_request);

// The same request cut in two within its head, which then has to be kept.
void receive_request_in_two_parts(benchmark::State& state) {
    std::string octets(upgrade_request);
    http::RequestParser parser;
    const bench::AllocationsPerIteration allocations(state);
    for (auto _ : state) {
        for (const auto& [begin, size] : {std::pair<std::size_t, std::size_t>{0, 300}, {300, octets.size() - 300}}) {
            parser.receive({octets.data() + begin, size});
            while (const auto event = parser.next_event())
                benchmark::DoNotOptimize(event->kind);
        }
    }
}
BENCHMARK(receive_request_in_two_parts);

void write_response_head(benchmark::State& state) {
    http::ResponseHead head;
    head.fields.set("Content-Type", "text/plain; charset=UTF-8");
    head.fields.set("Access-Control-Allow-Origin", "http://chat.example.org:3000");
    head.framing.content_length = 26;
    Outbox outbox;
    const bench::AllocationsPerIteration allocations(state);
    for (auto _ : state) {
        http::append_response_head(outbox, head, "Sun, 06 Nov 1994 08:49:37 GMT");
        outbox.consume(outbox.size());
    }
}
BENCHMARK(write_response_head);

}  // namespace
