// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <utility>

#include "parley/base/function.hpp"

namespace parley {

/// A place for a user's function, which may be replaced, or destroyed with its place, by what it does itself: the one
/// that runs lives until it returns. Belongs to one thread.
template <typename Signature>
class HandlerSlot;

template <typename R, typename... Args>
class HandlerSlot<R(Args...)> {
 public:
    HandlerSlot& operator=(Function<R(Args...)> handler) {
        handler_ = handler ? std::make_shared<Function<R(Args...)>>(std::move(handler)) : nullptr;
        return *this;
    }

    explicit operator bool() const noexcept { return handler_ != nullptr; }

    /// Only when there is one.
    template <typename... Given>
    R operator()(Given&&... args) const {
        const std::shared_ptr<Function<R(Args...)>> running = handler_;
        return (*running)(std::forward<Given>(args)...);
    }

 private:
    std::shared_ptr<Function<R(Args...)>> handler_;
};

}  // namespace parley
