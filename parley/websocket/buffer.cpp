// SPDX-License-Identifier: MIT
#include "parley/websocket/buffer.hpp"

#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

namespace parley::websocket::detail {

Buffer::Buffer(Buffer&& other) noexcept
    : octets_(std::exchange(other.octets_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
    Buffer taken(std::move(other));
    std::swap(octets_, taken.octets_);
    std::swap(size_, taken.size_);
    std::swap(capacity_, taken.capacity_);
    return *this;
}

Buffer::~Buffer() {
    release();
}

// realloc, because it can move the pages of a large block instead of copying them.
void Buffer::reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    void* const grown = capacity <= capacity_max ? std::realloc(octets_, capacity) : nullptr;
    if (grown == nullptr) throw std::bad_alloc();
    octets_ = static_cast<char*>(grown);
    capacity_ = static_cast<std::uint32_t>(capacity);
}

void Buffer::append(std::string_view octets) noexcept {
    if (octets.empty()) return;
    std::memcpy(octets_ + size_, octets.data(), octets.size());
    commit(octets.size());
}

void Buffer::release() noexcept {
    std::free(octets_);
    octets_ = nullptr;
    size_ = 0;
    capacity_ = 0;
}

}  // namespace parley::websocket::detail
