// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

#include "parley/base/memory_budget.hpp"

namespace parley::socketio {

class PacketDecoder;

/// The memory that all incomplete binary packets of one server may take together.
///
/// Each connection alone is bounded (`Limits::packet_bytes_max`), but thousands that leave out their last attachment
/// would add up. When the budget is spent, the oldest incomplete packets are dropped: their memory is free at once,
/// their connections fail with their next message or at their deadline. Loop-affine; outlives the decoders that use it.
class ReassemblyBudget {
 public:
    static constexpr std::size_t default_bytes_max = 64 * 1024 * 1024;

    /// What waits is counted in `whole`, too, and when that is full the packet that would grow is dropped.
    explicit ReassemblyBudget(std::size_t bytes_max = default_bytes_max, MemoryBudget* whole = nullptr)
        : bytes_max_(bytes_max), whole_(whole) {}
    ReassemblyBudget(const ReassemblyBudget&) = delete;
    ReassemblyBudget& operator=(const ReassemblyBudget&) = delete;

    /// Octets that are waiting now.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
    friend class PacketDecoder;

    // Counts `bytes` more for a decoder, beside those that it has. False: it is itself the oldest, and to be dropped.
    bool take(PacketDecoder& decoder, std::size_t bytes);
    void give_back(PacketDecoder& decoder) noexcept;

    std::size_t bytes_max_;
    MemoryBudget* whole_;
    std::size_t bytes_ = 0;
    PacketDecoder* oldest_ = nullptr;
    PacketDecoder* newest_ = nullptr;
};

}  // namespace parley::socketio
