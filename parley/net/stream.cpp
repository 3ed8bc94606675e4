// SPDX-License-Identifier: MIT
#include "parley/net/stream.hpp"

#include "parley/net/loop.hpp"

namespace parley::net {

Stream::~Stream() = default;

void Stream::set_handler(StreamHandler& handler) {
    const bool is_first = handler_ == nullptr;
    handler_ = &handler;
    if (is_first) handle_started();
}

void Stream::join_flush() {
    loop_.dirty_.push_back(*this);
}

}  // namespace parley::net
