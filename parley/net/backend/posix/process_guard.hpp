// SPDX-License-Identifier: MIT
#pragma once

namespace parley::net::detail {

/// What a process with a loop must not suffer, for as long as one of its loops lives.
///
/// SIGPIPE ends nothing: a reader of the program's output that goes away is an error of that write and no more. Where
/// the program has a handler of its own, or ignores the signal, it is left as it is; programs that are started from
/// this one begin with the default, as always. The descriptors 0 to 2 are open, if only on /dev/null: else the next
/// socket would be one of them, and what is written to the standard error would reach a peer. Any thread.
class ProcessGuard {
 public:
    ProcessGuard();
    ~ProcessGuard();
    ProcessGuard(const ProcessGuard&) = delete;
    ProcessGuard& operator=(const ProcessGuard&) = delete;
};

}  // namespace parley::net::detail
