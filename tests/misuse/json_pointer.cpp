// SPDX-License-Identifier: MIT
// expect: parley: a pointer has no JSON form: write what it points to, or a std::optional
#include <parley/json.hpp>

void misuse(parley::JsonWriter& writer, const int* number) {
    writer.value(number);
}
