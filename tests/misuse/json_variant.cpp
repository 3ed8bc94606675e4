// SPDX-License-Identifier: MIT
// expect: parley: std::variant has no JSON form: take parley::Json and ask for its type(), or give the variant a
// parley::JsonCodec that goes by JsonReader::peek()
#include <parley/json.hpp>
#include <variant>

void misuse(const std::variant<int, std::string>& value) {
    static_cast<void>(parley::Json::from(value));
}
