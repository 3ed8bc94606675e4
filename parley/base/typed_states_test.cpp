// SPDX-License-Identifier: MIT
#include "parley/base/typed_states.hpp"

#include <doctest/doctest.h>

#include <string>

using parley::state_type;
using parley::TypedStates;

namespace {

struct Counted {
    ~Counted() {
        if (log != nullptr) log->push_back('c');
    }
    std::string* log = nullptr;
};

// Asks for another when it goes.
struct Asking {
    ~Asking() {
        if (states == nullptr) return;
        static_cast<Counted*>(states->get(state_type<Counted>))->log = log;
        log->push_back('a');
    }
    TypedStates* states = nullptr;
    std::string* log = nullptr;
};

template <typename T>
T& get(TypedStates& states) {
    return *static_cast<T*>(states.get(state_type<T>));
}

}  // namespace

TEST_CASE("there is one state of each type, made as new when it is first asked for") {
    TypedStates states;
    CHECK(states.empty());
    CHECK(get<int>(states) == 0);
    get<int>(states) = 7;
    get<std::string>(states) = "text";
    CHECK(get<int>(states) == 7);
    CHECK(get<std::string>(states) == "text");
    CHECK_FALSE(states.empty());
    states.clear();
    CHECK(states.empty());
    CHECK(get<int>(states) == 0);
}

TEST_CASE("states go in the order of the youngest first, and may ask for more meanwhile") {
    std::string log;
    {
        TypedStates states;
        get<Counted>(states).log = &log;
        get<Asking>(states).log = &log;
        get<Asking>(states).states = &states;
        states.clear();
        CHECK(log == "ac");
        CHECK_FALSE(states.empty());
    }
    CHECK(log == "acc");
}

TEST_CASE("the state of nobody is as new each time") {
    parley::nobodys_state<std::string>() = "left behind";
    CHECK(parley::nobodys_state<std::string>().empty());
}
