// SPDX-License-Identifier: MIT
#include "parley/engineio/packet.hpp"

namespace parley::engineio {

std::optional<Packet> decode_packet(std::string_view text) noexcept {
    if (text.empty() || text.front() < to_char(PacketType::open) || text.front() > to_char(PacketType::noop))
        return std::nullopt;
    return Packet{static_cast<PacketType>(text.front() - '0'), text.substr(1), false};
}

}  // namespace parley::engineio
