// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace parley::net {

/// Lines for a person or a collector of logs, written without ever waiting for who reads them.
///
/// A pipe, a terminal or a socket that has no room (nobody reads it, the output of a terminal is held) loses the line
/// instead of holding up the loop that wrote it; the next line that finds room says first how many were lost. A reader
/// that has gone is no error. Not thread-safe.
class LineOutput {
 public:
    /// Longer lines are cut: this much is written in one piece, also where other processes write to the same pipe
    /// (POSIX `PIPE_BUF`).
    static constexpr std::size_t line_bytes_max = 4096;

    /// `descriptor` stays the caller's; 2 is the standard error.
    explicit LineOutput(int descriptor = 2) noexcept : descriptor_(descriptor) {}

    /// Writes `line`, to which the end of a line is added. False when it was lost.
    bool write(std::string_view line) noexcept;

    /// Lines that were lost so far.
    [[nodiscard]] std::uint64_t lost() const noexcept { return lost_; }

 private:
    bool write_whole(std::string_view line) noexcept;

    int descriptor_;
    std::uint64_t lost_ = 0;
    std::uint64_t told_ = 0;  // of those that were lost
};

}  // namespace parley::net
