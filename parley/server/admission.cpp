// SPDX-License-Identifier: MIT
#include "parley/server/admission.hpp"

#include <new>
#include <string>
#include <utility>

#include "parley/net/loop_gate.hpp"
#include "parley/server/namespace_core.hpp"

namespace parley {

namespace server::detail {

void retain(AdmissionCore* admission) noexcept {
    admission->add_reference();
}
void release(AdmissionCore* admission) noexcept {
    if (admission->remove_reference()) delete admission;
}

namespace {

void refuse_on_loop(const Reference<SocketCore>& socket, std::string message, Json data) {
    if (socket->gate().is_here()) return socket->refuse(message, data);
    socket->gate().post(
        [socket, message = std::move(message), data = std::move(data)] { socket->refuse(message, data); });
}

}  // namespace

AdmissionCore::~AdmissionCore() {
    if (is_over_) return;
    try {
        refuse_on_loop(socket_, "not admitted", {});
    } catch (const std::bad_alloc&) {  // the client's own time limit is left
    }
}

void AdmissionCore::proceed(unsigned step) {
    const Reference<AdmissionCore> self(this);
    if (socket_->nsp().call_middleware(step, *socket_, SocketNext(self, step))) return;
    is_over_ = true;
    socket_->admit();
}

void AdmissionCore::decide_next(unsigned step) {
    if (!take(step)) return;
    if (socket_->gate().is_here()) return proceed(step + 1);
    socket_->gate().post([self = Reference<AdmissionCore>(this), step] { self->proceed(step + 1); });
}

void AdmissionCore::decide_refuse(unsigned step, std::string_view message, Json data) {
    if (!take(step)) return;
    is_over_ = true;
    refuse_on_loop(socket_, std::string(message), std::move(data));
}

}  // namespace server::detail

void SocketNext::operator()() const {
    if (core_) core_->decide_next(step_);
}

void SocketNext::refuse(TextView message, Json data) const {
    if (core_) core_->decide_refuse(step_, message, std::move(data));
}

}  // namespace parley
