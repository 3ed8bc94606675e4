// SPDX-License-Identifier: MIT
#include "parley/base/captures.hpp"

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "parley/base/function.hpp"

using parley::AddressRange;
using parley::captures_from;
using parley::Function;

namespace {

struct Stand {
    int number = 1;
    std::string text = "text";
};

AddressRange around(const Stand& stand) {
    const auto low = reinterpret_cast<std::uintptr_t>(&stand);
    return {low, low + sizeof(stand)};
}

}  // namespace

TEST_CASE("a lambda that refers to something in the range is found, by whatever name it does") {
    Stand stand;
    Stand other;
    Stand& reference = stand;
    Stand* const pointer = &stand;
    std::uint64_t id = 7;
    ++id;  // or it would be a constant, which no lambda captures
    const AddressRange range = around(stand);
    CHECK(captures_from([&] { ++stand.number; }, range));
    CHECK(captures_from([&] { ++reference.number; }, range));
    CHECK(captures_from([pointer] { ++pointer->number; }, range));
    CHECK(captures_from([&] { stand.text = other.text; }, range));
    CHECK(captures_from([&, id] { stand.text = std::to_string(id); }, range));
    CHECK(captures_from([&inner = stand.text] { inner.clear(); }, range));
    CHECK(captures_from([handler = [&] { ++stand.number; }]() mutable { handler(); }, range));
}

TEST_CASE("what refers to nothing in the range, or may hold what is no value, is not taken for a reference") {
    Stand stand;
    Stand other;
    const AddressRange range = around(stand);
    CHECK_FALSE(captures_from([&] { ++other.number; }, range));
    CHECK_FALSE(captures_from([stand] { static_cast<void>(stand); }, range));
    CHECK_FALSE(captures_from([] {}, range));
    CHECK_FALSE(captures_from([owned = std::make_shared<Stand>()] { ++owned->number; }, range));

    // An optional without a value keeps what was there before, and so does the room between two members.
    std::optional<Stand*> nothing = &stand;
    nothing.reset();
    CHECK_FALSE(captures_from([nothing, &other] { static_cast<void>(nothing == &other); }, range));
    struct Loose {
        Stand* pointer;
        bool flag;
    };
    alignas(Loose) std::array<std::uintptr_t, 2> octets{reinterpret_cast<std::uintptr_t>(&other), range.low | 1};
    Loose loose{};
    __builtin_memcpy(&loose, octets.data(), sizeof(loose));
    loose.flag = true;
    CHECK_FALSE(captures_from([loose] { static_cast<void>(loose); }, range));
}

TEST_CASE("a function knows what it owns, small or large, and an empty one refers to nothing") {
    Stand stand;
    Stand other;
    const AddressRange range = around(stand);
    const Function<void()> small = [&] { ++stand.number; };
    CHECK(small.captures_from(range));
    CHECK_FALSE(small.captures_from(around(other)));
    const std::array<Stand*, 8> many{&other, &other, &other, &other, &other, &other, &other, &stand};
    const Function<void()> large = [many] { ++many[7]->number; };
    CHECK(large.captures_from(range));
    CHECK_FALSE(Function<void()>().captures_from(range));
    CHECK_FALSE(Function<void()>([text = std::string("x")] { static_cast<void>(text); }).captures_from(range));
}
