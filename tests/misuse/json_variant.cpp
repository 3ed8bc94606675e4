// SPDX-License-Identifier: MIT
// expect: parley: std::variant needs #include <parley/json/variant.hpp>
#include <parley/json.hpp>
#include <variant>

void misuse(const std::variant<int, std::string>& value) {
    static_cast<void>(parley::Json::from(value));
}
