// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "parley/base/shared_buffer.hpp"

namespace parley::engine {

/// One packet of the program — a text message and the binary messages that follow it — encoded at most once per
/// transport, however many sessions it is sent to: their outboxes refer to the same octets.
///
/// The encoded forms are made when first asked for. Belongs to one thread; copying copies references to what was
/// encoded.
class EncodedPacket {
 public:
    /// `text` is the message without the digit of Engine.IO; `attachments` follow as binary messages, in order.
    explicit EncodedPacket(std::string text, std::vector<SharedBuffer> attachments = {});

    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] const std::vector<SharedBuffer>& attachments() const noexcept { return attachments_; }

    /// All its WebSocket frames, one after the other (RFC 6455 §5.2, unmasked).
    [[nodiscard]] const SharedBuffer& websocket_frames() const;

    /// All its records for a polling payload, separators between them.
    [[nodiscard]] const SharedBuffer& polling_records() const;

 private:
    std::string text_;
    std::vector<SharedBuffer> attachments_;
    mutable SharedBuffer websocket_frames_;
    mutable SharedBuffer polling_records_;
};

}  // namespace parley::engine
