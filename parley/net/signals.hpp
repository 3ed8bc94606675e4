// SPDX-License-Identifier: MIT
#pragma once

namespace parley::net {

/// A watch on operating system signals, made by `Loop::on_signals`. While it lives the signals are blocked in the
/// thread that made it and told to its function instead; destroying it restores what was before.
///
/// A signal to the process goes to any thread that does not block it, so watch before starting other threads: they
/// inherit the block. Must be destroyed by the thread that made it, before the loop.
class SignalWatch {
 public:
    virtual ~SignalWatch() = default;
    SignalWatch() = default;
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;
};

}  // namespace parley::net
