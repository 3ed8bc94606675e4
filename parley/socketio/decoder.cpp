// SPDX-License-Identifier: MIT
#include "parley/socketio/decoder.hpp"

#include "parley/socketio/payload.hpp"
#include "parley/socketio/reassembly_budget.hpp"

namespace parley::socketio {

// Idle, text is awaited; collecting, binary messages are. A binary packet's text is copied before it is decoded, so
// that its views last until its attachments are there; any other packet views the message. What was collected is the
// decoder's until `release`: once complete it is not in the budget any more, so it must not outlive its handling.
//
// A packet that the budget drops loses its memory at once. Its deadline stays, so that the owner, who was not asked,
// learns of it when it looks at the decoder again.

PacketDecoder::PacketDecoder(const Options& options) : options_(options) {}

PacketDecoder::~PacketDecoder() {
    forget_reassembled();
}

PacketDecoder::Status PacketDecoder::receive_text(std::string_view message, TimePoint now) {
    if (state_ == State::failed) return Status::failed;
    if (state_ == State::dropped) return fail_dropped();
    if (state_ == State::collecting) {
        return fail(FailureKind::malformed, "got plaintext data when reconstructing a packet");
    }
    release();
    if (message.size() > options_.limits.packet_bytes_max) return fail(FailureKind::limit, "packet too large");
    const bool is_binary = message.starts_with('5') || message.starts_with('6');
    return is_binary ? begin(message, now) : decode(message);
}

PacketDecoder::Status PacketDecoder::begin(std::string_view text, TimePoint now) {
    if (reassembly_ == nullptr) reassembly_ = std::make_unique<Reassembly>();
    reassembly_->text = text;
    if (decode(reassembly_->text) == Status::failed) return Status::failed;
    if (!keep(text.size())) return fail_dropped();
    state_ = State::collecting;
    deadline_ = now + options_.attachments_timeout;
    return Status::incomplete;
}

PacketDecoder::Status PacketDecoder::receive_binary(std::string_view octets) {
    if (state_ == State::failed) return Status::failed;
    if (state_ == State::dropped) return fail_dropped();
    if (state_ == State::idle) {
        return fail(FailureKind::malformed, "got binary data when not reconstructing a packet");
    }
    if (octets.size() > options_.limits.packet_bytes_max - buffered_bytes_) {
        return fail(FailureKind::limit, "packet too large");
    }
    if (!keep(octets.size())) return fail_dropped();
    reassembly_->octets.emplace_back(octets);
    return reassembly_->octets.size() < packet_.attachment_count ? Status::incomplete : finish();
}

PacketDecoder::Status PacketDecoder::finish() {
    for (const std::string& octets : reassembly_->octets)
        reassembly_->attachments.push_back(as_bytes(octets));
    packet_.attachments = reassembly_->attachments;
    if (options_.reassembly_budget != nullptr) options_.reassembly_budget->give_back(*this);
    state_ = State::idle;
    deadline_ = no_deadline;
    return Status::complete;
}

bool PacketDecoder::handle_deadline(TimePoint now) {
    if (state_ == State::failed || now < deadline_) return false;
    if (state_ == State::dropped) {
        fail_dropped();
    } else {
        fail(FailureKind::timeout, "attachments did not come in time");
    }
    return true;
}

PacketDecoder::Status PacketDecoder::decode(std::string_view text) {
    const auto packet = scan_packet(text, options_.limits);
    if (!packet) return fail(packet.error().kind, packet.error().reason);
    static_cast<Packet&>(packet_) = *packet;
    packet_.event_name = {};
    packet_.arguments_at = 1;
    packet_.attachments = {};
    if (const auto checked = check_payload(packet_, options_.limits, event_name_); !checked) {
        return fail(checked.error().kind, checked.error().reason);
    }
    return Status::complete;
}

PacketDecoder::Status PacketDecoder::fail(FailureKind kind, std::string_view reason) {
    forget_reassembled();
    state_ = State::failed;
    failure_ = {kind, reason};
    deadline_ = no_deadline;
    return Status::failed;
}

PacketDecoder::Status PacketDecoder::fail_dropped() {
    return fail(FailureKind::limit, "too many incomplete packets");
}

bool PacketDecoder::keep(std::size_t bytes) {
    ReassemblyBudget* budget = options_.reassembly_budget;
    if (budget != nullptr && !budget->take(*this, bytes)) return false;
    buffered_bytes_ += bytes;
    return true;
}

void PacketDecoder::forget() {
    forget_reassembled();
    state_ = State::dropped;
}

void PacketDecoder::release() {
    if (state_ == State::idle && buffered_bytes_ > 0) forget_reassembled();
}

void PacketDecoder::forget_reassembled() {
    if (options_.reassembly_budget != nullptr) options_.reassembly_budget->give_back(*this);
    packet_ = {};
    buffered_bytes_ = 0;
    if (reassembly_ != nullptr) reassembly_->give_back();
}

}  // namespace parley::socketio
