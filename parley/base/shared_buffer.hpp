// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string_view>

#include "parley/base/octets.hpp"

namespace parley {

/// Immutable octets that many outboxes refer to: a broadcast is encoded once into one of these.
///
/// Copying copies a reference (atomically counted, so copies may live on different threads). One allocation.
class SharedBuffer {
 public:
    SharedBuffer() = default;
    explicit SharedBuffer(OctetsView octets);

    /// A buffer of `size` octets that `fill(char* octets)` writes before anybody else can see it.
    template <typename Fill>
    static SharedBuffer build(std::size_t size, Fill&& fill) {
        SharedBuffer buffer = uninitialized(size);
        fill(buffer.octets());
        return buffer;
    }

    SharedBuffer(const SharedBuffer& other) noexcept;
    SharedBuffer(SharedBuffer&& other) noexcept : block_(other.block_) { other.block_ = nullptr; }
    SharedBuffer& operator=(SharedBuffer other) noexcept;
    ~SharedBuffer() {
        if (block_ != nullptr) release();
    }

    [[nodiscard]] std::string_view view() const noexcept;
    [[nodiscard]] std::size_t size() const noexcept { return view().size(); }
    [[nodiscard]] bool empty() const noexcept { return block_ == nullptr; }

 private:
    struct Block;
    static SharedBuffer uninitialized(std::size_t size);
    void release() noexcept;
    char* octets() noexcept;

    Block* block_ = nullptr;
};

}  // namespace parley
