// SPDX-License-Identifier: MIT
#include "apps/parley/bench_payload.hpp"

#include <limits>

namespace parley {

namespace {

constexpr std::size_t alphabet = 26;

// Numbers stand there by five bits, the lowest first: their texts are made and read for each message.
constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuv";
constexpr unsigned digit_bits = 5;

void append_number(std::string& out, std::uint64_t number) {
    do {
        out += digits[number & (digits.size() - 1)];
        number >>= digit_bits;
    } while (number != 0);
    out += '.';
}

int value_of(char digit) noexcept {
    if (digit >= '0' && digit <= '9') return digit - '0';
    return digit >= 'a' && digit <= 'v' ? digit - 'a' + 10 : -1;
}

/// The number in front, and the point behind it; `text` becomes what follows.
std::optional<std::uint64_t> take_number(std::string_view& text) noexcept {
    constexpr unsigned bits = std::numeric_limits<std::uint64_t>::digits;
    std::uint64_t number = 0;
    for (unsigned shift = 0; !text.empty() && shift < bits; shift += digit_bits) {
        const char digit = text.front();
        text.remove_prefix(1);
        if (digit == '.') return shift > 0 ? std::optional(number) : std::nullopt;
        const int value = value_of(digit);
        if (value < 0) return std::nullopt;
        number |= static_cast<std::uint64_t>(value) << shift;
    }
    const bool is_ended = text.starts_with('.');
    text.remove_prefix(is_ended ? 1 : 0);
    return is_ended ? std::optional(number) : std::nullopt;
}

}  // namespace

BenchPayload::BenchPayload(std::size_t bytes) : bytes_(bytes) {
    letters_.reserve(bytes + alphabet);
    while (letters_.size() < bytes + alphabet)
        letters_ += static_cast<char>('a' + static_cast<char>(letters_.size() % alphabet));
}

std::string_view BenchPayload::letters(BenchTag tag, std::size_t count) const noexcept {
    return std::string_view(letters_).substr((tag.channel + tag.number) % alphabet, count);
}

void BenchPayload::append(std::string& out, BenchTag tag) const {
    const std::size_t begin = out.size();
    append_number(out, tag.channel);
    append_number(out, tag.number);
    out += letters(tag, bytes_ - (out.size() - begin));
}

std::optional<BenchTag> BenchPayload::read(std::string_view text) const noexcept {
    if (text.size() != bytes_) return std::nullopt;
    const auto channel = take_number(text);
    const auto number = take_number(text);
    if (!channel || !number || *channel > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
    const BenchTag tag{static_cast<std::uint32_t>(*channel), *number};
    return text == letters(tag, text.size()) ? std::optional(tag) : std::nullopt;
}

}  // namespace parley
