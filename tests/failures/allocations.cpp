// SPDX-License-Identifier: MIT
#include "tests/failures/allocations.hpp"

#include <cstdlib>
#include <new>

namespace parley::failures {
namespace {

std::int64_t live = 0;
std::size_t nth_to_fail = 0;
std::size_t counted = 0;
bool is_counting = false;
bool failed = false;

void* allocate(std::size_t size) {
    if (is_counting && ++counted == nth_to_fail) {
        failed = true;
        throw std::bad_alloc();
    }
    void* const memory = std::malloc(size == 0 ? 1 : size);
    if (memory == nullptr) throw std::bad_alloc();
    ++live;
    return memory;
}

void release(void* memory) {
    if (memory == nullptr) return;
    --live;
    std::free(memory);
}

}  // namespace

std::int64_t live_allocations() {
    return live;
}

FailingAllocation::FailingAllocation(std::size_t nth) {
    nth_to_fail = nth;
    counted = 0;
    failed = false;
}

FailingAllocation::~FailingAllocation() {
    nth_to_fail = 0;
}

void FailingAllocation::begin() {
    is_counting = true;
}

void FailingAllocation::end() {
    is_counting = false;
}

bool FailingAllocation::has_failed() {
    return failed;
}

std::size_t FailingAllocation::count() {
    return counted;
}

}  // namespace parley::failures

void* operator new(std::size_t size) {
    return parley::failures::allocate(size);
}
void* operator new[](std::size_t size) {
    return parley::failures::allocate(size);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    try {
        return parley::failures::allocate(size);
    } catch (const std::bad_alloc&) {
        return nullptr;
    }
}
void operator delete(void* memory) noexcept {
    parley::failures::release(memory);
}
void operator delete[](void* memory) noexcept {
    parley::failures::release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    parley::failures::release(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    parley::failures::release(memory);
}
