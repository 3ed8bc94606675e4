// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "parley/base/utf8.hpp"
#include "parley/websocket/buffer.hpp"
#include "parley/websocket/frame.hpp"
#include "parley/websocket/mask.hpp"

namespace parley::websocket::detail {

/// What is known about the frame that a piece of a message comes from.
struct FrameRest {
    std::uint64_t missing = 0;  ///< octets of its payload that have not been taken yet
    bool is_final = false;      ///< the message ends with this frame
};

/// A message that is collected, because it was cut: by the frames of the peer or by the network.
///
/// Each piece is unmasked and checked as it comes, so that bad text is found with its first bad octet. The memory
/// follows what has arrived, never what a header announces: at most 64 KiB, or as much again as is there. What is
/// compressed is no text yet.
class PartialMessage {
 public:
    /// Starts the message of which this is the first frame.
    void begin(const FrameHeader& first) noexcept;

    /// Takes the mask off `piece`, in place, and adds it. It stands in the window, or anywhere else. False: the text is
    /// not UTF-8.
    [[nodiscard]] bool add(std::span<char> piece, MaskKey key, FrameRest frame, std::size_t bytes_max);

    /// Whether the message may end here: text must not end within a character.
    [[nodiscard]] bool may_end() const noexcept { return is_binary_ || text_.complete(); }

    /// Where the next octets of the frame are best received; empty: anywhere. It stays until the next `add` or
    /// `release`.
    [[nodiscard]] std::span<char> window(FrameRest frame, std::size_t bytes_max);

    [[nodiscard]] std::string_view view() const noexcept { return octets_.view(); }
    [[nodiscard]] std::size_t size() const noexcept { return octets_.size(); }
    [[nodiscard]] std::size_t capacity() const noexcept { return octets_.capacity(); }
    [[nodiscard]] bool is_binary() const noexcept { return is_binary_; }
    [[nodiscard]] bool is_compressed() const noexcept { return is_compressed_; }

    /// Forgets the octets and gives the memory back.
    void release() noexcept { octets_.release(); }

 private:
    void make_room(std::size_t octets, FrameRest frame, std::size_t bytes_max);

    Buffer octets_;
    Utf8Validator text_;
    bool is_binary_ = false;
    bool is_compressed_ = false;
};

}  // namespace parley::websocket::detail
