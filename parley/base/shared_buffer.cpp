// SPDX-License-Identifier: MIT
#include "parley/base/shared_buffer.hpp"

#include <atomic>
#include <cstring>
#include <new>
#include <utility>

namespace parley {

// The octets stand behind the block, in the same allocation.
struct SharedBuffer::Block {
    std::atomic<std::size_t> references{1};
    std::size_t size = 0;

    char* octets() { return reinterpret_cast<char*>(this + 1); }
};

SharedBuffer SharedBuffer::uninitialized(std::size_t size) {
    SharedBuffer buffer;
    if (size == 0) return buffer;
    buffer.block_ = ::new (::operator new(sizeof(Block) + size)) Block;
    buffer.block_->size = size;
    return buffer;
}

SharedBuffer::SharedBuffer(OctetsView octets) {
    *this = build(octets.size(), [&](char* to) {
        if (!octets.empty()) std::memcpy(to, octets.data(), octets.size());
    });
}

SharedBuffer::SharedBuffer(const SharedBuffer& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->references.fetch_add(1, std::memory_order_relaxed);
}

SharedBuffer& SharedBuffer::operator=(SharedBuffer other) noexcept {
    std::swap(block_, other.block_);
    return *this;
}

void SharedBuffer::release() noexcept {
    if (block_->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
    block_->~Block();
    ::operator delete(block_);
}

std::string_view SharedBuffer::view() const noexcept {
    return block_ == nullptr ? std::string_view{} : std::string_view{block_->octets(), block_->size};
}

char* SharedBuffer::octets() noexcept {
    return block_ == nullptr ? nullptr : block_->octets();
}

}  // namespace parley
