// SPDX-License-Identifier: MIT
// Socket.IO packets: what is taken apart is the same when it is put together again, and what is collected from several
// messages is checked whole and bounded.
#include "parley/socketio/packet.hpp"

#include <string>
#include <utility>

#include "parley/base/reserved_events.hpp"
#include "parley/json.hpp"
#include "parley/socketio/decoder.hpp"
#include "parley/socketio/reassembly_budget.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using namespace std::chrono_literals;
using fuzz::require;
using socketio::PacketDecoder;
using Status = socketio::PacketDecoder::Status;

namespace {

constexpr char separator = '\x1e';
constexpr char binary_mark = '\x02';
constexpr char time_mark = '\x03';

void check_scan(std::string_view text, const socketio::Limits& limits) {
    const auto packet = socketio::scan_packet(text, limits);
    if (!packet) {
        require(!packet.error().reason.empty(), "a refusal says why");
        return;
    }
    require(packet->attachment_count <= limits.attachments_max, "attachments are bounded");
    require(packet->namespace_name.size() <= limits.namespace_bytes_max, "so are names");
    require(socketio::is_namespace_name(packet->namespace_name), "a namespace's name can be written");
    std::string again;
    socketio::append_packet(again, *packet);
    const auto second = socketio::scan_packet(again, limits);
    require(second && second->type == packet->type && second->attachment_count == packet->attachment_count &&
                second->namespace_name == packet->namespace_name && second->ack_id == packet->ack_id &&
                second->data == packet->data,
            "a packet that is written again is the same");
}

void check_packet(const socketio::DecodedPacket& packet, const socketio::Options& options) {
    require(packet.attachments.size() == packet.attachment_count, "all attachments are there");
    if (!packet.data.empty()) {
        require(validate_json(packet.data, {.depth_max = options.limits.json_depth_max}).has_value(), "data is JSON");
    }
    if (packet.type != socketio::PacketType::event && packet.type != socketio::PacketType::binary_event) return;
    require(!is_reserved_event(packet.event_name), "no event has a reserved name");
    require(packet.event_name.size() <= options.limits.event_name_bytes_max, "nor a long one");
    JsonReader reader(packet.data, packet.attachments, {.depth_max = options.limits.json_depth_max});
    reader.enter_array_at(packet.arguments_at);
    Json argument;
    while (reader.next_element()) {
        if (!reader.read(argument)) break;
    }
    require(!reader.failed() && reader.at_end(), "the arguments stand where it says");
}

// What the server writes itself around names and texts that are not its own.
void check_writing(std::string_view name, std::string_view text) {
    if (!socketio::is_namespace_name(name) || name == "/") return;
    std::string written;
    const auto is_packet = [&](socketio::PacketType type) {
        const std::string packet = std::exchange(written, {});
        const auto scanned = socketio::scan_packet(packet, {.namespace_bytes_max = name.size()});
        require(scanned && scanned->type == type && scanned->namespace_name == name, "what is written is that packet");
        const bool is_good = scanned->data.empty() || validate_json(scanned->data).has_value();
        require(is_good, "with good JSON in it");
    };
    socketio::append_connect(written, name, text);
    is_packet(socketio::PacketType::connect);
    socketio::append_connect_error(written, name, text, to_json(Json(text)));
    is_packet(socketio::PacketType::connect_error);
    socketio::append_disconnect(written, name);
    is_packet(socketio::PacketType::disconnect);
    socketio::append_packet(
        written, socketio::Packet{.attachment_count = 3, .namespace_name = name, .ack_id = 7, .data = "[1]"});
    is_packet(socketio::PacketType::binary_event);
}

// Two connections that share a budget take turns.
void check_decoders(fuzz::Input& input, socketio::Options options) {
    socketio::ReassemblyBudget budget(options.limits.packet_bytes_max);
    options.reassembly_budget = &budget;
    PacketDecoder decoders[] = {PacketDecoder(options), PacketDecoder(options)};
    bool has_failed[] = {false, false};
    TimePoint now{};
    for (unsigned turn = 0; !input.empty(); ++turn) {
        std::string_view message = input.until(separator);
        PacketDecoder& decoder = decoders[turn % 2];
        if (message.starts_with(time_mark)) {
            now += 20s;
            if (decoder.handle_deadline(now)) has_failed[turn % 2] = true;
            continue;
        }
        const bool is_binary = message.starts_with(binary_mark);
        if (is_binary) message.remove_prefix(1);
        const fuzz::Copy copy(message);
        const Status status = is_binary ? decoder.receive_binary(copy.view()) : decoder.receive_text(copy.view(), now);
        if (status == Status::complete) check_packet(decoder.packet(), options);
        require(!has_failed[turn % 2] || status == Status::failed, "it fails once and for all");
        if (status == Status::failed) {
            has_failed[turn % 2] = true;
            require(!decoder.failure().reason.empty(), "and says why");
            require(decoder.buffered_bytes() == 0 && decoder.next_deadline() == no_deadline, "and keeps nothing");
        }
        require(budget.bytes() <= options.limits.packet_bytes_max, "the budget holds");
        if (status == Status::complete) decoder.release();
        require(status == Status::incomplete || decoder.buffered_bytes() == 0, "a handled packet leaves nothing");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    socketio::Options options;
    if (input.flag()) {
        options.limits = {.attachments_max = 2,
                          .packet_bytes_max = 80,
                          .json_depth_max = 3,
                          .namespace_bytes_max = 8,
                          .event_name_bytes_max = 8};
    }
    fuzz::Input messages = input;
    const std::string_view first = messages.until(separator);
    check_scan(first, options.limits);
    check_writing(first, messages.until(separator));
    check_decoders(input, options);
    return 0;
}
