// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include "parley/base/state_type.hpp"

namespace parley {

/// What a program keeps with one thing of ours: at most one object of each type, each made when it is first asked for.
class TypedStates {
 public:
    /// The object of this type.
    [[nodiscard]] void* get(const StateType& type);
    /// Destroys them, the youngest first. What their destructors ask for meanwhile is made anew.
    void clear() noexcept;
    [[nodiscard]] bool empty() const noexcept { return states_.empty(); }

 private:
    struct Destroy {
        const StateType* type;
        void operator()(void* state) const noexcept { type->destroy(state); }
    };
    std::vector<std::unique_ptr<void, Destroy>> states_;
};

}  // namespace parley
