// SPDX-License-Identifier: MIT
// WebSocket connections of the web library: nanoseconds and allocations per message, and the memory of an idle one.
#include <benchmark/benchmark.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bench/support/allocation_counter.hpp"
#include "parley/base/memory_budget.hpp"
#include "parley/base/shared_buffer.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/stream.hpp"
#include "parley/web/connection_table.hpp"
#include "parley/web/websocket_connection.hpp"
#include "parley/websocket/frame.hpp"

namespace parley::bench {
namespace {

/// A stream whose peer takes everything when it is told to.
class MemoryStream final : public net::Stream {
 public:
    explicit MemoryStream(net::Loop& loop) : Stream(loop) {}

    void take() {
        outbox().clear();
        handler()->on_drained();
    }

    void flush() override {}
    void pause_reading() override {}
    void resume_reading() override {}
    void await_end() override {}
    void close() override {}
    [[nodiscard]] std::unique_ptr<net::DetachedStream> detach() override { return nullptr; }
    [[nodiscard]] TimePoint last_progress() const override { return loop().now(); }
    [[nodiscard]] net::Endpoint peer() const override { return {}; }
    [[nodiscard]] net::Endpoint local() const override { return {}; }

 protected:
    void handle_started() override {}
    void handle_flush() override { take(); }
};

/// Answers every message with itself.
struct Echo final : web::WebSocketListener {
    void on_message(websocket::Message message) override { connection->send_text(message.data); }
    void on_closed(std::uint16_t, std::string_view, web::WebSocketCloseCause) override {}

    web::WebSocketConnection* connection = nullptr;
};

/// WebSocket connections to nowhere.
struct Connections {
    explicit Connections(std::size_t size) {
        options->ping_interval = std::chrono::seconds(25);
        for (std::size_t i = 0; i < size; ++i) {
            auto stream = std::make_unique<MemoryStream>(*loop);
            streams.push_back(stream.get());
            auto connection = std::make_unique<web::WebSocketConnection>(table, std::move(stream), options, echo);
            all.push_back(connection.get());
            table.add(std::move(connection));
        }
        echo.connection = all.front();
    }

    /// Runs `work` inside a turn of the loop, where the time stands still.
    template <typename Work>
    void run(Work work) {
        loop->post([&] { work(); });
        loop->run_turn(loop->now());
    }

    std::unique_ptr<net::Loop> loop = net::make_loop();
    std::shared_ptr<web::WebSocketConnectionOptions> options = std::make_shared<web::WebSocketConnectionOptions>();
    Echo echo;
    MemoryBudget memory{0};
    web::ConnectionTable table{*loop, memory};
    std::vector<MemoryStream*> streams;
    std::vector<web::WebSocketConnection*> all;
};

/// A masked text frame whose text stays ASCII however often it is unmasked in place.
std::string client_text(std::size_t size) {
    char header[websocket::frame_header_bytes_max];
    char* const end = websocket::write_frame_header(header, websocket::Opcode::text, size);
    header[1] = static_cast<char>(header[1] | 0x80);
    return std::string(header, end).append("\1\2\3\4").append(size, 'x');
}

void echo(benchmark::State& state) {
    Connections connections(1);
    std::string frame = client_text(static_cast<std::size_t>(state.range(0)));
    connections.run([&] {
        AllocationsPerIteration allocations(state);
        for (auto _ : state) {
            connections.all.front()->on_data(frame);
            connections.streams.front()->take();
        }
    });
}
BENCHMARK(echo)->Name("web/echo")->Arg(20)->Arg(1024);

void echo_sixteen(benchmark::State& state) {
    Connections connections(1);
    std::string frames;
    for (int i = 0; i < 16; ++i)
        frames += client_text(20);
    connections.run([&] {
        AllocationsPerIteration allocations(state);
        for (auto _ : state) {
            connections.all.front()->on_data(frames);
            connections.streams.front()->take();
        }
    });
}
BENCHMARK(echo_sixteen)->Name("web/echo_of_sixteen_in_one_turn");

void broadcast(benchmark::State& state) {
    Connections connections(static_cast<std::size_t>(state.range(0)));
    const std::string text(32, 'x');
    connections.run([&] {
        AllocationsPerIteration allocations(state);
        for (auto _ : state) {
            const SharedBuffer frame = SharedBuffer::build(websocket::frame_size(text.size()), [&](char* octets) {
                websocket::write_frame(octets, websocket::Opcode::text, text);
            });
            for (web::WebSocketConnection* const connection : connections.all)
                connection->send_encoded(frame);
            for (MemoryStream* const stream : connections.streams)
                stream->take();
        }
    });
    state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(broadcast)->Name("web/broadcast")->Arg(1000);

}  // namespace
}  // namespace parley::bench
