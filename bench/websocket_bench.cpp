// SPDX-License-Identifier: MIT
// WebSocket frames, read with unmasking and written: nanoseconds and allocations per message.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/support/allocation_counter.hpp"
#include "parley/base/shared_buffer.hpp"
#include "parley/websocket/connection.hpp"
#include "parley/websocket/frame.hpp"
#include "parley/websocket/mask.hpp"

namespace {

using namespace parley;
using namespace parley::websocket;

constexpr std::size_t read_bytes_max = 256 * 1024;

// Every octet below 0x80: the payload stays ASCII when the next iteration applies the mask once more.
constexpr MaskKey ascii_key{{1, 2, 3, 4}};
constexpr MaskKey no_key{};

// One masked frame. Its payload need not be masked really: who reads it only sees another text.
std::string client_frame(Opcode opcode, std::string_view payload, MaskKey key) {
    char header[frame_header_bytes_max];
    char* const end = write_frame_header(header, opcode, payload.size());
    header[1] = static_cast<char>(header[1] | 0x80);
    std::string frame(header, end);
    frame.append(reinterpret_cast<const char*>(key.octets), sizeof key.octets);
    return frame.append(payload);
}

std::string repeated(std::string_view part, std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += part;
    return text;
}

/// Reports octets and allocations of the messages of one run beside its time.
class CountedRun {
 public:
    CountedRun(benchmark::State& state, std::size_t messages, std::size_t octets)
        : state_(state), messages_(messages), octets_(octets), before_(bench::allocation_count()) {}
    ~CountedRun() {
        const auto allocations = static_cast<double>(bench::allocation_count() - before_);
        const auto messages = state_.iterations() * static_cast<std::int64_t>(messages_);
        state_.counters["allocations"] = allocations / static_cast<double>(messages);
        state_.SetItemsProcessed(messages);
        state_.SetBytesProcessed(messages * static_cast<std::int64_t>(octets_));
    }

 private:
    benchmark::State& state_;
    std::size_t messages_;
    std::size_t octets_;
    std::uint64_t before_;
};

void read_messages(benchmark::State& state, std::string stream, std::size_t messages, std::size_t octets) {
    Connection connection(Connection::Options{});
    Outbox outbox;
    CountedRun run(state, messages, octets);
    for (auto _ : state) {
        connection.receive(stream, TimePoint{});
        while (const auto event = connection.next_event(outbox))
            benchmark::DoNotOptimize(event->message.data.data());
    }
}

void read_text(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    read_messages(state, client_frame(Opcode::text, std::string(size, 'x'), ascii_key), 1, size);
}
BENCHMARK(read_text)->Name("websocket/read_text")->Arg(20)->Arg(125)->Arg(1024)->Arg(16 * 1024)->Arg(256 * 1024);

void read_binary(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    read_messages(state, client_frame(Opcode::binary, std::string(size, 'x'), ascii_key), 1, size);
}
BENCHMARK(read_binary)->Name("websocket/read_binary")->Arg(20)->Arg(1024)->Arg(256 * 1024);

// Text that needs the whole check of UTF-8: a mask of zeros leaves it as it is.
void read_text_beyond_ascii(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    read_messages(state, client_frame(Opcode::text, repeated("\xc3\xa4\xe2\x82\xac ", size / 6), no_key), 1, size);
}
BENCHMARK(read_text_beyond_ascii)
    ->Name("websocket/read_text_beyond_ascii")
    ->Arg(24)
    ->Arg(1024 / 6 * 6)
    ->Arg(256 * 1024 / 6 * 6);

void read_sixteen_short_texts_of_one_receive(benchmark::State& state) {
    read_messages(state, repeated(client_frame(Opcode::text, std::string(20, 'x'), ascii_key), 16), 16, 20);
}
BENCHMARK(read_sixteen_short_texts_of_one_receive)->Name("websocket/read_sixteen_short_texts_of_one_receive");

// A message that comes in parts of 64 KiB, as from a socket: through the window, with a buffer of its own
// (a few steps of realloc, which the counter of operator new does not see).
void read_text_in_parts(benchmark::State& state) {
    const auto size = static_cast<std::size_t>(state.range(0));
    const std::string frame = client_frame(Opcode::text, std::string(size, 'x'), ascii_key);
    std::vector<char> buffer(read_bytes_max);
    Connection connection(Connection::Options{});
    Outbox outbox;
    CountedRun run(state, 1, size);
    for (auto _ : state) {
        std::string_view rest = frame;
        while (!rest.empty()) {
            const std::span<char> window = connection.receive_window();
            const std::span<char> into = window.empty() ? std::span<char>(buffer) : window;
            const std::size_t part = rest.copy(into.data(), std::min<std::size_t>(into.size(), 64 * 1024));
            rest.remove_prefix(part);
            connection.receive(into.first(part), TimePoint{});
            while (const auto event = connection.next_event(outbox))
                benchmark::DoNotOptimize(event->message.data.data());
        }
    }
}
BENCHMARK(read_text_in_parts)->Name("websocket/read_text_in_parts")->Arg(256 * 1024)->Arg(900'000);

void write_into_outbox(benchmark::State& state) {
    const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
    Outbox outbox;
    CountedRun run(state, 1, payload.size());
    for (auto _ : state) {
        append_frame(outbox, Opcode::text, payload);
        benchmark::DoNotOptimize(outbox.size());
        outbox.clear();
    }
}
BENCHMARK(write_into_outbox)
    ->Name("websocket/write_into_outbox")
    ->Arg(20)
    ->Arg(125)
    ->Arg(1024)
    ->Arg(16 * 1024)
    ->Arg(256 * 1024);

void write_sixteen_short_texts_of_one_turn(benchmark::State& state) {
    const std::string payload(20, 'x');
    Outbox outbox;
    CountedRun run(state, 16, payload.size());
    for (auto _ : state) {
        for (int i = 0; i < 16; ++i)
            append_frame(outbox, Opcode::text, '4', payload);
        benchmark::DoNotOptimize(outbox.size());
        outbox.clear();
    }
}
BENCHMARK(write_sixteen_short_texts_of_one_turn)->Name("websocket/write_sixteen_short_texts_of_one_turn");

void write_shared_frame_of_a_broadcast(benchmark::State& state) {
    const std::string payload(static_cast<std::size_t>(state.range(0)), 'x');
    CountedRun run(state, 1, payload.size());
    for (auto _ : state) {
        const SharedBuffer frame = SharedBuffer::build(frame_size(payload.size()),
                                                       [&](char* out) { write_frame(out, Opcode::text, payload); });
        benchmark::DoNotOptimize(frame.view().data());
    }
}
BENCHMARK(write_shared_frame_of_a_broadcast)->Name("websocket/write_shared_frame_of_a_broadcast")->Arg(50)->Arg(1024);

}  // namespace
