// SPDX-License-Identifier: MIT
#include "bench/support/allocation_counter.hpp"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::uint64_t> allocations{0};

void* count_and_allocate(std::size_t size) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
    throw std::bad_alloc();
}

void* count_and_allocate(std::size_t size, std::align_val_t alignment) {
    allocations.fetch_add(1, std::memory_order_relaxed);
    const auto boundary = static_cast<std::size_t>(alignment);
    if (void* const memory = std::aligned_alloc(boundary, (size + boundary - 1) / boundary * boundary)) return memory;
    throw std::bad_alloc();
}

}  // namespace

std::uint64_t parley::bench::allocation_count() noexcept {
    return allocations.load(std::memory_order_relaxed);
}

// The array and nothrow forms of the standard library end in these.
void* operator new(std::size_t size) {
    return count_and_allocate(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return count_and_allocate(size, alignment);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
