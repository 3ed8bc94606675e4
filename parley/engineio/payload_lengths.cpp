// SPDX-License-Identifier: MIT
// Payloads of Engine.IO protocol 3, in which each packet stands behind its length. As text that is decimal, in UTF-16
// units as JavaScript counts them, and ends with a colon: `3:4ab`. Where a payload has octets, each packet begins with
// 0 (text) or 1 (binary), the length is in octets, one octet for each decimal digit, and ends with 255.
#include <charconv>
#include <utility>

#include "parley/base/base64.hpp"
#include "parley/engineio/payload.hpp"

namespace parley::engineio {
namespace {

// Longer lengths are of no payload that anybody has.
constexpr std::size_t digits_max = 10;

constexpr char text_mark = 0;
constexpr char binary_mark = 1;
constexpr char end_of_length = static_cast<char>(0xFF);

constexpr bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

// A character of four octets is two units.
constexpr std::size_t units_of(char lead) {
    return static_cast<unsigned char>(lead) >= 0xF0 ? 2 : 1;
}

std::size_t utf16_size(std::string_view text) {
    std::size_t units = 0;
    for (const char c : text)
        if (!is_continuation(c)) units += units_of(c);
    return units;
}

// The octets of so many units at the beginning of `text`; nothing when there are not so many, or one would be cut.
std::optional<std::size_t> octets_of(std::string_view text, std::size_t units) {
    std::size_t at = 0;
    while (at < text.size() && units > 0) {
        if (units < units_of(text[at])) return std::nullopt;
        units -= units_of(text[at]);
        do {
            ++at;
        } while (at < text.size() && is_continuation(text[at]));
    }
    return units == 0 ? std::optional(at) : std::nullopt;
}

std::optional<std::size_t> parse_length(std::string_view digits) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    const bool is_whole = error == std::errc() && end == digits.data() + digits.size();
    return is_whole && !digits.empty() && digits.size() <= digits_max ? std::optional(length) : std::nullopt;
}

std::string_view take(std::string_view& text, std::size_t size) {
    const std::string_view taken = text.substr(0, size);
    text.remove_prefix(taken.size());
    return taken;
}

}  // namespace

void append_record_with_length(std::string& out, const Packet& packet) {
    std::string record;
    if (packet.is_binary) {
        record = {'b', to_char(PacketType::message)};
        append_base64(record, packet.data);
    } else {
        record = to_char(packet.type);
        record += packet.data;
    }
    out += std::to_string(packet.is_binary ? record.size() : utf16_size(record));
    out += ':';
    out += record;
}

std::optional<Packet> decode_typed_frame(std::string_view data, bool is_binary) noexcept {
    if (!is_binary) return decode_packet(data);
    if (data.empty() || data.front() != static_cast<char>(PacketType::message)) return std::nullopt;
    return Packet{PacketType::message, data.substr(1), true};
}

std::optional<Packet> PayloadReader::next_behind_length() {
    if (rest_.starts_with(text_mark) || rest_.starts_with(binary_mark)) return next_in_octets();
    const std::size_t colon = rest_.substr(0, digits_max + 1).find(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::optional<std::size_t> units = parse_length(take(rest_, colon));
    rest_.remove_prefix(1);
    const std::optional<std::size_t> octets = units ? octets_of(rest_, *units) : std::nullopt;
    if (!octets) return std::nullopt;
    const std::string_view record = take(rest_, *octets);
    if (!record.starts_with('b')) return decode_packet(record);
    if (record.size() < 2 || record[1] != to_char(PacketType::message)) return std::nullopt;
    Result<std::string> decoded = base64_decode(record.substr(2));
    if (!decoded) return std::nullopt;
    decoded_ = std::move(*decoded);
    return Packet{PacketType::message, decoded_, true};
}

std::optional<Packet> PayloadReader::next_in_octets() {
    const bool is_binary = take(rest_, 1).front() == binary_mark;
    const std::size_t end = rest_.substr(0, digits_max + 1).find(end_of_length);
    if (end == std::string_view::npos) return std::nullopt;
    std::string digits;
    for (const char digit : take(rest_, end))
        digits += static_cast<char>('0' + digit);
    rest_.remove_prefix(1);
    const std::optional<std::size_t> size = parse_length(digits);
    if (!size || *size > rest_.size()) return std::nullopt;
    return decode_typed_frame(take(rest_, *size), is_binary);
}

}  // namespace parley::engineio
