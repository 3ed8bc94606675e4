// SPDX-License-Identifier: MIT
#include "parley/server/broadcast_ack.hpp"

#include <utility>

namespace parley::server::detail {

void BroadcastAck::receive(AckOutcome& outcome) {
    if (outcome.error != nullptr) {
        error_ = *outcome.error;
    } else {
        Json first;
        static_cast<void>(outcome.arguments->read(first));
        outcome_.responses.push_back(std::move(first));
    }
    if (--waiting_ == 0) finish();
}

void BroadcastAck::finish() {
    BroadcastCallback callback = std::move(callback_);
    if (error_) outcome_.error = &*error_;
    callback(outcome_);
}

}  // namespace parley::server::detail
