// SPDX-License-Identifier: MIT
#include "tests/simulation/allocations.hpp"

#include <malloc.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string_view>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define PARLEY_HAS_SANITIZER 1
#else
#define PARLEY_HAS_SANITIZER 0
#endif

namespace parley::simulation {
namespace {

std::size_t live = 0;

constexpr bool keeps_back = PARLEY_HAS_SANITIZER == 0;
constexpr unsigned char fresh = 0xcd;
constexpr unsigned char dead = 0xdb;               // eight of them are no address
constexpr std::size_t kept_bytes_max = 16 * 1024;  // of one allocation
constexpr std::size_t kept_count_max = 1 << 12;

struct Dead {
    void* memory = nullptr;
    std::size_t size = 0;
};
std::array<Dead, kept_count_max> kept;
std::size_t next_kept = 0;

[[noreturn]] void fail(std::string_view what) {
    [[maybe_unused]] const auto written = write(STDERR_FILENO, what.data(), what.size());
    std::abort();
}

void check(const Dead& old) {
    const auto* const octets = static_cast<const unsigned char*>(old.memory);
    for (std::size_t i = 0; i < old.size; ++i) {
        if (octets[i] != dead) fail("memory was written behind its end\n");
    }
}

void* allocate(std::size_t size) {
    void* const memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) throw std::bad_alloc();
    if (keeps_back && size <= kept_bytes_max) std::memset(memory, fresh, size);
    ++live;
    return memory;
}

void release(void* memory) {
    if (memory == nullptr) return;
    --live;
    if (!keeps_back) return std::free(memory);
    const std::size_t size = malloc_usable_size(memory);
    if (size > kept_bytes_max) return std::free(memory);
    std::memset(memory, dead, size);
    Dead& place = kept[next_kept++ % kept_count_max];
    if (place.memory != nullptr) {
        check(place);
        std::free(place.memory);
    }
    place = {memory, size};
}

}  // namespace

std::size_t live_allocations() {
    return live;
}

}  // namespace parley::simulation

void* operator new(std::size_t size) {
    return parley::simulation::allocate(size);
}
void* operator new[](std::size_t size) {
    return parley::simulation::allocate(size);
}
void operator delete(void* memory) noexcept {
    parley::simulation::release(memory);
}
void operator delete[](void* memory) noexcept {
    parley::simulation::release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    parley::simulation::release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    parley::simulation::release(memory);
}
