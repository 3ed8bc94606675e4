// SPDX-License-Identifier: MIT
// expect: parley: this type has no JSON form: list its members with PARLEY_JSON_FIELDS beside it, in its namespace,
// or give it a parley::JsonCodec
#include <parley/json.hpp>
#include <parley/json/containers.hpp>

struct Inner {
    int x = 0;
};

void misuse(parley::JsonWriter& writer, const std::tuple<int, Inner>& value) {
    writer.value(value);
}
