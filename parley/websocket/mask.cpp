// SPDX-License-Identifier: MIT
#include "parley/websocket/mask.hpp"

#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace parley::websocket {
namespace {

constexpr std::uint64_t high_bits = 0x8080808080808080U;

// Two words, which every 64-bit machine combines in one instruction.
using Pair = std::uint64_t __attribute__((vector_size(16)));

template <typename Word>
Word load(const char* at) noexcept {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

template <typename Word>
void store(char* at, Word word) noexcept {
    std::memcpy(at, &word, sizeof word);
}

template <typename Word>
Word repeat(MaskKey key) noexcept {
    std::uint8_t octets[sizeof(Word)];
    for (std::size_t i = 0; i < sizeof octets; i += sizeof key.octets)
        std::memcpy(octets + i, key.octets, sizeof key.octets);
    return load<Word>(reinterpret_cast<const char*>(octets));
}

std::uint64_t fold(std::uint32_t word) noexcept {
    return word;
}
std::uint64_t fold(std::uint64_t word) noexcept {
    return word;
}
std::uint64_t fold(Pair pair) noexcept {
    return pair[0] | pair[1];
}

// Each of these returns all unmasked octets or-ed together, so that the high bits tell whether they are ASCII.

std::uint64_t unmask_octets(char* at, std::size_t size, MaskKey key) noexcept {
    std::uint8_t seen = 0;
    for (std::size_t i = 0; i < size; ++i) {
        const auto octet = static_cast<std::uint8_t>(static_cast<std::uint8_t>(at[i]) ^ key.octets[i % 4]);
        at[i] = static_cast<char>(octet);
        seen |= octet;
    }
    return seen;
}

// At least one word. The last word may overlap the one before: it is taken before the loop changes its octets, and put
// back behind it, which spares the odd octets at the end their own loop.
template <typename Word>
std::uint64_t unmask_words(char* at, std::size_t size, MaskKey key) noexcept {
    char* const last = at + size - sizeof(Word);
    const Word tail = load<Word>(last) ^ repeat<Word>(key.at(size - sizeof(Word)));
    const Word mask = repeat<Word>(key);
    Word seen = tail;
    for (; at < last; at += sizeof(Word)) {
        const Word word = load<Word>(at) ^ mask;
        store(at, word);
        seen |= word;
    }
    store(last, tail);
    return fold(seen);
}

#if defined(__x86_64__)

// Below this the wider registers gain less than the question whether they are there costs.
constexpr std::size_t wide_threshold = 256;

__attribute__((target("avx2"))) __m256i load_wide(const char* at) noexcept {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
}

__attribute__((target("avx2"))) std::uint64_t unmask_wide(char* at, std::size_t size, MaskKey key) noexcept {
    constexpr std::size_t width = sizeof(__m256i);
    char* const last = at + size - width;
    const int tail_key = load<int>(reinterpret_cast<const char*>(key.at(size - width).octets));
    const __m256i mask = _mm256_set1_epi32(load<int>(reinterpret_cast<const char*>(key.octets)));
    const __m256i tail = _mm256_xor_si256(load_wide(last), _mm256_set1_epi32(tail_key));
    __m256i seen = tail;
    for (; at < last; at += width) {
        const __m256i word = _mm256_xor_si256(load_wide(at), mask);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), word);
        seen = _mm256_or_si256(seen, word);
    }
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(last), tail);
    return _mm256_movemask_epi8(seen) != 0 ? high_bits : 0;
}

#endif

std::uint64_t unmask_any(std::span<char> payload, MaskKey key) noexcept {
    char* const at = payload.data();
    const std::size_t size = payload.size();
    if (size < sizeof(std::uint32_t)) return unmask_octets(at, size, key);
    if (size < sizeof(std::uint64_t)) return unmask_words<std::uint32_t>(at, size, key);
    if (size < sizeof(Pair)) return unmask_words<std::uint64_t>(at, size, key);
#if defined(__x86_64__)
    if (size >= wide_threshold && __builtin_cpu_supports("avx2")) return unmask_wide(at, size, key);
#endif
    return unmask_words<Pair>(at, size, key);
}

}  // namespace

void unmask(std::span<char> payload, MaskKey key) noexcept {
    unmask_any(payload, key);
}

bool unmask_and_is_ascii(std::span<char> payload, MaskKey key) noexcept {
    return (unmask_any(payload, key) & high_bits) == 0;
}

}  // namespace parley::websocket
