// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/base/time.hpp"
#include "parley/net/endpoint.hpp"

namespace parley::net {

class Listener;
class Loop;
class Stream;

using OnAccept = Function<void(std::unique_ptr<Stream>)>;

/// How to listen.
struct ListenOptions {
    int backlog = 4096;       ///< connections that may wait to be accepted
    bool reuse_port = false;  ///< let several loops listen on one port, the kernel spreads the connections
    bool ipv6_only = false;   ///< listening on an IPv6 address, take no IPv4 connections
    std::string refusal;      ///< bytes for those who are turned away, as far as they can be sent at once
};

/// A port that accepts connections as long as this object lives.
///
/// When the process runs out of descriptors or the kernel out of memory it turns a few waiting connections away, rests
/// for `rest_when_exhausted`, and tries again: live connections and the processor are left in peace. Belongs to its
/// loop's thread, may be destroyed in any callback, and must be destroyed before the loop.
class Listener {
 public:
    static constexpr int accepts_per_turn_max = 256;
    static constexpr int turned_away_per_rest_max = 64;
    static constexpr Duration rest_when_exhausted = std::chrono::milliseconds(100);

    virtual ~Listener() = default;
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// Where it listens, with the real port when 0 was asked for.
    [[nodiscard]] virtual Endpoint endpoint() const = 0;
    [[nodiscard]] std::uint16_t port() const { return endpoint().port(); }

    /// Accepts connections of the same port on another loop of this kind, too: whichever of the loops is awake takes
    /// the next one, so that one which is busy holds up nobody. On the thread of `loop`, or before it runs.
    [[nodiscard]] virtual Result<std::unique_ptr<Listener>> share(Loop& loop, OnAccept on_accept) const = 0;

    /// Called when descriptors or memory ran out, at most ten times a second: the place for one line in the log.
    void on_exhausted(Function<void()> callback) { on_exhausted_ = std::move(callback); }

    /// Connections that were accepted only to be refused, because no descriptor was left.
    [[nodiscard]] std::uint64_t turned_away() const noexcept { return turned_away_; }

 protected:
    Listener() = default;

    Function<void()> on_exhausted_;
    std::uint64_t turned_away_ = 0;
};

}  // namespace parley::net
