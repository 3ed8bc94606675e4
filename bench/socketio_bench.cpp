// SPDX-License-Identifier: MIT
// Socket.IO packets and rooms: nanoseconds and allocations per operation.
#include <benchmark/benchmark.h>

#include <deque>
#include <string>
#include <vector>

#include "bench/support/allocation_counter.hpp"
#include "parley/json/codec.hpp"
#include "parley/json/writer.hpp"
#include "parley/socketio/arguments.hpp"
#include "parley/socketio/connection.hpp"
#include "parley/socketio/pending_acks.hpp"
#include "parley/socketio/room_table.hpp"

namespace parley::bench {
namespace {

using namespace parley::socketio;

constexpr TimePoint start{};
constexpr std::string_view event_text = R"(2["chat message","hello, world"])";
constexpr std::string_view large_event_text =
    R"(2/chat,17["chat message",{"room":"lobby","name":"Ada Lovelace","text":"a line of chat, as people type it",)"
    R"("time":1700000000000,"tags":["a","b","c"],"reply":null}])";

void join(Connection& connection, std::string_view connect, std::string_view name) {
    std::string out;
    connection.receive_text(connect, start);
    static_cast<void>(connection.next_event());
    connection.accept({.namespace_name = name, .sid = "sid", .socket = SocketHandle{1}}, out);
}

void scan(benchmark::State& state) {
    AllocationsPerIteration count(state);
    for (auto _ : state)
        benchmark::DoNotOptimize(scan_packet(event_text));
}
BENCHMARK(scan)->Name("socketio/scan");

void receive_event(benchmark::State& state, std::string_view text) {
    const Options options;
    Connection connection(options, start);
    join(connection, "0", "/");
    join(connection, "0/chat,", "/chat");
    AllocationsPerIteration count(state);
    for (auto _ : state) {
        connection.receive_text(text, start);
        benchmark::DoNotOptimize(connection.next_event());
    }
}
BENCHMARK_CAPTURE(receive_event, small, event_text)->Name("socketio/receive_event/32B");
BENCHMARK_CAPTURE(receive_event, large, large_event_text)->Name("socketio/receive_event/162B");

void receive_event_and_read_argument(benchmark::State& state) {
    const Options options;
    Connection connection(options, start);
    join(connection, "0", "/");
    std::string text;
    AllocationsPerIteration count(state);
    for (auto _ : state) {
        connection.receive_text(event_text, start);
        const auto event = connection.next_event();
        JsonReader reader = open_arguments(*event);
        benchmark::DoNotOptimize(reader.next_element() && reader.read(text) && !reader.next_element());
    }
}
BENCHMARK(receive_event_and_read_argument)->Name("socketio/receive_event_and_read_argument");

void receive_ack(benchmark::State& state) {
    const Options options;
    Connection connection(options, start);
    join(connection, "0", "/");
    PendingAcks<std::uint64_t> acks;
    static_cast<void>(acks.add(0, no_deadline, 0));
    AllocationsPerIteration count(state);
    for (auto _ : state) {
        static_cast<void>(acks.add(12, no_deadline, 12));
        connection.receive_text(R"(312["ok"])", start);
        benchmark::DoNotOptimize(acks.take(*connection.next_event()->ack_id));
    }
}
BENCHMARK(receive_ack)->Name("socketio/receive_ack");

void receive_binary_event(benchmark::State& state) {
    const Options options;
    Connection connection(options, start);
    join(connection, "0", "/");
    const std::string octets(1'000, 'x');
    AllocationsPerIteration count(state);
    for (auto _ : state) {
        connection.receive_text(R"(51-["upload",{"_placeholder":true,"num":0}])", start);
        connection.receive_binary(octets, start);
        benchmark::DoNotOptimize(connection.next_event());
    }
}
BENCHMARK(receive_binary_event)->Name("socketio/receive_binary_event");

void write_event(benchmark::State& state) {
    std::string out;
    AllocationsPerIteration count(state);
    for (auto _ : state) {
        out.clear();
        append_packet(out, {.type = PacketType::event, .namespace_name = "/chat"});
        JsonWriter writer(out);
        writer.begin_array();
        writer.value(std::string_view("chat message"));
        writer.value(std::string_view("hello, world"));
        writer.end_array();
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(write_event)->Name("socketio/write_event");

void write_ack(benchmark::State& state) {
    std::string out;
    AllocationsPerIteration count(state);
    for (auto _ : state) {
        out.clear();
        append_packet(out, {.type = PacketType::ack, .ack_id = 456, .data = R"(["ok"])"});
        benchmark::DoNotOptimize(out);
    }
}
BENCHMARK(write_ack)->Name("socketio/write_ack");

struct Crowd {
    explicit Crowd(int size) : table(KeyedHash(1, 2)) {
        const std::vector<std::string> rooms{"everybody", "too"};
        for (int i = 0; i < size; ++i) {
            sids.push_back("socket-" + std::to_string(10'000'000 + i));
            table.add(sids.back(), SocketHandle(i));
            table.join(sids.back(), rooms);
        }
    }

    std::deque<std::string> sids;
    RoomTable table;
};

void broadcast(benchmark::State& state, const std::vector<std::string>& rooms, const std::vector<std::string>& except) {
    Crowd crowd(1'000);
    const Selection selection{.rooms = rooms, .except = except};
    std::uint64_t checksum = 0;
    // Looks at each recipient, as a server does.
    const auto look = [&](std::span<const SocketHandle> recipients) {
        for (const SocketHandle socket : recipients)
            checksum += static_cast<std::uint64_t>(socket);
    };
    crowd.table.with_selected(selection, look);
    AllocationsPerIteration count(state);
    for (auto _ : state)
        crowd.table.with_selected(selection, look);
    benchmark::DoNotOptimize(checksum);
}
BENCHMARK_CAPTURE(broadcast, to_all_1000, {}, {})->Name("socketio/broadcast/to_all_1000");
BENCHMARK_CAPTURE(broadcast, to_all_1000_but_the_sender, {}, {"socket-10000500"})
    ->Name("socketio/broadcast/to_all_1000_but_the_sender");
BENCHMARK_CAPTURE(broadcast, to_room_of_1000, {"everybody"}, {})->Name("socketio/broadcast/to_room_of_1000");
BENCHMARK_CAPTURE(broadcast, to_room_of_1000_but_the_sender, {"everybody"}, {"socket-10000500"})
    ->Name("socketio/broadcast/to_room_of_1000_but_the_sender");
BENCHMARK_CAPTURE(broadcast, to_two_rooms_of_the_same_1000, {"everybody", "too"}, {})
    ->Name("socketio/broadcast/to_two_rooms_of_the_same_1000");
BENCHMARK_CAPTURE(broadcast, to_one_socket_by_its_id, {"socket-10000500"}, {})
    ->Name("socketio/broadcast/to_one_socket_by_its_id");

void join_and_leave_room(benchmark::State& state) {
    Crowd crowd(1'000);
    const std::vector<std::string> rooms{"a room of its own"};
    AllocationsPerIteration count(state);
    for (auto _ : state) {
        crowd.table.join("socket-10000500", rooms);
        crowd.table.leave("socket-10000500", rooms.front());
    }
}
BENCHMARK(join_and_leave_room)->Name("socketio/join_and_leave_room");

void come_and_go(benchmark::State& state) {
    Crowd crowd(1'000);
    const std::vector<std::string> rooms{"everybody"};
    AllocationsPerIteration count(state);
    for (auto _ : state) {
        crowd.table.add("a-newcomer-of-20-ch", SocketHandle{1});
        crowd.table.join("a-newcomer-of-20-ch", rooms);
        crowd.table.remove("a-newcomer-of-20-ch");
    }
}
BENCHMARK(come_and_go)->Name("socketio/come_and_go");

}  // namespace
}  // namespace parley::bench
