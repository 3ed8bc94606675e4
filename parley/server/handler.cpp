// SPDX-License-Identifier: MIT
#include "parley/server/handler.hpp"

#include <utility>

#include "parley/server/ack_core.hpp"
#include "parley/server/namespace_core.hpp"
#include "parley/server/server_core.hpp"
#include "parley/server/socket.hpp"
#include "parley/socketio/arguments.hpp"

namespace parley::server::detail {

EncodedArguments error_answer(std::string_view message) {
    ArgumentWriter writer;
    writer.write(Json::object({{"error", message}}));
    return writer.finish();
}

Invocation::Invocation(SocketCore& socket, const socketio::Event& event)
    : socket_(socket), event_(event), wants_answer_(event.ack_id.has_value()) {}

Socket& Invocation::lasting_socket() const {
    return socket_.lasting_handle();
}

std::string_view Invocation::event() const noexcept {
    return event_.event_name;
}

ArgumentReader Invocation::arguments() const {
    return ArgumentReader(socketio::open_arguments(event_));
}

Ack Invocation::take_ack() {
    if (!wants_answer_ || (ack_ && ack_->is_answered())) return {};
    if (!ack_) ack_ = Reference<AckCore>(new AckCore(socket_, *event_.ack_id));
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
        socket_.send_ack(*event_.ack_id, arguments);
    }
}

void Invocation::report_mismatch(std::string_view reason) {
    socket_.nsp().server().report_mismatch(&socket_, event(), reason);
    failure_ = std::string(event()).append(": ").append(reason);
}

void Invocation::report_exception() {
    socket_.nsp().server().report_exception(socket_, event());
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
        if (socket_.connected()) socket_.nsp().server().report_lost_answer(socket_, event());
    }
    answer_error({ErrorCode::invalid_input, failure_});
}

Arguments all_arguments(const Invocation& invocation) {
    Arguments arguments;
    static_cast<void>(invocation.arguments().read(arguments));
    return arguments;
}

}  // namespace parley::server::detail
