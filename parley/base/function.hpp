// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

#include "parley/base/captures.hpp"

namespace parley {

/// Calls what a program gave for what it does. One that returns something is refused: nobody would get that, and a
/// lambda that returns something on one path (`if (late) return socket.emit("late");`) and nothing at its end is
/// undefined behaviour.
template <typename F, typename... Args>
void call_for_effect(F& callable, Args&&... args) {
    static_assert(std::is_void_v<std::invoke_result_t<F&, Args...>>,
                  "parley: what this function returns would be lost, and a path without a return would be undefined: "
                  "let it return nothing, as in { socket.emit(...); return; }");
    static_cast<void>(callable(std::forward<Args>(args)...));
}

/// Whether `F` is `&Class::member`, which cannot be called without an object.
template <typename F>
inline constexpr bool is_member_pointer = std::is_member_pointer_v<std::decay_t<F>>;

/// Says so, where one stands for a function.
template <typename F>
constexpr void refuse_member_pointer() {
    static_assert(!is_member_pointer<F>,
                  "parley: &Class::member has no object here: write a lambda that has one, as in "
                  "[this](std::string text) { say(text); }");
}

/// Whether there is nothing to call: a null pointer to a function, an empty `std::function` or `Function`.
template <typename F>
constexpr bool is_empty_function(const F& callable) {
    if constexpr (std::is_pointer_v<F>) {
        return callable == nullptr;
    } else if constexpr (requires { callable.operator bool(); }) {
        return !callable.operator bool();
    } else {
        return false;
    }
}

/// A move-only owner of something callable, kept in place when it is small.
///
/// It stands where `std::move_only_function` would: public headers must stay cheap to include, and <functional> alone
/// costs a third of their budget. Calling an empty one is undefined; test with `if (function)`. One that is made of
/// what `is_empty_function` is empty, too. What it owns where the signature says void returns nothing: see
/// `call_for_effect`.
template <typename Signature>
class Function;

template <typename R, typename... Args>
class Function<R(Args...)> {
 public:
    Function() = default;
    Function(std::nullptr_t) {}

    template <typename F>
        requires(!std::is_same_v<std::remove_cvref_t<F>, Function> &&
                 std::is_invocable_r_v<R, std::decay_t<F>&, Args...>)
    Function(F&& callable) {
        using Callable = std::decay_t<F>;
        if (is_empty_function<Callable>(callable)) return;
        if constexpr (fits<Callable>) {
            ::new (static_cast<void*>(storage_)) Callable(std::forward<F>(callable));
            vtable_ = &inline_vtable<Callable>;
        } else {
            ::new (static_cast<void*>(storage_)) Callable*(new Callable(std::forward<F>(callable)));
            vtable_ = &heap_vtable<Callable>;
        }
    }

    template <typename F>
        requires(is_member_pointer<F> && !std::is_invocable_r_v<R, F&, Args...>)
    Function(F) {
        refuse_member_pointer<F>();
    }

    Function(Function&& other) noexcept { take(other); }
    Function& operator=(Function&& other) noexcept {
        if (this != &other) {
            reset();
            take(other);
        }
        return *this;
    }
    Function(const Function&) = delete;
    Function& operator=(const Function&) = delete;
    ~Function() { reset(); }

    explicit operator bool() const noexcept { return vtable_ != nullptr; }

    /// Whether what it owns is known to refer to something in `range`: see `captures_from`.
    [[nodiscard]] bool captures_from(AddressRange range) const noexcept {
        return vtable_ != nullptr && vtable_->captures_from(storage_, range);
    }

    R operator()(Args... args) { return vtable_->call(storage_, std::forward<Args>(args)...); }

 private:
    static constexpr std::size_t inline_size = 48;

    struct Vtable {
        R (*call)(void* storage, Args&&... args);
        void (*relocate)(void* from, void* to) noexcept;
        void (*destroy)(void* storage) noexcept;
        bool (*captures_from)(const void* storage, AddressRange range) noexcept;
    };

    template <typename Callable>
    static constexpr bool fits = sizeof(Callable) <= inline_size && alignof(Callable) <= alignof(std::max_align_t) &&
                                 std::is_nothrow_move_constructible_v<Callable>;

    template <typename Callable>
    static R invoke(Callable& callable, Args&&... args) {
        if constexpr (std::is_void_v<R>) {
            call_for_effect(callable, std::forward<Args>(args)...);
        } else {
            return callable(std::forward<Args>(args)...);
        }
    }

    template <typename Callable>
    static constexpr Vtable inline_vtable{
        [](void* storage, Args&&... args) -> R {
            return invoke(*static_cast<Callable*>(storage), std::forward<Args>(args)...);
        },
        [](void* from, void* to) noexcept {
            ::new (to) Callable(std::move(*static_cast<Callable*>(from)));
            static_cast<Callable*>(from)->~Callable();
        },
        [](void* storage) noexcept { static_cast<Callable*>(storage)->~Callable(); },
        [](const void* storage, AddressRange range) noexcept {
            return parley::captures_from(*static_cast<const Callable*>(storage), range);
        }};

    template <typename Callable>
    static constexpr Vtable heap_vtable{
        [](void* storage, Args&&... args) -> R {
            return invoke(**static_cast<Callable**>(storage), std::forward<Args>(args)...);
        },
        [](void* from, void* to) noexcept { ::new (to) Callable*(*static_cast<Callable**>(from)); },
        [](void* storage) noexcept { delete *static_cast<Callable**>(storage); },
        [](const void* storage, AddressRange range) noexcept {
            return parley::captures_from(**static_cast<Callable* const*>(storage), range);
        }};

    void take(Function& other) noexcept {
        vtable_ = other.vtable_;
        if (vtable_ != nullptr) vtable_->relocate(other.storage_, storage_);
        other.vtable_ = nullptr;
    }

    void reset() noexcept {
        const Vtable* const vtable = std::exchange(vtable_, nullptr);
        if (vtable != nullptr) vtable->destroy(storage_);
    }

    alignas(std::max_align_t) unsigned char storage_[inline_size];
    const Vtable* vtable_ = nullptr;
};

}  // namespace parley
