// SPDX-License-Identifier: MIT
// expect: parley: an enum has no JSON form, as any number or word might come: list its enumerators with
// PARLEY_JSON_ENUM beside it, in its namespace, or use an integer
#include <parley/json.hpp>

enum class Color { red, green };

void misuse(const parley::Json& json) {
    static_cast<void>(json.get<Color>());
}
