// SPDX-License-Identifier: MIT
#include "parley/engineio/payload.hpp"

#include <utility>

#include "parley/base/base64.hpp"

namespace parley::engineio {

namespace {

constexpr char base64_prefix = 'b';

}  // namespace

void append_record(std::string& out, const Packet& packet) {
    if (packet.is_binary) {
        out.push_back(base64_prefix);
        append_base64(out, packet.data);
    } else {
        out.push_back(to_char(packet.type));
        out.append(packet.data);
    }
}

std::size_t record_size(const Packet& packet) noexcept {
    return 1 + (packet.is_binary ? base64_size(packet.data.size()) : packet.data.size());
}

std::optional<Packet> decode_record(std::string_view record, std::string& octets) {
    if (!record.starts_with(base64_prefix)) return decode_packet(record);
    Result<std::string> decoded = base64_decode(record.substr(1));
    if (!decoded) return std::nullopt;
    octets = std::move(*decoded);
    return Packet{PacketType::message, octets, true};
}

bool PayloadReader::next(Packet& packet) {
    if (framing_ == Framing::lengths) {
        const std::optional<Packet> framed = next_behind_length();
        done_ = !framed || rest_.empty();
        if (framed) packet = *framed;
        return framed.has_value();
    }
    const std::size_t end = rest_.find(record_separator);
    const std::string_view record = rest_.substr(0, end);
    if (end == std::string_view::npos) {
        done_ = true;
    } else {
        rest_.remove_prefix(end + 1);
    }

    const std::optional<Packet> decoded = decode_record(record, decoded_);
    if (!decoded) {
        done_ = true;
        return false;
    }
    packet = *decoded;
    return true;
}

}  // namespace parley::engineio
