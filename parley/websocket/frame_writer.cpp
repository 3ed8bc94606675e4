// SPDX-License-Identifier: MIT
#include "parley/websocket/frame_writer.hpp"

#include <cstddef>
#include <span>

namespace parley::websocket {

MaskKey FrameWriter::next_key() const {
    MaskKey key;
    keys_->fill(std::as_writable_bytes(std::span(key.octets)));
    return key;
}

}  // namespace parley::websocket
