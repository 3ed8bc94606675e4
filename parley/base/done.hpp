// SPDX-License-Identifier: MIT
#pragma once

#include <concepts>

namespace parley {

/// Whether what was asked for was done, or is on its way: what `emit`, `join`, `send` and the like return. A bool in
/// every use but one.
///
/// The result of a handler is its answer, and `return socket.emit(...)` would answer `true`; where two paths of a
/// handler differ, one would even return nothing, which is undefined behaviour. Therefore a handler that returns this
/// does not compile, and neither does a coroutine whose answer it would be.
class Done {
 public:
    constexpr explicit Done(bool value) noexcept : value_(value) {}

    /// To `bool` and nothing else: no number is made of it in passing.
    template <std::same_as<bool> T>
    constexpr operator T() const noexcept {
        return value_;
    }

    friend constexpr bool operator==(Done left, Done right) noexcept { return left.value_ == right.value_; }
    friend constexpr bool operator==(Done left, bool right) noexcept { return left.value_ == right; }

 private:
    bool value_;
};

}  // namespace parley
