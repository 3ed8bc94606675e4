// SPDX-License-Identifier: MIT
#include "parley/websocket/pongs.hpp"

namespace parley::websocket::detail {

void Pongs::handle_ping(std::string_view payload, const FrameWriter& frames, Outbox& outbox) {
    is_answering_ = is_answering_ || has_last_left(outbox);
    if (is_answering_) {
        append_pong(payload, frames, outbox);
        return;
    }
    payload_.release();
    payload_.reserve(payload.size());
    payload_.append(payload);
    is_waiting_ = true;
}

void Pongs::answer_waiting(const FrameWriter& frames, Outbox& outbox) {
    if (is_waiting_ && has_last_left(outbox)) append_pong(payload_.view(), frames, outbox);
}

void Pongs::append_pong(std::string_view payload, const FrameWriter& frames, Outbox& outbox) {
    frames.append(outbox, Opcode::pong, payload);
    last_end_ = outbox.passed() + outbox.size();
    is_waiting_ = false;
    payload_.release();
}

}  // namespace parley::websocket::detail
