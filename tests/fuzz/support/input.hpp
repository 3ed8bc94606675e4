// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace parley::fuzz {

/// Ends the process, which is a finding, when a property does not hold.
inline void require(bool holds, const char* property) {
    if (holds) return;
    std::fprintf(stderr, "this does not hold: %s\n", property);
    std::abort();
}

/// One input, read from the front. Behind its end there are zeros.
class Input {
 public:
    Input(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}

    [[nodiscard]] bool empty() const { return rest_.empty(); }

    std::uint8_t octet() {
        if (rest_.empty()) return 0;
        const auto first = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return first;
    }

    bool flag() { return (octet() & 1) != 0; }

    std::string_view take(std::size_t size) {
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(taken.size());
        return taken;
    }

    /// A text that says its length in the octet before it.
    std::string_view text() { return take(octet()); }

    /// The same with two octets, the higher one first.
    std::string_view long_text() {
        const std::size_t high = octet();
        return take(high * 256 + octet());
    }

    /// What stands before the next `separator`, or all that is left; the separator is passed over.
    std::string_view until(char separator) {
        const std::string_view taken = rest_.substr(0, rest_.find(separator));
        rest_.remove_prefix(std::min(rest_.size(), taken.size() + 1));
        return taken;
    }

    std::string_view rest() { return take(rest_.size()); }

 private:
    std::string_view rest_;
};

/// Octets in memory of their own, of exactly their size: a look behind them, or at them when they are gone, is found.
class Copy {
 public:
    explicit Copy(std::string_view octets) : octets_(std::make_unique<char[]>(octets.size())), size_(octets.size()) {
        octets.copy(octets_.get(), size_);
    }
    [[nodiscard]] std::span<char> span() const { return {octets_.get(), size_}; }
    [[nodiscard]] std::string_view view() const { return {octets_.get(), size_}; }

 private:
    std::unique_ptr<char[]> octets_;
    std::size_t size_;
};

/// Numbers that follow from one octet of the input.
class Chances {
 public:
    explicit Chances(std::uint8_t seed) : state_(seed * 0x9E3779B97F4A7C15U + 1) {}

    std::size_t below(std::size_t limit) {
        state_ = state_ * 6364136223846793005U + 1442695040888963407U;
        return static_cast<std::size_t>(state_ >> 33) % limit;
    }

 private:
    std::uint64_t state_;
};

/// `text` in pieces: octet by octet for the seed 0, else in sizes that follow from the seed.
inline std::vector<std::string_view> cut(std::string_view text, std::uint8_t seed) {
    std::vector<std::string_view> pieces;
    Chances chances(seed);
    const std::size_t longest = seed == 0 ? 1 : 1 + chances.below(std::max<std::size_t>(text.size(), 1));
    while (!text.empty()) {
        pieces.push_back(text.substr(0, 1 + chances.below(longest)));
        text.remove_prefix(pieces.back().size());
    }
    return pieces;
}

}  // namespace parley::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
