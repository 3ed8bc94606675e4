// SPDX-License-Identifier: MIT
// expect: parley: an enum has no JSON form, as any number or word might come: give it a parley::JsonCodec that checks,
// or use an integer or std::string
#include <parley/json.hpp>

enum class Color { red, green };

void misuse(const parley::Json& json) {
    static_cast<void>(json.get<Color>());
}
