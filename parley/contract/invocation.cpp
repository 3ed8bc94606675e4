// SPDX-License-Identifier: MIT
#include "parley/contract/invocation.hpp"

#include "parley/contract/ack_core.hpp"

namespace parley::contract {

EncodedArguments error_answer(std::string_view message) {
    ArgumentWriter writer;
    writer.write(Json::object({{"error", message}}));
    return writer.finish();
}

Ack Invocation::take_ack() {
    if (!wants_answer_ || (ack_ && ack_->is_answered())) return {};
    if (!ack_) ack_ = make_ack();
    return Ack(ack_);
}

bool Invocation::is_ack_back() const noexcept {
    return ack_->is_sole() && !ack_->is_answered();
}

void Invocation::answer(const EncodedArguments& arguments) {
    if (!wants_answer()) return;
    wants_answer_ = false;
    if (ack_) {
        ack_->answer(arguments);
    } else {
        send_answer(arguments);
    }
}

void Invocation::report_mismatch(std::string_view reason) {
    tell_mismatch(reason);
    failure_ = std::string(event_).append(": ").append(reason);
}

void Invocation::report_exception() {
    tell_exception();
    failure_ = internal_error;
}

void Invocation::answer_error(const Error& error) {
    answer(error_answer(error.message));
}

void Invocation::finish() {
    if (!wants_answer()) return;
    if (failure_.empty()) {
        if (!ack_) return;
        failure_ = internal_error;
        tell_lost_answer();
    }
    answer_error({ErrorCode::invalid_input, failure_});
}

}  // namespace parley::contract
