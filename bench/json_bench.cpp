// SPDX-License-Identifier: MIT
// JSON: nanoseconds and allocations for the arguments of an event, read typed, as a value, and written.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>
#include <vector>

#include "bench/support/allocation_counter.hpp"
#include "parley/json.hpp"

namespace parley::bench {

struct Author {
    std::string name;
    int id = 0;
};
PARLEY_JSON_FIELDS(Author, name, id)

struct Message {
    std::string text;
    Author author;
    double time = 0;
    std::vector<int> mentions;
    bool edited = false;
};
PARLEY_JSON_FIELDS(Message, text, author, time, mentions, edited)

namespace {

// 60 octets: the chat message that everybody measures with.
const std::string small_text = R"(["chat message","hello there",{"room":"a","id":17,"ok":true}])";

Message message(int i) {
    return {"Message " + std::to_string(i) + " says \"hello\",\nand then more \xF0\x9F\x98\x80 text of usual length.",
            {"Ada Lovelace", i},
            1700000000.25 + i,
            {i, i + 1, i + 2},
            i % 2 == 0};
}

std::vector<Message> messages(int count) {
    std::vector<Message> all;
    for (int i = 0; i < count; ++i)
        all.push_back(message(i));
    return all;
}

void read_small_typed(benchmark::State& state) {
    std::string event;
    std::string text;
    const AllocationsPerIteration report(state);
    for (auto _ : state) {
        JsonReader reader(small_text);
        reader.begin_array();
        reader.next_element();
        reader.read(event);
        reader.next_element();
        reader.read(text);
        reader.next_element();
        reader.begin_object();
        std::int64_t id = 0;
        for (std::string_view key; reader.next_member(key);) {
            if (key == "id") {
                reader.read(id);
            } else {
                reader.skip_value();
            }
        }
        reader.next_element();
        bool good = reader.at_end();
        benchmark::DoNotOptimize(good);
        benchmark::DoNotOptimize(id);
    }
}
BENCHMARK(read_small_typed)->Name("json/read_typed/60B");

void validate_small(benchmark::State& state) {
    const AllocationsPerIteration report(state);
    for (auto _ : state) {
        auto valid = validate_json(small_text, {}, 1);
        benchmark::DoNotOptimize(valid);
    }
}
BENCHMARK(validate_small)->Name("json/validate/60B");

void parse_small(benchmark::State& state) {
    const AllocationsPerIteration report(state);
    for (auto _ : state) {
        auto value = parse_json(small_text);
        benchmark::DoNotOptimize(value);
    }
}
BENCHMARK(parse_small)->Name("json/parse/60B");

void write_small(benchmark::State& state) {
    std::string out;
    const AllocationsPerIteration report(state);
    for (auto _ : state) {
        out.clear();
        JsonWriter writer(out);
        writer.begin_array();
        writer.value("chat message");
        writer.value("hello there");
        writer.begin_object();
        writer.key("room").value("a");
        writer.key("id").value(17);
        writer.key("ok").value(true);
        writer.end_object();
        writer.end_array();
        benchmark::DoNotOptimize(out.data());
    }
}
BENCHMARK(write_small)->Name("json/write/60B");

void read_structs(benchmark::State& state) {
    const std::string text = to_json(messages(static_cast<int>(state.range(0))));
    const AllocationsPerIteration report(state);
    for (auto _ : state) {
        auto read = parse_json<std::vector<Message>>(text);
        benchmark::DoNotOptimize(read);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(read_structs)->Name("json/read_structs/messages")->Arg(5)->Arg(500);

void validate_messages(benchmark::State& state) {
    const std::string text = to_json(messages(static_cast<int>(state.range(0))));
    const AllocationsPerIteration report(state);
    for (auto _ : state) {
        auto valid = validate_json(text, {}, 1);
        benchmark::DoNotOptimize(valid);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(validate_messages)->Name("json/validate/messages")->Arg(5)->Arg(500);

void parse_messages(benchmark::State& state) {
    const std::string text = to_json(messages(static_cast<int>(state.range(0))));
    const AllocationsPerIteration report(state);
    for (auto _ : state) {
        auto value = parse_json(text);
        benchmark::DoNotOptimize(value);
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(parse_messages)->Name("json/parse/messages")->Arg(5)->Arg(500);

void write_structs(benchmark::State& state) {
    const std::vector<Message> all = messages(static_cast<int>(state.range(0)));
    std::string out;
    const AllocationsPerIteration report(state);
    for (auto _ : state) {
        out.clear();
        JsonWriter(out).value(all);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(write_structs)->Name("json/write_structs/messages")->Arg(5)->Arg(500);

void write_value(benchmark::State& state) {
    const Json value = *parse_json(to_json(messages(static_cast<int>(state.range(0)))));
    std::string out;
    const AllocationsPerIteration report(state);
    for (auto _ : state) {
        out.clear();
        JsonWriter(out).value(value);
        benchmark::DoNotOptimize(out.data());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}
BENCHMARK(write_value)->Name("json/write_value/messages")->Arg(5)->Arg(500);

}  // namespace
}  // namespace parley::bench
