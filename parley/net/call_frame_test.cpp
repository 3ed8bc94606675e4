// SPDX-License-Identifier: MIT
#include "parley/net/call_frame.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "parley/base/error.hpp"
#include "parley/net/backend/test_worlds.hpp"

namespace parley::net::test {
namespace {

// Somebody who lends references of himself, and counts who keeps him.
struct Person {
    int keepers = 0;
    bool lends = true;

    Lender lender() {
        static constexpr Lender::Counting counting{
            [](void* person) noexcept {
                auto& self = *static_cast<Person*>(person);
                if (self.lends) ++self.keepers;
                return self.lends;
            },
            [](void* person) noexcept { --static_cast<Person*>(person)->keepers; }};
        return {this, &counting};
    }
};

// A loop that this thread has run, and its gate.
struct Place {
    Place() { world.loop.run_turn(world.loop.now()); }
    EpollWorld world;
    std::shared_ptr<LoopGate> gate = std::make_shared<LoopGate>(world.loop);
};

// As whatever takes functions does, in a call of its own.
[[gnu::noinline]] Function<void()> hand_over(LoopGate& gate, Function<void()> function, const void* owner = nullptr) {
    keep(gate, function, owner);
    return function;
}

[[gnu::noinline]] bool is_refused_with_own_variable(LoopGate& gate) {
    int mine = 0;
    try {
        hand_over(gate, [&] { ++mine; });
        return false;
    } catch (const SetupError&) {
        return true;
    }
}

}  // namespace

TEST_CASE("call frame: what is handed over keeps the lender until it goes") {
    Place place;
    Person person;
    std::optional<Function<void()>> kept;
    const auto calls = std::make_unique<int>(0);
    {
        const CallFrame frame(*place.gate, person.lender());
        kept = hand_over(*place.gate, [&count = *calls] { ++count; });
        CHECK(person.keepers == 1);
    }
    (*kept)();
    CHECK(*calls == 1);
    CHECK(person.keepers == 1);
    kept.reset();
    CHECK(person.keepers == 0);
}

TEST_CASE("call frame: nothing is kept outside of handlers, for the owner itself, and of whom nobody was lent") {
    Place place;
    Person person;
    const Function<void()> outside = hand_over(*place.gate, [] {});
    const CallFrame frame(*place.gate, person.lender());
    const Function<void()> owned = hand_over(*place.gate, [] {}, &person);
    person.lends = false;
    const Function<void()> aloof = hand_over(*place.gate, [] {});
    const CallFrame bare(*place.gate);
    person.lends = true;
    const Function<void()> inner = hand_over(*place.gate, [] {});
    CHECK(person.keepers == 0);
}

TEST_CASE("call frame: what runs hands on what it keeps itself, beside what it was lent, each once") {
    Place place;
    Person first;
    Person second;
    std::optional<Function<void()>> outer;
    const auto inner_place = std::make_unique<std::optional<Function<void()>>>();
    std::optional<Function<void()>>& inner = *inner_place;
    {
        const CallFrame frame(*place.gate, first.lender());
        outer = hand_over(*place.gate, [&inner, &gate = *place.gate] { inner = hand_over(gate, [] {}); });
    }
    {
        const CallFrame frame(*place.gate, second.lender());
        (*outer)();
    }
    outer.reset();
    CHECK(first.keepers == 1);
    CHECK(second.keepers == 1);
    inner.reset();
    CHECK(first.keepers == 0);
    CHECK(second.keepers == 0);
}

TEST_CASE("call frame: a function that refers to a variable of the handler is refused, and no other") {
    Place place;
    const auto outside = std::make_unique<int>(0);
    CHECK_FALSE(is_refused_with_own_variable(*place.gate));
    {
        const CallFrame frame(*place.gate);
        CHECK(is_refused_with_own_variable(*place.gate));
        CHECK_NOTHROW(hand_over(*place.gate, [&count = *outside] { ++count; }));
        bool is_refused_elsewhere = true;
        std::thread([&] { is_refused_elsewhere = is_refused_with_own_variable(*place.gate); }).join();
        CHECK_FALSE(is_refused_elsewhere);
    }
    CHECK_FALSE(is_refused_with_own_variable(*place.gate));
}

TEST_CASE("call frame: one that ends by an exception is over") {
    Place place;
    Person person;
    try {
        const CallFrame frame(*place.gate, person.lender());
        throw std::string("ouch");
    } catch (const std::string&) {
    }
    const Function<void()> later = hand_over(*place.gate, [] {});
    CHECK(person.keepers == 0);
}

}  // namespace parley::net::test
