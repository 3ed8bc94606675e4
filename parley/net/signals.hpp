// SPDX-License-Identifier: MIT
#pragma once

namespace parley::net {

/// A watch on operating system signals, made by `Loop::on_signals`.
///
/// While it lives each of its signals that reaches the process, in whichever thread, is told to its function on the
/// loop; every watch on any loop hears it. Signals of one number that arrive before the loop gets to them are told
/// once, as the system itself counts them. The first watch of a signal takes its disposition, the last one that goes
/// restores what was before; what had arrived and was not told goes with its watch. A signal that every thread blocks
/// does not arrive. Belongs to its loop's thread, may be destroyed in any callback, and must be destroyed before the
/// loop.
class SignalWatch {
 public:
    virtual ~SignalWatch() = default;
    SignalWatch() = default;
    SignalWatch(const SignalWatch&) = delete;
    SignalWatch& operator=(const SignalWatch&) = delete;
};

}  // namespace parley::net
