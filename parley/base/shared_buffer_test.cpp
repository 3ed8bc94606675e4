// SPDX-License-Identifier: MIT
#include "parley/base/shared_buffer.hpp"

#include <doctest/doctest.h>

#include <cstring>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using parley::SharedBuffer;

TEST_CASE("a shared buffer is built once and outlives its first owner") {
    SharedBuffer copy;
    {
        const SharedBuffer buffer = SharedBuffer::build(3, [](char* octets) { std::memcpy(octets, "abc", 3); });
        copy = buffer;
        CHECK(copy.view().data() == buffer.view().data());
    }
    CHECK(copy.view() == "abc");
    SharedBuffer moved = std::move(copy);
    moved = *&moved;
    CHECK(moved.size() == 3);
    CHECK(SharedBuffer().empty());
    CHECK(SharedBuffer("").view() == "");
}

TEST_CASE("copies may be made and dropped on many threads at once") {
    const SharedBuffer buffer(std::string(100, 'x'));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([copy = buffer] {
            for (int round = 0; round < 1'000; ++round) {
                const SharedBuffer again = copy;
                static_cast<void>(again.size());
            }
        });
    }
    for (std::thread& thread : threads)
        thread.join();
    CHECK(buffer.view() == std::string(100, 'x'));
}
