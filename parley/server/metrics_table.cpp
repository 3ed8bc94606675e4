// SPDX-License-Identifier: MIT
#include "parley/server/metrics_table.hpp"

#include "parley/json.hpp"

namespace parley::server::detail {

void append_family(std::string& text, const MetricFamily& family) {
    text.append("# HELP ").append(family.name).append(" ").append(family.help).append("\n");
    text.append("# TYPE ").append(family.name).append(" ").append(family.type).append("\n");
}

void append_sample(std::string& text, std::string_view name, std::string_view labels, double value) {
    text.append(name);
    if (!labels.empty()) text.append("{").append(labels).append("}");
    text.push_back(' ');
    JsonWriter(text).value(value);
    text.push_back('\n');
}

MetricsTable::~MetricsTable() {
    for (std::atomic<Row*>& row : rows_)
        delete row.load(std::memory_order_relaxed);
}

// The loop's own thread: nobody else makes it.
MetricsTable::Row* MetricsTable::make_row(std::size_t loop) {
    Row* const row = new Row;
    rows_[loop].store(row, std::memory_order_release);
    return row;
}

std::uint64_t MetricsTable::sum(std::size_t number) const noexcept {
    std::uint64_t all = 0;
    for (const std::atomic<Row*>& slot : rows_) {
        const Row* const row = slot.load(std::memory_order_acquire);
        if (row != nullptr) all += row->numbers[number].load(std::memory_order_relaxed);
    }
    return all;
}

}  // namespace parley::server::detail
