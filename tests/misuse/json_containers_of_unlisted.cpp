// SPDX-License-Identifier: MIT
// expect: parley: this type has no JSON form: list its members with PARLEY_JSON_FIELDS beside it, in its namespace,
// or give it a parley::JsonCodec
#include <parley/json.hpp>
#include <parley/json/containers.hpp>

struct Inner {
    int x = 0;
};

void misuse(std::string_view text) {
    static_cast<void>(parley::parse_json<std::map<std::string, std::optional<std::vector<Inner>>>>(text));
}
