// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "parley/net/backend/simulated/simulated_network.hpp"
#include "parley/net/loop.hpp"

namespace parley::net::test {

/// A backend to test on: the real one, with loopback and ports that the system chooses.
struct EpollWorld {
    std::unique_ptr<Loop> owned_loop = make_loop();
    Loop& loop = *owned_loop;
};

/// The same tests on the simulated one, with bytes cut and delayed.
struct SimulatedTestWorld {
    SimulatedNetwork network{20261121};
    Loop& loop = network.loop();
};

/// Runs turns until `condition` holds; false when it does not within ten seconds.
template <typename Condition>
bool run_until(Loop& loop, Condition condition) {
    const TimePoint end = loop.now() + std::chrono::seconds(10);
    while (!condition() && loop.now() < end)
        loop.run_turn(end);
    return condition();
}

/// Runs turns for `duration` and returns how many there were: few, unless something spins.
inline int count_turns(Loop& loop, Duration duration) {
    int turns = 0;
    for (const TimePoint end = loop.now() + duration; loop.now() < end; ++turns)
        loop.run_turn(end);
    return turns;
}

/// A handler that notes what happens; a test adds what is to be done on top.
struct Recorder final : StreamHandler {
    void on_data(std::span<char> bytes) override {
        received.append(bytes.data(), bytes.size());
        last_data = bytes;
        if (when_data) when_data();
    }
    std::span<char> receive_window() override { return window; }
    void on_end() override {
        ++ends;
        if (when_end) when_end();
    }
    void on_drained() override {
        ++drains;
        if (when_drained) when_drained();
    }
    void on_closed(std::optional<Error> closing_error) override {
        ++closes;
        error = std::move(closing_error);
        if (when_closed) when_closed();
    }
    [[nodiscard]] ClosingLimits closing_limits() const override { return closing; }

    std::string received;
    std::span<char> last_data;
    std::span<char> window;
    ClosingLimits closing;
    int ends = 0;
    int drains = 0;
    int closes = 0;
    std::optional<Error> error;
    Function<void()> when_data;
    Function<void()> when_end;
    Function<void()> when_drained;
    Function<void()> when_closed;
};

/// A stream with its recorder. The recorder is declared first: it outlives the stream.
struct End {
    Recorder events;
    std::unique_ptr<Stream> stream;

    void take(std::unique_ptr<Stream> new_stream) {
        stream = std::move(new_stream);
        stream->set_handler(events);
    }
    void send(std::string_view octets) {
        stream->outbox().append(octets);
        stream->flush_soon();
    }
};

/// Two ends of one connection, both on `loop`.
struct ConnectedPair {
    explicit ConnectedPair(Loop& on_loop) : loop(on_loop) {
        listener = loop.listen(Endpoint::loopback(0), {},
                               [this](std::unique_ptr<Stream> stream) { server.take(std::move(stream)); })
                       .value();
        attempt = loop.connect(listener->endpoint(), {}, [this](Result<std::unique_ptr<Stream>> result) {
            client.take(std::move(result).value());
        });
        run_until(loop, [this] { return server.stream != nullptr && client.stream != nullptr; });
    }

    Loop& loop;
    End server;
    End client;
    std::unique_ptr<Listener> listener;
    std::unique_ptr<Pending> attempt;
};

/// Octets that do not repeat soon.
inline std::string pattern(std::size_t size) {
    std::string octets(size, '\0');
    std::uint32_t state = 1;
    for (char& octet : octets) {
        state = state * 1664525 + 1013904223;
        octet = static_cast<char>(state >> 24);
    }
    return octets;
}

}  // namespace parley::net::test
