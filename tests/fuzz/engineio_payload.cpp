// SPDX-License-Identifier: MIT
// The packets of a payload: what is read is the same when it is written again.
#include "parley/engineio/payload.hpp"

#include <string>
#include <vector>

#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;

namespace {

struct Kept {
    engineio::PacketType type;
    std::string data;
    bool is_binary;

    bool operator==(const Kept&) const = default;
};

// False: not all of it is packets.
bool read_all(std::string_view payload, std::vector<Kept>& packets) {
    engineio::PayloadReader reader(payload);
    while (!reader.done()) {
        engineio::Packet packet;
        if (!reader.next(packet)) {
            require(reader.done(), "a reader stops at what is no packet");
            return false;
        }
        require(!packet.is_binary || packet.type == engineio::PacketType::message, "only a message is binary");
        packets.push_back({packet.type, std::string(packet.data), packet.is_binary});
        if (packets.size() % 3 == 0) reader.release();
    }
    return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Copy copy({reinterpret_cast<const char*>(data), size});
    std::vector<Kept> packets;
    const bool is_good = read_all(copy.view(), packets);

    std::string again;
    for (const Kept& packet : packets) {
        if (!again.empty()) again += engineio::record_separator;
        engineio::append_record(again, {packet.type, packet.data, packet.is_binary});
    }
    std::vector<Kept> second;
    require(packets.empty() || read_all(again, second), "what is written is packets");
    require(second == packets, "and the same ones");
    require(!is_good || !packets.empty(), "a good payload has a packet");

    std::string octets;
    const auto record = engineio::decode_record(copy.view(), octets);
    if (const auto packet = engineio::decode_packet(copy.view())) {
        require(record && !record->is_binary && record->data == packet->data, "a record of text is a packet");
        require(engineio::to_char(packet->type) == copy.view().front(), "its type is its first character");
    }
    engineio::PayloadReader stopped(copy.view());
    stopped.stop();
    require(stopped.done(), "a reader that was stopped is done");
    return 0;
}
