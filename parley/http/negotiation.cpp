// SPDX-License-Identifier: MIT
#include "parley/http/negotiation.hpp"

#include "parley/base/text.hpp"

namespace parley::http {
namespace {

constexpr std::string_view identity = "identity";

// A weight in thousandths (RFC 9110 §12.4.2): "0", "1", "0.8", "0.800"; what is malformed weighs nothing.
int read_weight(std::string_view text) {
    if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
    if (text.size() > 1 && text[1] != '.') return 0;
    int weight = (text[0] - '0') * 1'000;
    int unit = 100;
    for (const char c : text.substr(text.size() > 1 ? 2 : 1)) {
        if (!is_digit(c)) return 0;
        weight += (c - '0') * unit;
        unit /= 10;
    }
    return weight > 1'000 ? 0 : weight;
}

int weight_of_item(std::string_view parameters) {
    while (!parameters.empty()) {
        std::string_view value = trim_ows(take_until(parameters, ';'));
        const std::string_view name = trim_ows(take_until(value, '='));
        if (equals_ignoring_case(name, "q")) return read_weight(trim_ows(value));
    }
    return 1'000;
}

// The weight that the list gives to `coding`, in thousandths; -1: it says nothing about it. A name goes before `*`.
int weight_of(std::string_view accept_encoding, std::string_view coding) {
    int by_star = -1;
    int by_name = -1;
    for_each_list_item(accept_encoding, [&](std::string_view item) {
        const std::string_view name = trim_ows(take_until(item, ';'));
        if (equals_ignoring_case(name, coding)) by_name = weight_of_item(item);
        if (name == "*") by_star = weight_of_item(item);
    });
    return by_name >= 0 ? by_name : by_star;
}

}  // namespace

std::string_view choose_encoding(std::string_view accept_encoding,
                                 std::span<const std::string_view> available) noexcept {
    std::string_view best = identity;
    int best_weight = 0;
    for (const std::string_view coding : available) {
        const int weight = weight_of(accept_encoding, coding);
        if (weight <= best_weight) continue;
        best = coding;
        best_weight = weight;
    }
    // Only a client that names identity prefers it to a coding of the same weight or less.
    return weight_of(accept_encoding, identity) > best_weight ? identity : best;
}

}  // namespace parley::http
