// SPDX-License-Identifier: MIT
// expect: parley: an unordered container with the standard hash is not read, because a peer could choose keys that
// collide: read into std::map or std::set
#include <parley/json.hpp>
#include <parley/json/containers.hpp>
#include <unordered_map>

void misuse(std::string_view text) {
    static_cast<void>(parley::parse_json<std::vector<std::unordered_map<std::string, int>>>(text));
}
