// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <utility>

namespace parley::detail {

/// A stack whose first `inline_count` elements need no allocation: what an iterative walk over nested values keeps
/// instead of recursing. References to elements end with the next push.
template <typename T, std::size_t inline_count>
class SmallStack {
 public:
    SmallStack() = default;
    SmallStack(const SmallStack&) = delete;
    SmallStack& operator=(const SmallStack&) = delete;
    ~SmallStack() {
        truncate(0);
        if (elements_ != inline_elements()) ::operator delete(elements_);
    }

    template <typename... Args>
    T& push(Args&&... args) {
        if (size_ == capacity_) grow();
        T* const element = ::new (static_cast<void*>(elements_ + size_)) T{std::forward<Args>(args)...};
        ++size_;
        return *element;
    }

    void pop() { truncate(size_ - 1); }
    void truncate(std::size_t size) {
        while (size_ > size)
            elements_[--size_].~T();
    }

    [[nodiscard]] T& top() { return elements_[size_ - 1]; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::span<T> last(std::size_t count) { return {elements_ + size_ - count, count}; }

 private:
    T* inline_elements() { return reinterpret_cast<T*>(storage_); }

    void grow() {
        T* const larger = static_cast<T*>(::operator new(2 * capacity_ * sizeof(T)));
        std::uninitialized_move_n(elements_, size_, larger);
        std::destroy_n(elements_, size_);
        if (elements_ != inline_elements()) ::operator delete(elements_);
        elements_ = larger;
        capacity_ *= 2;
    }

    alignas(T) unsigned char storage_[inline_count * sizeof(T)];
    T* elements_ = inline_elements();
    std::size_t size_ = 0;
    std::size_t capacity_ = inline_count;
};

}  // namespace parley::detail
