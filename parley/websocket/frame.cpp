// SPDX-License-Identifier: MIT
#include "parley/websocket/frame.hpp"

#include <cstring>

namespace parley::websocket {
namespace {

constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t rsv1_bit = 0x40;
constexpr std::uint8_t other_reserved_bits = 0x30;
constexpr std::uint8_t opcode_bits = 0x0F;
constexpr std::uint8_t length_bits = 0x7F;
constexpr std::uint8_t length_in_16_bits = 126;
constexpr std::uint8_t length_in_64_bits = 127;

// One bit for each opcode that RFC 6455 §11.8 defines: 0, 1, 2, 8, 9, 10.
constexpr unsigned defined_opcodes = 0x0707;

std::uint64_t read_big_endian(std::string_view octets) noexcept {
    std::uint64_t number = 0;
    for (const char octet : octets)
        number = number << 8 | static_cast<std::uint8_t>(octet);
    return number;
}

char* write_big_endian(char* out, std::uint64_t number, int octets) noexcept {
    for (int shift = (octets - 1) * 8; shift >= 0; shift -= 8)
        *out++ = static_cast<char>(number >> shift);
    return out;
}

DecodedFrameHeader invalid(std::string_view violation) noexcept {
    return {DecodedFrameHeader::Status::invalid, {}, violation};
}

// What the first octet breaks, in words; empty: nothing.
std::string_view first_octet_violation(std::uint8_t first) noexcept {
    if ((first & other_reserved_bits) != 0) return "a reserved bit is set";
    if ((defined_opcodes >> (first & opcode_bits) & 1U) == 0) return "a reserved opcode";
    if (is_control(static_cast<Opcode>(first & opcode_bits)) && (first & final_bit) == 0) {
        return "a control frame is fragmented";
    }
    return {};
}

// The header of a masked frame; returns where its payload belongs.
char* write_masked_header(char* out, const MaskedFrame& frame, std::size_t payload_size) noexcept {
    char* const end = write_frame_header(out, frame.opcode, payload_size);
    out[1] = static_cast<char>(static_cast<std::uint8_t>(out[1]) | masked_bit);
    std::memcpy(end, frame.key.octets, sizeof frame.key.octets);
    return end + sizeof frame.key.octets;
}

}  // namespace

DecodedFrameHeader decode_frame_header(std::string_view octets) noexcept {
    DecodedFrameHeader decoded;
    if (octets.empty()) return decoded;
    const auto first = static_cast<std::uint8_t>(octets[0]);
    if (const std::string_view violation = first_octet_violation(first); !violation.empty()) return invalid(violation);
    if (octets.size() < 2) return decoded;

    FrameHeader& header = decoded.header;
    const auto second = static_cast<std::uint8_t>(octets[1]);
    header.opcode = static_cast<Opcode>(first & opcode_bits);
    header.is_final = (first & final_bit) != 0;
    header.rsv1 = (first & rsv1_bit) != 0;
    header.is_masked = (second & masked_bit) != 0;
    header.payload_size = second & length_bits;
    std::size_t size = 2;

    if (header.payload_size > control_payload_bytes_max) {
        if (is_control(header.opcode)) return invalid("a control frame is longer than 125 octets");
        const bool is_wide = header.payload_size == length_in_64_bits;
        if (is_wide && octets.size() > 2 && (octets[2] & 0x80) != 0) return invalid("a length above 2^63");
        const std::size_t length_octets = is_wide ? 8 : 2;
        if (octets.size() < size + length_octets) return decoded;
        header.payload_size = read_big_endian(octets.substr(size, length_octets));
        if (header.payload_size < (is_wide ? 0x10000U : 126U)) return invalid("a length that is not minimal");
        size += length_octets;
    }
    if (header.is_masked) {
        if (octets.size() < size + sizeof header.key.octets) return decoded;
        std::memcpy(header.key.octets, octets.data() + size, sizeof header.key.octets);
        size += sizeof header.key.octets;
    }
    header.size = static_cast<std::uint8_t>(size);
    decoded.status = DecodedFrameHeader::Status::complete;
    return decoded;
}

char* write_frame_header(char* out, Opcode opcode, std::size_t payload_size) noexcept {
    *out++ = static_cast<char>(final_bit | static_cast<std::uint8_t>(opcode));
    if (payload_size <= control_payload_bytes_max) {
        *out++ = static_cast<char>(payload_size);
        return out;
    }
    if (payload_size <= 0xFFFF) {
        *out++ = static_cast<char>(length_in_16_bits);
        return write_big_endian(out, payload_size, 2);
    }
    *out++ = static_cast<char>(length_in_64_bits);
    return write_big_endian(out, payload_size, 8);
}

char* write_frame(char* out, Opcode opcode, std::string_view payload) noexcept {
    out = write_frame_header(out, opcode, payload.size());
    if (!payload.empty()) std::memcpy(out, payload.data(), payload.size());
    return out + payload.size();
}

void append_frame(Outbox& outbox, Opcode opcode, std::string_view payload) {
    const std::size_t size = frame_size(payload.size());
    write_frame(outbox.prepare(size), opcode, payload);
    outbox.commit(size);
}

void append_frame(Outbox& outbox, Opcode opcode, char prefix, std::string_view payload) {
    const std::size_t size = frame_size(payload.size() + 1);
    char* out = write_frame_header(outbox.prepare(size), opcode, payload.size() + 1);
    *out++ = prefix;
    if (!payload.empty()) std::memcpy(out, payload.data(), payload.size());
    outbox.commit(size);
}

void append_frame(Outbox& outbox, MaskedFrame frame, std::string_view payload) {
    const std::size_t size = frame_size(payload.size()) + sizeof frame.key.octets;
    char* const out = write_masked_header(outbox.prepare(size), frame, payload.size());
    if (!payload.empty()) std::memcpy(out, payload.data(), payload.size());
    unmask({out, payload.size()}, frame.key);
    outbox.commit(size);
}

void append_frame(Outbox& outbox, MaskedFrame frame, char prefix, std::string_view payload) {
    const std::size_t size = frame_size(payload.size() + 1) + sizeof frame.key.octets;
    char* const out = write_masked_header(outbox.prepare(size), frame, payload.size() + 1);
    *out = prefix;
    if (!payload.empty()) std::memcpy(out + 1, payload.data(), payload.size());
    unmask({out, payload.size() + 1}, frame.key);
    outbox.commit(size);
}

}  // namespace parley::websocket
