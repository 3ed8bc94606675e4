// SPDX-License-Identifier: MIT
// expect: parley: this type has a JSON form but no default constructor: it needs one to be read
#include <parley/json.hpp>

struct Point {
    explicit Point(int abscissa) : x(abscissa) {}
    int x;
};
PARLEY_JSON_FIELDS(Point, x)

void misuse(std::string_view text) {
    static_cast<void>(parley::parse_json<std::vector<Point>>(text));
}
