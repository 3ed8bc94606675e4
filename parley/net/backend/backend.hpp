// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "parley/base/entropy.hpp"
#include "parley/base/error.hpp"
#include "parley/base/time.hpp"
#include "parley/net/local_listener.hpp"
#include "parley/net/loop.hpp"

namespace parley::net {

/// What a loop needs from the machine below: connections, a clock, sleep. One folder beside this file per kind;
/// `posix` has what those that wait for descriptors share.
///
/// Everything else (timers, turn tasks, posted functions, the list of streams to flush) is the loop's, so that a
/// backend has nothing to do with it. Functions behave as those of the same name in `Loop`.
class Backend {
 public:
    virtual ~Backend() = default;
    Backend() = default;
    Backend(const Backend&) = delete;
    Backend& operator=(const Backend&) = delete;

    /// Any thread.
    [[nodiscard]] virtual TimePoint now() = 0;
    [[nodiscard]] virtual WallTime wall_time() = 0;
    [[nodiscard]] virtual EntropySource& entropy() = 0;

    /// Sleeps from `now` on until something happened, `wake()` was called or `deadline` passed. `dispatch` follows,
    /// with the loop's time renewed between the two. Returns false when nothing can ever happen any more.
    virtual bool wait(TimePoint now, TimePoint deadline) = 0;

    /// Gives what has happened to the handlers; each stream and listener at most once.
    virtual void dispatch() = 0;

    /// Any thread: ends the present or the next `wait`.
    virtual void wake() noexcept = 0;

    /// Readable when `wait` would not sleep, but for its deadline; -1: nothing is.
    [[nodiscard]] virtual int descriptor() const noexcept { return -1; }

    /// The loop is about to be destroyed: ends the backend's own threads. Nothing but destroying follows.
    virtual void stop() {}

    virtual Result<std::unique_ptr<Listener>> listen(Loop& loop, const Endpoint& endpoint, const ListenOptions& options,
                                                     OnAccept on_accept) = 0;
    virtual Result<std::unique_ptr<Listener>> listen_local(Loop& loop, const std::string& path,
                                                           const LocalListenOptions& options, OnAccept on_accept) = 0;
    virtual Result<std::unique_ptr<Listener>> listen_handed_over(Loop& loop, std::string refusal,
                                                                 OnAccept on_accept) = 0;
    virtual std::unique_ptr<Pending> connect(Loop& loop, const Endpoint& endpoint, const ConnectOptions& options,
                                             OnConnected on_connected) = 0;
    virtual std::unique_ptr<Pending> connect_local(Loop& loop, const std::string& path, const ConnectOptions& options,
                                                   OnConnected on_connected) = 0;
    virtual std::unique_ptr<Pending> resolve(Loop& loop, std::string host, std::uint16_t port,
                                             OnResolved on_resolved) = 0;
    virtual Result<std::unique_ptr<SignalWatch>> on_signals(std::span<const int> signals,
                                                            Function<void(int)> on_signal) = 0;
};

}  // namespace parley::net
