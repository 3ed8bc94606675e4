// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace parley::websocket::detail {

/// Octets that a machine has to keep from one receive to the next. Empty, it owns no memory and takes 16 octets.
class Buffer {
 public:
    Buffer() = default;
    Buffer(Buffer&& other) noexcept;
    Buffer& operator=(Buffer&& other) noexcept;
    ~Buffer();

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::string_view view() const noexcept { return {octets_, size_}; }
    [[nodiscard]] std::span<char> span() noexcept { return {octets_, size_}; }

    /// Room behind the octets, as it is now.
    [[nodiscard]] std::span<char> free_space() noexcept { return {octets_ + size_, capacity_ - size_}; }

    /// Makes the capacity exactly `capacity` when it is smaller. At most `capacity_max`.
    void reserve(std::size_t capacity);

    /// Copies `octets` to the end; the room must be there.
    void append(std::string_view octets) noexcept;

    /// The first `octets` of the free space are part of the buffer now: somebody has written them there.
    void commit(std::size_t octets) noexcept { size_ += static_cast<std::uint32_t>(octets); }

    /// Forgets the last `octets` of them.
    void take_back(std::size_t octets) noexcept { size_ -= static_cast<std::uint32_t>(octets); }

    /// Forgets the octets and keeps the memory.
    void clear() noexcept { size_ = 0; }

    /// Forgets the octets and gives the memory back.
    void release() noexcept;

    static constexpr std::size_t capacity_max = 0x7FFF'FFFF;

 private:
    char* octets_ = nullptr;
    std::uint32_t size_ = 0;
    std::uint32_t capacity_ = 0;
};

}  // namespace parley::websocket::detail
