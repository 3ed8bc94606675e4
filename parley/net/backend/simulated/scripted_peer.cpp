// SPDX-License-Identifier: MIT
#include "parley/net/backend/simulated/scripted_peer.hpp"

#include <array>

namespace parley::net::detail {

ScriptedPeer::ScriptedPeer(std::shared_ptr<SimulatedConnection> connection) : connection_(std::move(connection)) {
    connection_->observe(side, [this] { handle_change(); });
}

void ScriptedPeer::send(std::string_view octets) {
    if (ends_ || closes_) return;
    waiting_ += octets;
    send_waiting();
}

void ScriptedPeer::send_waiting() {
    while (!waiting_.empty()) {
        const Transfer transfer = connection_->send(side, waiting_);
        if (transfer.kind == Transfer::Kind::failed) std::string().swap(waiting_);
        if (transfer.kind != Transfer::Kind::done) return;
        waiting_.erase(0, transfer.bytes);
    }
    if (closes_) return connection_->close(side);
    if (ends_) connection_->send_end(side);
}

void ScriptedPeer::end() {
    ends_ = true;
    send_waiting();
}

void ScriptedPeer::close() {
    closes_ = true;
    send_waiting();
}

void ScriptedPeer::reset() {
    closes_ = true;
    std::string().swap(waiting_);
    connection_->reset(side);
}

void ScriptedPeer::resume_reading() {
    reads_ = true;
    handle_change();
}

void ScriptedPeer::handle_change() {
    std::array<char, 4096> buffer;
    while (reads_) {
        const Transfer transfer = connection_->receive(side, buffer);
        if (transfer.kind != Transfer::Kind::done) break;
        received_.append(buffer.data(), transfer.bytes);
    }
    send_waiting();
    if (on_activity_) on_activity_();
}

}  // namespace parley::net::detail
