// SPDX-License-Identifier: MIT
// expect: parley: nothing would own what this pointer or view refers to: read into std::string, parley::Bytes or
// std::vector
#include <parley/json.hpp>

void misuse(parley::JsonReader& reader, std::string_view& text) {
    static_cast<void>(reader.read(text));
}
