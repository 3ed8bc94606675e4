// SPDX-License-Identifier: MIT
#include "parley/base/keyed_hash.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace parley {
namespace {

// SipHash (Aumasson and Bernstein, 2012) with one round per word and three at the end.
struct SipState {
    std::uint64_t v0, v1, v2, v3;

    SipState(std::uint64_t key0, std::uint64_t key1)
        : v0(key0 ^ 0x736f6d6570736575U),
          v1(key1 ^ 0x646f72616e646f6dU),
          v2(key0 ^ 0x6c7967656e657261U),
          v3(key1 ^ 0x7465646279746573U) {}

    void round() {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }

    void absorb(std::uint64_t word) {
        v3 ^= word;
        round();
        v0 ^= word;
    }

    std::uint64_t finish() {
        v2 ^= 0xFF;
        round();
        round();
        round();
        return v0 ^ v1 ^ v2 ^ v3;
    }
};

std::uint64_t load(const char* octets, std::size_t size) {
    std::uint64_t word = 0;
    std::memcpy(&word, octets, size);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

}  // namespace

KeyedHash::KeyedHash(EntropySource& entropy) : key0_(0), key1_(0) {
    std::array<std::uint64_t, 2> keys{};
    entropy.fill(std::as_writable_bytes(std::span(keys)));
    key0_ = keys[0];
    key1_ = keys[1];
}

std::size_t KeyedHash::operator()(std::string_view text) const noexcept {
    SipState state(key0_, key1_);
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= 8; left -= 8, at += 8)
        state.absorb(load(at, 8));
    const std::uint64_t rest = left == 0 ? 0 : load(at, left);
    state.absorb(std::uint64_t{text.size()} << 56 | rest);
    return static_cast<std::size_t>(state.finish());
}

}  // namespace parley
