// SPDX-License-Identifier: MIT
// expect: parley: std::map, std::set, std::array, std::tuple, std::deque and std::list need #include
// <parley/json/containers.hpp>; the keys of a map are std::string
#include <map>
#include <parley/json.hpp>

void misuse(const std::map<std::string, int>& map) {
    static_cast<void>(parley::to_json(map));
}
