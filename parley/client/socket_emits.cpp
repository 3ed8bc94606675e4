// SPDX-License-Identifier: MIT
// What a namespace of a client sends.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include "parley/base/bytes.hpp"
#include "parley/client/client_core.hpp"
#include "parley/client/socket_core.hpp"
#include "parley/contract/kept_arguments.hpp"
#include "parley/socketio/packet.hpp"
#include "parley/socketio/payload.hpp"

namespace parley::client {

using contract::AckCallback;
using contract::AckOutcome;
using contract::EncodedArguments;

namespace {

std::vector<std::string_view> views(const std::vector<std::string>& texts) {
    return {texts.begin(), texts.end()};
}

std::vector<std::string_view> views(const std::vector<BytesView>& attachments) {
    std::vector<std::string_view> texts;
    texts.reserve(attachments.size());
    for (const BytesView octets : attachments)
        texts.push_back(as_chars(octets));
    return texts;
}

// An event or an acknowledgement; `packet` says which.
std::string write_packet(socketio::Packet packet, const EncodedArguments& arguments) {
    packet.attachment_count = arguments.attachments.size();
    packet.data = arguments.json;
    std::string text;
    socketio::append_packet(text, packet);
    return text;
}

// Deeper than what a program nests by hand, and what readers of JSON take.
constexpr std::size_t sent_depth_max = 1'000;

}  // namespace

// ---- emits

bool SocketCore::emit(const EncodedArguments& arguments, const EmitOptions& options, AckCallback callback) {
    if (client_ == nullptr) {
        fail_later(std::move(callback), ErrorCode::disconnected, std::string(disconnected_message));
        return false;
    }
    if (client_->options().retries > 0 && !options.is_volatile) {
        return emit_again_and_again(arguments, options, std::move(callback));
    }
    return emit_once(arguments, options, std::move(callback));
}

bool SocketCore::emit_once(const EncodedArguments& arguments, const EmitOptions& options, AckCallback callback) {
    flush();
    if (client_ == nullptr) return false;  // ended by who heard of what was flushed
    const bool leaves_now = stage_ == Stage::connected && client_->is_open() && to_send_.empty();
    if (options.is_volatile && !(leaves_now && client_->is_writable())) {
        fail_later(std::move(callback), ErrorCode::disconnected, "the event was volatile, and the connection was busy");
        return true;
    }
    std::optional<std::uint64_t> ack_id;
    if (callback) {
        ack_id = next_ack_id_++;
        if (!expect_ack(*ack_id, options.timeout, std::move(callback))) {
            // NOLINTNEXTLINE(bugprone-use-after-move): a refused callback is left as it was
            fail_later(std::move(callback), ErrorCode::limit_exceeded, "too many acknowledgements are waited for");
            return false;
        }
    }
    std::string text =
        write_packet({.type = socketio::PacketType::event, .namespace_name = nsp_, .ack_id = ack_id}, arguments);
    const bool is_taken = leaves_now ? client_->send(text, views(arguments.attachments), options.compress)
                                     : keep_to_send({.data_at = text.size() - arguments.json.size(),
                                                     .text = std::move(text),
                                                     .attachments = copies(arguments.attachments),
                                                     .ack_id = ack_id,
                                                     .compress = options.compress});
    if (!is_taken && ack_id) {
        if (std::optional<AckCallback> refused = acks_->pending.take(*ack_id)) {
            fail_later(std::move(*refused), ErrorCode::limit_exceeded, "too much waits to be sent");
        }
    }
    if (is_taken && leaves_now && outgoing_) tell_outgoing(arguments.json, arguments.attachments);
    return is_taken;
}

bool SocketCore::keep_to_send(Waiting packet) {
    const std::size_t bytes = packet.bytes();
    if (!has_room_for(bytes)) return false;
    to_send_.push_back(std::move(packet));
    to_send_bytes_ += bytes;
    return true;
}

bool SocketCore::has_room_for(std::size_t bytes) const {
    const ClientOptions& options = client_->options();
    const std::size_t packets = to_send_.size() + (retries_ ? retries_->size() : 0);
    const std::size_t waiting = to_send_bytes_ + (retries_ ? retries_->bytes() : 0);
    return packets < options.send_buffer_packets_max &&
           bytes <= options.send_buffer_bytes_max - std::min(waiting, options.send_buffer_bytes_max);
}

// Acknowledgements from this one on are asked for by what waits; those before have been asked for.
std::uint64_t SocketCore::first_waiting_ack() const {
    const auto first = std::ranges::find_if(to_send_, [](const Waiting& packet) { return packet.ack_id.has_value(); });
    return first == to_send_.end() ? UINT64_MAX : *first->ack_id;
}

void SocketCore::flush() {
    while (client_ != nullptr && stage_ == Stage::connected && !to_send_.empty()) {
        const Waiting& packet = to_send_.front();
        const std::size_t data_at = packet.data_at;
        if (!client_->send(packet.text, views(packet.attachments), packet.compress)) return;
        to_send_bytes_ -= packet.bytes();
        const Waiting sent = std::move(to_send_.front());
        to_send_.pop_front();
        if (outgoing_) {
            std::vector<BytesView> attachments;
            for (const std::string& octets : sent.attachments)
                attachments.push_back(as_bytes(octets));
            tell_outgoing(std::string_view(sent.text).substr(data_at), attachments);
        }
    }
}

bool SocketCore::send_ack(std::uint64_t id, std::uint64_t connection, const EncodedArguments& arguments) {
    if (client_ == nullptr || stage_ != Stage::connected || connection != connection_) return false;
    const std::string text =
        write_packet({.type = socketio::PacketType::ack, .namespace_name = nsp_, .ack_id = id}, arguments);
    return client_->send(text, views(arguments.attachments));
}

// ---- again and again, until it is acknowledged

bool SocketCore::emit_again_and_again(const EncodedArguments& arguments, const EmitOptions& options,
                                      AckCallback callback) {
    if (!has_room_for(contract::total_bytes(arguments))) {
        fail_later(std::move(callback), ErrorCode::limit_exceeded, "too much waits to be sent");
        return false;
    }
    if (!retries_) {
        retries_ = std::make_unique<RetryQueue>(client_->options().retries, client_->options().retries_window);
    }
    retries_->add(arguments, options.timeout, std::move(callback)).compress = options.compress;
    send_retries();
    return true;
}

void SocketCore::send_retries() {
    const Reference<SocketCore> self(this);
    while (client_ != nullptr && stage_ == Stage::connected && client_->is_open() && retries_) {
        const RetryQueue::Entry* const entry = retries_->begin_try();
        if (entry == nullptr) return;
        const EmitOptions options{.timeout = entry->timeout, .compress = entry->compress};
        emit_once(entry->arguments.copy(), options,
                  [self, number = entry->number](AckOutcome& outcome) { self->handle_try(number, outcome); });
    }
}

// Behind the end of the client nobody is told.
void SocketCore::handle_try(std::uint64_t number, AckOutcome& outcome) {
    if (!retries_) return;
    std::optional<RetryQueue::Entry> done = outcome.error != nullptr ? retries_->fail(number) : retries_->take(number);
    if (done && done->callback) call_ack(done->callback, outcome);
    send_retries();
}

// ---- who hears of it

void SocketCore::add_outgoing_handler(contract::EventHandler handler, bool in_front) {
    if (client_ == nullptr) return;
    net::keep(gate(), handler, this);
    if (!outgoing_) outgoing_ = std::make_unique<contract::HandlerTable>();
    outgoing_->add_any(std::move(handler), in_front);
}

void SocketCore::remove_outgoing_handlers() {
    if (outgoing_) outgoing_->clear_any();
}

// What the program has written itself is bounded by nothing here.
void SocketCore::tell_outgoing(std::string_view json, std::span<const BytesView> attachments) {
    socketio::DecodedPacket packet;
    packet.type = attachments.empty() ? socketio::PacketType::event : socketio::PacketType::binary_event;
    packet.attachment_count = attachments.size();
    packet.data = json;
    socketio::Limits limits;
    limits.event_name_bytes_max = SIZE_MAX;
    limits.json_depth_max = sent_depth_max;
    std::string name;
    if (!socketio::check_payload(packet, limits, name)) return;
    socketio::Event event;
    event.kind = socketio::Event::Kind::event_received;
    event.event_name = packet.event_name;
    event.data = json;
    event.arguments_at = packet.arguments_at;
    event.attachments = attachments;
    const net::CallFrame frame(gate(), lender());
    SocketInvocation invocation(*this, event);
    outgoing_->call_any(invocation);
}

}  // namespace parley::client
