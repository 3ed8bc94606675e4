// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "parley/base/octets.hpp"

namespace parley {

/// The names of one room or of several, however a program has them: `"a"`, `{"a", "b"}`, a `std::string`, a
/// `std::vector<std::string>`. What takes rooms takes this.
class Rooms {
 public:
    template <typename Name>
        requires std::is_convertible_v<Name, TextView>
    Rooms(Name&& room) {
        names_.emplace_back(TextView(std::forward<Name>(room)));
    }
    Rooms(std::initializer_list<TextView> rooms) : names_(rooms.begin(), rooms.end()) {}
    Rooms(std::vector<std::string> rooms) noexcept : names_(std::move(rooms)) {}

    [[nodiscard]] const std::vector<std::string>& names() const& noexcept { return names_; }
    [[nodiscard]] std::vector<std::string> names() && noexcept { return std::move(names_); }

 private:
    std::vector<std::string> names_;
};

}  // namespace parley
