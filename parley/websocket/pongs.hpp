// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "parley/base/outbox.hpp"
#include "parley/websocket/buffer.hpp"
#include "parley/websocket/frame_writer.hpp"

namespace parley::websocket::detail {

/// Answers pings, each of them while the peer takes our pongs, else only the latest.
///
/// A peer that pings and does not read must not fill the outbox. While a pong of an earlier receive has not left, only
/// one ping is remembered, which is all that RFC 6455 §5.5.3 asks for.
class Pongs {
 public:
    /// New octets have been received: what their pings ask for is decided anew.
    void begin_receive() noexcept { is_answering_ = false; }

    void handle_ping(std::string_view payload, const FrameWriter& frames, Outbox& outbox);

    /// Answers the ping that waits, if there is one and the pong before has left.
    void answer_waiting(const FrameWriter& frames, Outbox& outbox);

    [[nodiscard]] bool is_waiting() const noexcept { return is_waiting_; }
    [[nodiscard]] std::size_t retained_bytes() const noexcept { return payload_.capacity(); }
    void forget() noexcept { is_waiting_ = false; }

 private:
    [[nodiscard]] bool has_last_left(const Outbox& outbox) const noexcept { return outbox.passed() >= last_end_; }
    void append_pong(std::string_view payload, const FrameWriter& frames, Outbox& outbox);

    Buffer payload_;              // of the ping that waits
    std::uint64_t last_end_ = 0;  // where our last pong ends, counted over the life of the outbox
    bool is_waiting_ = false;
    bool is_answering_ = false;
};

}  // namespace parley::websocket::detail
