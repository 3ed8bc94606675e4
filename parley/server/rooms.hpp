// SPDX-License-Identifier: MIT
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace parley {

/// The names of one room or of several, however a program has them: `"a"`, `{"a", "b"}`, a `std::string`, a
/// `std::vector<std::string>`. What takes rooms takes this.
class Rooms {
 public:
    template <typename Name>
        requires std::is_convertible_v<const Name&, std::string_view>
    Rooms(const Name& room) {
        names_.emplace_back(std::string_view(room));
    }
    Rooms(std::initializer_list<std::string_view> rooms) : names_(rooms.begin(), rooms.end()) {}
    Rooms(std::vector<std::string> rooms) noexcept : names_(std::move(rooms)) {}

    [[nodiscard]] const std::vector<std::string>& names() const& noexcept { return names_; }
    [[nodiscard]] std::vector<std::string> names() && noexcept { return std::move(names_); }

 private:
    std::vector<std::string> names_;
};

}  // namespace parley
