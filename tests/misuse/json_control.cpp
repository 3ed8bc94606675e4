// SPDX-License-Identifier: MIT
#include <parley/json.hpp>
#include <parley/json/containers.hpp>

struct Inner {
    int x = 0;
};
PARLEY_JSON_FIELDS(Inner, x)

struct Outer {
    Inner one;
    std::vector<Inner> many;
    std::optional<Inner> perhaps;
    std::map<std::string, Inner> named;
    std::pair<int, Inner> numbered;
    std::tuple<Inner, bool> both;
};
PARLEY_JSON_FIELDS(Outer, one, many, perhaps, named, numbered, both)

std::string control(std::string_view text) {
    return parley::to_json(parley::parse_json<Outer>(text).value_or(Outer{}));
}
