// SPDX-License-Identifier: MIT
#include "parley/websocket/partial_message.hpp"

#include <algorithm>

namespace parley::websocket::detail {
namespace {

// What may be reserved before the octets have arrived.
constexpr std::size_t advance_bytes = 64 * 1024;

// Many small fragments may take this much more than their octets, or an eighth.
constexpr std::size_t slack_bytes = 4096;

// For a shorter rest the caller's own buffer is the better place: it takes the frames behind it in the same receive.
constexpr std::size_t window_bytes_min = 16 * 1024;

}  // namespace

void PartialMessage::begin(const FrameHeader& first) noexcept {
    octets_.release();
    text_.reset();
    is_binary_ = first.opcode == Opcode::binary;
    is_compressed_ = first.rsv1;
}

bool PartialMessage::add(std::span<char> piece, MaskKey key, FrameRest frame, std::size_t bytes_max) {
    const std::string_view added(piece.data(), piece.size());
    if (is_binary_ || is_compressed_) {
        unmask(piece, key);
    } else {
        const bool is_plain = unmask_and_is_ascii(piece, key) && text_.complete();
        if (!is_plain && !text_.receive(added)) return false;
    }
    if (!piece.empty() && piece.data() == octets_.free_space().data()) {
        octets_.commit(piece.size());
    } else {
        make_room(piece.size(), frame, bytes_max);
        octets_.append(added);
    }
    return true;
}

std::span<char> PartialMessage::window(FrameRest frame, std::size_t bytes_max) {
    // Nothing is reserved for a header alone.
    if (octets_.empty() || frame.missing < window_bytes_min) return {};
    if (octets_.free_space().size() < window_bytes_min) make_room(window_bytes_min, frame, bytes_max);
    const std::span<char> free_space = octets_.free_space();
    return free_space.first(std::min<std::uint64_t>(free_space.size(), frame.missing));
}

void PartialMessage::make_room(std::size_t octets, FrameRest frame, std::size_t bytes_max) {
    const std::size_t needed = octets_.size() + octets;
    if (needed <= octets_.capacity()) return;
    const std::size_t frame_end = octets_.size() + frame.missing;
    std::size_t room = std::min(frame_end, std::max(advance_bytes, 2 * needed));
    if (!frame.is_final) {
        const std::size_t with_slack = needed + std::max(needed / 8, slack_bytes);
        room = std::max(room, std::min(with_slack, bytes_max));
    }
    octets_.reserve(room);
}

}  // namespace parley::websocket::detail
