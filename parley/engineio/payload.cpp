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

bool PayloadReader::next(Packet& packet) {
    const std::size_t end = rest_.find(record_separator);
    const std::string_view record = rest_.substr(0, end);
    if (end == std::string_view::npos) {
        done_ = true;
    } else {
        rest_.remove_prefix(end + 1);
    }

    if (!record.empty() && record.front() == base64_prefix) {
        Result<std::string> decoded = base64_decode(record.substr(1));
        if (decoded) {
            decoded_ = std::move(*decoded);
            packet = {PacketType::message, decoded_, true};
            return true;
        }
    } else if (const std::optional<Packet> decoded = decode_packet(record)) {
        packet = *decoded;
        return true;
    }
    done_ = true;
    return false;
}

}  // namespace parley::engineio
