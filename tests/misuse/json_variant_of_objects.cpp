// SPDX-License-Identifier: MIT
// expect: parley: of the alternatives of a std::variant at most one may be a JSON object and at most one an array, or
// which is meant would be a guess: give the variant a parley::JsonCodec
#include <parley/json.hpp>
#include <parley/json/variant.hpp>

struct Circle {
    double radius = 0;
};
PARLEY_JSON_FIELDS(Circle, radius)

struct Square {
    double side = 0;
};
PARLEY_JSON_FIELDS(Square, side)

void misuse(const parley::Json& json) {
    static_cast<void>(json.get<std::variant<Circle, Square>>());
}
