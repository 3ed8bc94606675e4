// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "parley/base/entropy.hpp"
#include "parley/base/outbox.hpp"
#include "parley/websocket/frame.hpp"

namespace parley::websocket {

/// Appends the frames of one side: a server's as they are, a client's masked (RFC 6455 §5.1), each with a key that
/// nobody can foresee (§5.3).
class FrameWriter {
 public:
    /// A server's.
    FrameWriter() = default;
    /// A client's: its keys come from `keys`, which must outlive it.
    explicit FrameWriter(EntropySource& keys) noexcept : keys_(&keys) {}

    [[nodiscard]] bool is_client() const noexcept { return keys_ != nullptr; }

    /// A final frame.
    void append(Outbox& outbox, Opcode opcode, std::string_view payload) const {
        is_client() ? append_frame(outbox, {opcode, next_key()}, payload) : append_frame(outbox, opcode, payload);
    }
    /// The same for a payload in two parts: `prefix`, then `payload`.
    void append(Outbox& outbox, Opcode opcode, char prefix, std::string_view payload) const {
        is_client() ? append_frame(outbox, {opcode, next_key()}, prefix, payload)
                    : append_frame(outbox, opcode, prefix, payload);
    }

 private:
    [[nodiscard]] MaskKey next_key() const;

    EntropySource* keys_ = nullptr;
};

}  // namespace parley::websocket
