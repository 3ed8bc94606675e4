// SPDX-License-Identifier: MIT
// expect: parley: this type has no JSON form: list its members with PARLEY_JSON_FIELDS beside it, in its namespace,
// or give it a parley::JsonCodec
#include <parley/json.hpp>

struct Inner {
    int x = 0;
};

struct Outer {
    Inner inner;
};
PARLEY_JSON_FIELDS(Outer, inner)

void misuse(std::string_view text) {
    static_cast<void>(parley::parse_json<Outer>(text));
}
