// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/net/backend/simulated/seeded_random.hpp"
#include "parley/net/backend/simulated/simulated_network.hpp"

namespace parley::net::detail {

class SimulatedBackend;
class SimulatedListener;

/// Time, chance and everything that is under way.
///
/// Events are ordered by their time, then by the order in which they were planned, so a run is a function of the seed
/// and of the calls made from outside.
class SimulatedWorld {
 public:
    SimulatedWorld(std::uint64_t seed, const SimulatedNetworkOptions& options);
    ~SimulatedWorld();
    SimulatedWorld(const SimulatedWorld&) = delete;
    SimulatedWorld& operator=(const SimulatedWorld&) = delete;

    [[nodiscard]] const SimulatedNetworkOptions& options() const { return options_; }
    [[nodiscard]] TimePoint now() const { return now_; }
    [[nodiscard]] SeededRandom& random() { return random_; }
    void change(const SimulatedNetworkOptions& options) { options_ = options; }
    /// Any time up to `longest`, both included.
    [[nodiscard]] Duration random_time(Duration longest);
    /// How long the next thing takes to arrive.
    [[nodiscard]] Duration random_delay();
    /// Whether a fault happens this time that happens once in `rate` times.
    [[nodiscard]] bool is_hit(std::uint32_t rate) { return rate > 0 && random_.one_in(rate); }

    /// Plans `event` for `time`, or for now when that has passed.
    void plan(TimePoint time, Function<void()> event);

    // ---- driving

    Loop& add_loop();
    [[nodiscard]] Loop& loop(std::size_t index) { return *members_[index].loop; }
    [[nodiscard]] const std::vector<SimulatedBackend*>& backends() const { return backends_; }

    /// Runs what is planned for now or earlier.
    void run_due_events();
    /// Runs a turn of each loop that has work, but not of the one that asks from its own sleep. False: none had.
    bool run_loops(const SimulatedBackend* asking);
    /// When the next event is planned.
    [[nodiscard]] TimePoint next_event() const;
    /// When anything happens next: an event, or a timer of a loop but the one that asks.
    [[nodiscard]] TimePoint next_time(const SimulatedBackend* asking) const;
    void move_to(TimePoint time);
    /// Lets `duration` pass in the middle of a loop's turn: what is planned happens, and the loops learn of it later.
    void pass(Duration duration);
    /// The same for a pause of the process, by chance.
    void pause();

    // ---- ports and names

    /// The port that `listener` got; 0 when the one asked for is taken.
    std::uint16_t bind(SimulatedListener& listener, std::uint16_t port, bool reuse_port);
    /// Binds `other` to the port of `listener`, too.
    void share(const SimulatedListener& listener, SimulatedListener& other);
    void unbind(SimulatedListener& listener);
    /// The listener that gets the next connection to `port`; null when there is none.
    [[nodiscard]] SimulatedListener* listener_on(std::uint16_t port);
    [[nodiscard]] Endpoint next_client_endpoint();

    [[nodiscard]] Reachability reachability(const Endpoint& endpoint) const;

    std::map<std::string, std::vector<Endpoint>, std::less<>> hosts;
    std::map<std::string, Reachability> reachabilities;  // by address
    std::map<std::string, std::uint16_t> local_sockets;  // the port that a path leads to
    int failing_accepts = 0;
    std::size_t open_streams = 0;

    // ---- trace

    void trace(std::uint64_t value);
    void trace(std::string_view octets);
    [[nodiscard]] std::uint64_t trace_hash() const { return trace_hash_; }

 private:
    struct Event {
        TimePoint time;
        std::uint64_t number = 0;
        Function<void()> run;
    };
    struct Binding {
        SimulatedListener* listener = nullptr;
        bool reuse_port = false;
    };
    struct Member {
        SimulatedBackend* backend = nullptr;
        std::unique_ptr<Loop> loop;
    };
    static bool is_later(const Event& left, const Event& right);

    SimulatedNetworkOptions options_;
    SeededRandom random_;
    TimePoint now_{std::chrono::hours(1)};
    std::vector<Event> events_;  // a heap, the earliest first
    std::uint64_t event_count_ = 0;
    std::uint64_t trace_hash_ = 0xcbf29ce484222325;
    std::multimap<std::uint16_t, Binding> bindings_;
    std::uint16_t next_port_ = 40'000;
    std::uint32_t next_client_ = 0;
    std::vector<SimulatedBackend*> backends_;
    std::vector<Member> members_;
};

}  // namespace parley::net::detail
