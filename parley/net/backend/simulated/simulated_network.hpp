// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/base/time.hpp"
#include "parley/net/loop.hpp"

namespace parley::net {

class SimulatedPeer;
namespace detail {
class SimulatedWorld;
}

/// What a simulated network does to the bytes.
struct SimulatedNetworkOptions {
    bool cut = true;    ///< bytes arrive in pieces of random sizes, sends are short at random
    bool delay = true;  ///< pieces take a random time to arrive
    Duration delay_max = std::chrono::milliseconds(5);  ///< the longest such time
    std::size_t window_bytes = 65'536;  ///< what may be under way or unread in one direction of a connection
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

    /// What a name resolves to in this world; other names are not found ("localhost" and numeric addresses are known).
    void add_host(std::string name, std::vector<Endpoint> endpoints);

    /// Delivers a signal to the watches of all loops.
    void raise(int signal);

    /// The next `count` accepts fail as if the process had no descriptor left.
    void fail_accepts(int count);

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
    /// No more bytes can come: ended or reset.
    [[nodiscard]] bool is_closed() const { return is_ended() || is_reset(); }

    /// This end's address: what the server sees as its peer.
    [[nodiscard]] virtual Endpoint endpoint() const = 0;

 protected:
    SimulatedPeer() = default;
};

}  // namespace parley::net
