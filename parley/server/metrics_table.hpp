// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "parley/base/time.hpp"

namespace parley::server::detail {

/// A family of numbers in the text that Prometheus reads, and its type there.
struct MetricFamily {
    std::string_view name;
    std::string_view type;  ///< counter, gauge or histogram
    std::string_view help;
};

/// Appends the lines about a family, in front of its samples.
void append_family(std::string& text, const MetricFamily& family);
/// One sample; `labels` as in `loop="0"`, or empty.
void append_sample(std::string& text, std::string_view name, std::string_view labels, double value);

/// One number for each loop, which its thread alone changes. Loops are numbered from 0 on; those beyond `loops_max` do
/// not count, and there are none.
class MetricsTable {
 public:
    static constexpr std::size_t loops_max = 1'024;
    static constexpr std::size_t numbers_max = 96;

    MetricsTable() = default;
    ~MetricsTable();
    MetricsTable(const MetricsTable&) = delete;
    MetricsTable& operator=(const MetricsTable&) = delete;

    void add(std::size_t loop, std::size_t number, std::uint64_t amount = 1) {
        if (Row* const row = row_of(loop)) row->add(number, amount);
    }
    /// One more of `number`, and so much more of the one behind it.
    void add_one_of(std::size_t loop, std::size_t number, std::uint64_t amount) {
        Row* const row = row_of(loop);
        if (row == nullptr) return;
        row->add(number, 1);
        row->add(number + 1, amount);
    }
    /// Of all loops. Any thread.
    [[nodiscard]] std::uint64_t sum(std::size_t number) const noexcept;

 private:
    struct alignas(64) Row {
        void add(std::size_t number, std::uint64_t amount) noexcept {
            std::atomic<std::uint64_t>& cell = numbers[number];
            cell.store(cell.load(std::memory_order_relaxed) + amount, std::memory_order_relaxed);
        }
        std::array<std::atomic<std::uint64_t>, numbers_max> numbers{};
    };

    [[nodiscard]] Row* row_of(std::size_t loop) {
        if (loop >= loops_max) return nullptr;
        Row* const row = rows_[loop].load(std::memory_order_acquire);
        return row != nullptr ? row : make_row(loop);
    }
    Row* make_row(std::size_t loop);

    std::array<std::atomic<Row*>, loops_max> rows_{};
};

}  // namespace parley::server::detail
