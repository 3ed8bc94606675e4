// SPDX-License-Identifier: MIT
#include "apps/parley/nearest_word.hpp"

#include <algorithm>
#include <cstddef>

namespace parley {

namespace {

constexpr std::size_t typos_max = 2;
constexpr std::size_t word_bytes_max = 64;  // nobody mistypes a command into more

/// How many typing mistakes lie between two words: a letter missing, too many, wrong, or changed places with the next
/// (the optimal string alignment distance).
std::size_t typos_between(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> typos(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0) {
                typos[i][j] = i + j;
                continue;
            }
            const std::size_t replaced = typos[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            typos[i][j] = std::min({typos[i - 1][j] + 1, typos[i][j - 1] + 1, replaced});
            const bool changed_places = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (changed_places) typos[i][j] = std::min(typos[i][j], typos[i - 2][j - 2] + 1);
        }
    }
    return typos[a.size()][b.size()];
}

}  // namespace

std::string nearest_word(std::string_view typed, const std::vector<std::string>& words) {
    if (typed.size() > word_bytes_max) return {};
    std::string nearest;
    std::size_t fewest = typos_max + 1;
    for (const std::string& word : words) {
        const std::size_t typos = typos_between(typed, word);
        // A word of which every letter is wrong is near to nothing.
        if (typos >= fewest || typos >= typed.size()) continue;
        fewest = typos;
        nearest = word;
    }
    return nearest;
}

}  // namespace parley
