// SPDX-License-Identifier: MIT
#include "parley/base/function.hpp"

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <memory>
#include <string>

using parley::Function;

TEST_CASE("a function calls what it was given, small or large") {
    int calls = 0;
    Function<int(int)> small = [&calls](int n) { return ++calls + n; };
    CHECK(small(10) == 11);

    std::array<char, 200> ballast{};
    ballast[199] = 7;
    Function<int()> large = [ballast] { return static_cast<int>(ballast[199]); };
    CHECK(large() == 7);
}

TEST_CASE("a function of void may own what takes arguments and returns nothing") {
    int sum = 0;
    Function<void(int)> function = [&sum](int number) { return void(sum += number); };
    function(1);
    function(2);
    CHECK(sum == 3);
}

TEST_CASE("a function owns move-only callables, moves, and frees them once") {
    auto owned = std::make_unique<std::string>("kept");
    std::weak_ptr<int> watched;
    {
        auto shared = std::make_shared<int>(1);
        watched = shared;
        Function<std::string()> function = [owned = std::move(owned), shared] { return *owned; };
        shared.reset();
        Function<std::string()> moved = std::move(function);
        CHECK_FALSE(static_cast<bool>(function));
        CHECK(moved() == "kept");
        Function<std::string()> assigned;
        CHECK_FALSE(static_cast<bool>(assigned));
        assigned = std::move(moved);
        CHECK(assigned() == "kept");
        CHECK_FALSE(watched.expired());
        assigned = nullptr;
        CHECK(watched.expired());
        CHECK_FALSE(static_cast<bool>(assigned));
    }
    CHECK(watched.expired());
}

TEST_CASE("arguments are forwarded: references stay references, values are moved") {
    Function<void(std::string&, std::unique_ptr<int>)> function = [](std::string& text, std::unique_ptr<int> number) {
        text += std::to_string(*number);
    };
    std::string text = "n=";
    function(text, std::make_unique<int>(5));
    CHECK(text == "n=5");
}

TEST_CASE("a function that is made of what is empty is empty") {
    void (*const null)() = nullptr;
    CHECK_FALSE(Function<void()>(null));
    CHECK_FALSE(Function<void()>(std::function<void()>()));
    CHECK_FALSE(Function<void(int)>(Function<void(long)>()));
    CHECK(Function<void()>(std::function<void()>([] {})));
    CHECK(Function<void()>([] {}));
    CHECK_FALSE(parley::is_empty_function([] {}));
    CHECK_FALSE(parley::is_empty_function([](auto) {}));
}
