// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/base/time.hpp"
#include "parley/net/loop.hpp"

namespace parley::net {

class SimulatedPeer;

/// What becomes of a loop's attempt to connect to an address.
enum class Reachability : std::uint8_t {
    reached,  ///< whoever listens on the port gets it
    refused,  ///< nothing listens there
    silent,   ///< nothing ever answers
};

namespace detail {
class SimulatedWorld;
}

/// What a simulated world does to the bytes, to the time of those who handle them, and to what they ask of it.
///
/// Where nothing is said, a turn of a loop takes no time and nothing fails: then no arrival meets a timer that is not
/// due at the same moment. The faults happen once in so many occasions, by chance; 0 is never.
struct SimulatedNetworkOptions {
    bool cut = true;    ///< bytes arrive in pieces of random sizes, sends are short at random
    bool delay = true;  ///< pieces take a random time to arrive
    Duration delay_max = std::chrono::milliseconds(5);  ///< the longest such time
    std::size_t window_bytes = 65'536;  ///< what may be under way or unread in one direction of a connection

    Duration wake_delay_max = Duration::zero();  ///< from the end of a loop's sleep to the beginning of its turn
    Duration pause_max = Duration::zero();       ///< before a handler, or in a system call: the process does not run
    std::uint32_t pauses = 4;                    ///< such pauses, one in so many handlers and system calls
    Duration tick = Duration::zero();  ///< every other arrival waits for a multiple of it: many come at one moment
    bool shuffle = false;              ///< what is ready in one turn is handled in any order

    std::uint32_t resets = 0;           ///< arrivals that find the connection broken, at both ends
    std::uint32_t refusals = 0;         ///< connections that are refused although somebody listens
    std::uint32_t accept_failures = 0;  ///< accepts that fail, in any of the ways in which they may
    std::uint32_t watch_failures = 0;   ///< first watches of a connection for which the system has no memory
    std::size_t descriptors_max = 0;    ///< connections that the loops may hold at a time; 0: as many as they like
};

/// A world in memory for tests and simulations: a virtual clock, loops, connections between them and to test peers.
///
/// Everything follows from the seed: the same seed and the same calls replay exactly, and no time passes but virtual
/// time. Not thread-safe; it must outlive everything that was made on its loops.
class SimulatedNetwork {
 public:
    explicit SimulatedNetwork(std::uint64_t seed, const SimulatedNetworkOptions& options = {});
    ~SimulatedNetwork();
    SimulatedNetwork(const SimulatedNetwork&) = delete;
    SimulatedNetwork& operator=(const SimulatedNetwork&) = delete;

    /// The first loop of this world. Its `run()` drives the world until `stop()`, or until nothing can happen any more.
    [[nodiscard]] Loop& loop();

    /// One more loop, as a second thread of a server would have. It lives as long as the network.
    [[nodiscard]] Loop& add_loop();

    /// Virtual time; starts at one hour.
    [[nodiscard]] TimePoint now() const;

    /// Lets `duration` pass: all that happens in it happens.
    void run_for(Duration duration);

    /// Lets time pass until no byte is under way and no loop has work. A timer that is due later does not fire.
    void run_until_idle();

    /// A client of the listener on `port`, connecting. When nothing listens there its connection is reset. The
    /// reference is valid as long as the network.
    SimulatedPeer& connect(std::uint16_t port);
    /// The same from the address and port `from`.
    SimulatedPeer& connect(std::uint16_t port, const Endpoint& from);

    /// What a name resolves to in this world; other names are not found ("localhost" and numeric addresses are known).
    void add_host(std::string name, std::vector<Endpoint> endpoints);

    /// Makes `path` a Unix-domain socket of whoever listens on `port`.
    void add_local_socket(std::string path, std::uint16_t port);

    /// What becomes of attempts to connect to the address of `endpoint`, on any port; others are reached.
    void set_reachability(const Endpoint& endpoint, Reachability reachability);

    /// Delivers a signal to the watches of all loops.
    void raise(int signal);

    /// The next `count` accepts fail as if the process had no descriptor left.
    void fail_accepts(int count);

    /// Other options, from now on: to heal what was broken before.
    void change(const SimulatedNetworkOptions& options);

    /// Runs `function` in the world, beside the loops, `from_now` from now: also in the middle of a turn that takes
    /// time. It acts on peers, and on what any thread may call.
    void plan(Duration from_now, Function<void()> function);

    /// Called by a handler on a loop: it takes `duration`. What happens in the world meanwhile reaches the loop in its
    /// next turn.
    void spend(Duration duration);

    /// Connections that loops hold just now.
    [[nodiscard]] std::size_t open_streams() const;

    /// A number that depends on every byte and every moment of the past: equal for equal runs.
    [[nodiscard]] std::uint64_t trace_hash() const;

 private:
    std::unique_ptr<detail::SimulatedWorld> world_;
    std::vector<std::unique_ptr<SimulatedPeer>> peers_;
};

/// The test's end of a simulated connection. What it sends starts on its way at once and arrives while the network
/// runs.
class SimulatedPeer {
 public:
    virtual ~SimulatedPeer() = default;
    SimulatedPeer(const SimulatedPeer&) = delete;
    SimulatedPeer& operator=(const SimulatedPeer&) = delete;

    virtual void send(std::string_view octets) = 0;

    /// Calls `function` in the world, whenever something has arrived, or may be sent, or the connection has ended.
    virtual void on_activity(Function<void()> function) = 0;

    /// Everything that has arrived; the test may take from it or clear it.
    [[nodiscard]] virtual std::string& received() = 0;

    /// Sends FIN behind what was sent; receiving goes on.
    virtual void end() = 0;
    /// Sends FIN behind what was sent, and answers later bytes with a reset, as a closed socket does.
    virtual void close() = 0;
    /// Breaks the connection at once: the other side sees a reset.
    virtual void reset() = 0;

    /// Takes no more bytes: the window fills up.
    virtual void stop_reading() = 0;
    virtual void resume_reading() = 0;

    /// The other side has sent FIN and all before it has arrived.
    [[nodiscard]] virtual bool is_ended() const = 0;
    /// The other side has reset the connection, or nobody listened.
    [[nodiscard]] virtual bool is_reset() const = 0;
    /// Octets that `send` was given and the window had no room for yet.
    [[nodiscard]] virtual std::size_t unsent() const = 0;
    /// No more bytes can come: ended or reset.
    [[nodiscard]] bool is_closed() const { return is_ended() || is_reset(); }

    /// This end's address: what the server sees as its peer.
    [[nodiscard]] virtual Endpoint endpoint() const = 0;

 protected:
    SimulatedPeer() = default;
};

}  // namespace parley::net
