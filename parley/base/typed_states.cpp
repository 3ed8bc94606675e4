// SPDX-License-Identifier: MIT
#include "parley/base/typed_states.hpp"

#include <utility>

namespace parley {

void* TypedStates::get(const StateType& type) {
    for (const auto& state : states_)
        if (state.get_deleter().type == &type) return state.get();
    std::unique_ptr<void, Destroy> made(type.make(), Destroy{&type});
    void* const state = made.get();
    states_.push_back(std::move(made));
    return state;
}

void TypedStates::clear() noexcept {
    auto states = std::exchange(states_, {});
    while (!states.empty())
        states.pop_back();
}

}  // namespace parley
