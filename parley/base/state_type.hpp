// SPDX-License-Identifier: MIT
#pragma once

#include <type_traits>

namespace parley {

/// How to make and destroy state of one type; its address stands for the type.
struct StateType {
    void* (*make)();
    void (*destroy)(void* state) noexcept;
};

template <typename T>
inline constexpr StateType state_type{[]() -> void* { return new T(); },
                                      [](void* state) noexcept { delete static_cast<T*>(state); }};

/// State that belongs to nothing, for who asks where there is nothing (any more): as new, each time.
template <typename T>
T& nobodys_state() {
    thread_local T state{};
    if constexpr (std::is_move_assignable_v<T>) state = T();
    return state;
}

}  // namespace parley
