// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "parley/net/backend/simulated/simulated_network.hpp"

namespace parley::simulation {

/// What a run has to say: its violations, and each step where somebody wants to see them.
class Report {
 public:
    Report(const net::SimulatedNetwork& network, bool traces) : network_(network), traces_(traces) {}

    /// What must never be.
    template <typename... Parts>
    void violation(const Parts&... parts) {
        std::string text;
        (append(text, parts), ...);
        if (traces_) print("VIOLATION " + text);
        if (violations_.size() < 5) violations_.push_back(std::move(text));
    }

    template <typename... Parts>
    void note(const Parts&... parts) {
        if (!traces_) return;
        std::string text;
        (append(text, parts), ...);
        print(text);
    }

    [[nodiscard]] const std::vector<std::string>& violations() const { return violations_; }

 private:
    template <typename T>
    static void append(std::string& text, const T& part) {
        if constexpr (std::is_arithmetic_v<T>) {
            text += std::to_string(part);
        } else {
            text += std::string_view(part);
        }
    }
    void print(std::string_view text) const;

    const net::SimulatedNetwork& network_;
    bool traces_;
    std::vector<std::string> violations_;
};

}  // namespace parley::simulation
