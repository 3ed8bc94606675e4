// SPDX-License-Identifier: MIT
#include "parley/server/moments.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace parley::server::detail {

namespace {

constexpr std::size_t slips_max = 2;
constexpr std::array<std::string_view, 3> moments{"connection", "disconnect", "disconnecting"};
constexpr std::size_t longest = moments[2].size() + slips_max;
constexpr std::size_t shortest = moments[0].size() - slips_max;

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Letters that are missing, too many, or two that stand the wrong way round; a wrong letter is two slips, so that
// "collection" is another word. More than `slips_max` is any number above it. Letters are equal in either case.
std::size_t count_slips(std::string_view word, std::string_view name) noexcept {
    std::array<std::array<std::size_t, longest + 1>, 3> rows{};  // of the letter before the last, the last, this one
    for (std::size_t j = 0; j <= name.size(); ++j)
        rows[1][j] = j;
    for (std::size_t i = 1; i <= word.size(); ++i) {
        rows[2][0] = i;
        std::size_t fewest = i;
        for (std::size_t j = 1; j <= name.size(); ++j) {
            const bool is_same = lower(word[i - 1]) == lower(name[j - 1]);
            std::size_t slips = std::min({rows[1][j] + 1, rows[2][j - 1] + 1, rows[1][j - 1] + (is_same ? 0 : 2)});
            const bool is_swapped =
                i > 1 && j > 1 && lower(word[i - 1]) == lower(name[j - 2]) && lower(word[i - 2]) == lower(name[j - 1]);
            if (is_swapped) slips = std::min(slips, rows[0][j - 2] + 1);
            rows[2][j] = slips;
            fewest = std::min(fewest, slips);
        }
        if (fewest > slips_max) return fewest;
        std::ranges::rotate(rows, rows.begin() + 1);
    }
    return rows[1][name.size()];
}

}  // namespace

std::string_view meant_moment(std::string_view name) noexcept {
    if (name.size() < shortest || name.size() > longest) return {};
    std::string_view meant;
    std::size_t fewest = slips_max + 1;
    for (const std::string_view moment : moments) {
        if (name == moment) return {};
        const std::size_t slips = count_slips(moment, name);
        if (slips >= fewest) continue;
        fewest = slips;
        meant = moment;
    }
    return meant;
}

}  // namespace parley::server::detail
