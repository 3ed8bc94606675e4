// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <string_view>
#include <vector>

namespace parley::test {

inline std::vector<std::string_view> random_cutting(std::string_view input, std::mt19937_64& random) {
    std::vector<std::string_view> pieces;
    const std::size_t longest = 1 + random() % std::max<std::size_t>(input.size(), 1);
    while (!input.empty()) {
        const std::size_t size = std::min<std::size_t>(input.size(), 1 + random() % longest);
        pieces.push_back(input.substr(0, size));
        input.remove_prefix(size);
    }
    return pieces;
}

/// Calls `feed(std::span<const std::string_view> pieces)` for many cuttings of `input`: whole, octet by octet, every
/// two-way cut, and fifty seeded random ones. A stream parser must behave the same for each.
///
/// The pieces are views of `input`, never empty; a feed that needs mutable octets copies them. The seed is fixed, so a
/// failure repeats.
template <typename Feed>
void for_every_cut(std::string_view input, Feed&& feed) {
    using Pieces = std::vector<std::string_view>;
    const auto give = [&](const Pieces& pieces) { feed(std::span<const std::string_view>(pieces)); };

    give(input.empty() ? Pieces{} : Pieces{input});
    Pieces octets;
    for (std::size_t i = 0; i < input.size(); ++i)
        octets.push_back(input.substr(i, 1));
    give(octets);
    for (std::size_t cut = 1; cut < input.size(); ++cut)
        give({input.substr(0, cut), input.substr(cut)});

    std::mt19937_64 random(20260101);
    for (int round = 0; round < 50; ++round)
        give(random_cutting(input, random));
}

}  // namespace parley::test
