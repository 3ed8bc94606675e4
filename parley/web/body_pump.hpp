// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>

#include "parley/base/outbox.hpp"
#include "parley/web/body_source.hpp"

namespace parley::web {

/// Takes a body out of its source as fast as the peer takes it, and exactly as much of it as was promised.
class BodyPump {
 public:
    /// More than this is never put into an outbox ahead of the peer.
    static constexpr std::size_t waiting_bytes_max = 64 * 1024;

    enum class Outcome {
        waiting,   ///< the outbox is full: go on when it is drained
        finished,  ///< all that was promised is in the outbox
        failed,    ///< the source has less, or more, than was promised: the connection must be cut
    };

    void start(std::unique_ptr<BodySource> source, std::uint64_t size);
    [[nodiscard]] bool is_running() const { return source_ != nullptr; }
    Outcome pump(Outbox& outbox);
    /// Octets that are still to come.
    [[nodiscard]] std::uint64_t left() const { return left_; }

 private:
    std::unique_ptr<BodySource> source_;
    std::uint64_t left_ = 0;
};

}  // namespace parley::web
