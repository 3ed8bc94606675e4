// SPDX-License-Identifier: MIT
#include "parley/contract/ack.hpp"

#include "parley/contract/ack_core.hpp"

namespace parley {

namespace contract {

void retain(AckCore* ack) noexcept {
    ack->add_reference();
}
void release(AckCore* ack) noexcept {
    if (ack->remove_reference()) delete ack;
}

}  // namespace contract

void Ack::answer(const contract::EncodedArguments& arguments) const {
    core_->answer(arguments);
}

}  // namespace parley
