// SPDX-License-Identifier: MIT
#include "parley/base/memory_budget.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace parley {
namespace {

struct Holder final : MemoryHolder {
    Holder(MemoryBudget& its_budget, std::vector<std::size_t> sizes) : budget(its_budget), peers(std::move(sizes)) {
        budget.add(*this);
        for (const std::size_t size : peers)
            budget.count(0, size);
    }
    void measure(SizeClasses& sizes) override {
        for (const std::size_t size : peers)
            sizes.add(size);
    }
    void shed(std::size_t bytes_min) override {
        for (std::size_t& size : peers) {
            if (budget.is_relieved()) return;
            if (size < bytes_min) continue;
            budget.count(size, 0);
            size = 0;
        }
    }

    MemoryBudget& budget;
    std::vector<std::size_t> peers;
};

using Sizes = std::vector<std::size_t>;

}  // namespace

TEST_CASE("memory: the marks are at 85, 95 and 100 per cent") {
    MemoryBudget budget(1000);
    budget.count(0, 849);
    CHECK_FALSE(budget.is_scarce());
    budget.count(849, 850);
    CHECK(budget.is_scarce());
    CHECK_FALSE(budget.is_critical());
    budget.count(850, 950);
    CHECK(budget.is_critical());
    budget.count(950, 999);
    CHECK_FALSE(budget.is_full());
    budget.count(999, 1000);
    CHECK(budget.is_full());
    budget.count(1000, 0);
    CHECK(budget.bytes() == 0);
}

TEST_CASE("memory: without a bound nothing is scarce") {
    MemoryBudget budget(0);
    budget.count(0, std::size_t{1} << 40);
    CHECK_FALSE(budget.is_scarce());
}

TEST_CASE("memory: the largest are given up, whoever holds them, and no more than is wanted") {
    MemoryBudget budget(1'000'000);
    Holder few(budget, {490'000, 1'000});
    Holder many(budget, Sizes(45, 10'000));
    CHECK_FALSE(budget.is_critical());
    budget.count(0, 10'000);
    CHECK(budget.is_critical());
    budget.reclaim();
    CHECK(few.peers == Sizes{0, 1'000});
    CHECK(many.peers == Sizes(45, 10'000));
}

TEST_CASE("memory: many of about one size are given up one by one, until there is enough") {
    MemoryBudget budget(1'000'000);
    Holder many(budget, Sizes(96, 10'000));
    budget.reclaim();
    CHECK(budget.bytes() == 900'000);
}

TEST_CASE("memory: what several loops hold of a small bound is known to a sixty-fourth of it") {
    MemoryPool pool;
    std::vector<std::unique_ptr<MemoryBudget>> budgets;
    for (int i = 0; i < 4; ++i) {
        budgets.push_back(std::make_unique<MemoryBudget>(600'000));
        budgets.back()->share(pool, 4);
    }
    for (const auto& budget : budgets)
        budget->count(0, 140'000);
    for (const auto& budget : budgets)
        CHECK(budget->all_bytes() > 560'000 - 600'000 / 64);
    CHECK(budgets.front()->is_scarce());
    // Nobody is kept out by what has gone.
    for (const auto& budget : budgets)
        budget->count(140'000, 0);
    for (const auto& budget : budgets)
        CHECK(budget->all_bytes() < 600'000 / 64);
}

TEST_CASE("memory: who holds little is never given up") {
    MemoryBudget budget(1'000'000);
    Holder many(budget, Sizes(400, 2'500));
    CHECK(budget.is_full());
    budget.reclaim();
    CHECK(many.peers == Sizes(400, 2'500));
}

}  // namespace parley
