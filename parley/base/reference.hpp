// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

namespace parley {

/// A counted reference to one of the library's objects, for handles that people copy freely.
///
/// `T` stays incomplete here: `retain(T*)` and `release(T*)` are found beside it and count atomically, so handles may
/// be copied and dropped on any thread.
template <typename T>
class Reference {
 public:
    Reference() = default;
    explicit Reference(T* object) noexcept : object_(object) {
        if (object_ != nullptr) retain(object_);
    }
    Reference(const Reference& other) noexcept : Reference(other.object_) {}
    Reference(Reference&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
    Reference& operator=(Reference other) noexcept {
        std::swap(object_, other.object_);
        return *this;
    }
    ~Reference() {
        if (object_ != nullptr) release(object_);
    }

    [[nodiscard]] T* get() const noexcept { return object_; }
    T* operator->() const noexcept { return object_; }
    T& operator*() const noexcept { return *object_; }
    explicit operator bool() const noexcept { return object_ != nullptr; }
    bool operator==(const Reference& other) const noexcept { return object_ == other.object_; }

 private:
    T* object_ = nullptr;
};

}  // namespace parley
