// SPDX-License-Identifier: MIT
#include "parley/base/handler_slot.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace parley {

TEST_CASE("handler slot: a function may replace or remove itself, and what it owns lives until it returns") {
    HandlerSlot<std::string(int)> slot;
    CHECK_FALSE(slot);
    for (const bool removes : {false, true}) {
        slot = [&slot, removes, owned = std::string(100, 'x')](int count) {
            slot = removes ? Function<std::string(int)>() : [](int) { return std::string("second"); };
            return owned.substr(0, static_cast<std::size_t>(count));
        };
        CHECK(slot(3) == "xxx");
        CHECK(static_cast<bool>(slot) == !removes);
        if (!removes) CHECK(slot(3) == "second");
    }
}

TEST_CASE("handler slot: a function may destroy its place") {
    auto slot = std::make_unique<HandlerSlot<int()>>();
    *slot = [&slot, owned = std::make_unique<int>(7)] {
        slot.reset();
        return *owned;
    };
    CHECK((*slot)() == 7);
    CHECK(slot == nullptr);
}

}  // namespace parley
