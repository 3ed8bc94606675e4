// SPDX-License-Identifier: MIT
#include "parley/net/system_entropy.hpp"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace parley::net {
namespace {

using Id = std::array<std::byte, 16>;

Id next_id(SystemEntropy& entropy) {
    Id id{};
    entropy.fill(id);
    return id;
}

}  // namespace

TEST_CASE("system entropy: a hundred thousand ids are distinct, across many refills") {
    SystemEntropy entropy;
    std::set<Id> ids;
    for (int i = 0; i < 100'000; ++i)
        ids.insert(next_id(entropy));
    CHECK(ids.size() == 100'000);
}

TEST_CASE("system entropy: any size is filled to its last byte") {
    SystemEntropy entropy;
    for (const std::size_t size : {0U, 1U, 7U, 1000U, 4087U, 4088U, 4089U, 100'000U}) {
        CAPTURE(size);
        std::vector<std::byte> either(size);
        // A byte stays 0 in all of 16 fills with a chance of 2^-128.
        for (int round = 0; round < 16; ++round) {
            std::vector<std::byte> bytes(size);
            entropy.fill(bytes);
            std::ranges::transform(either, bytes, either.begin(), [](std::byte a, std::byte b) { return a | b; });
        }
        CHECK(std::ranges::count(either, std::byte{0}) == 0);
    }
}

TEST_CASE("system entropy: a forked child does not repeat its parent") {
    SystemEntropy entropy;
    next_id(entropy);
    std::array<int, 2> pipe_ends{};
    REQUIRE(pipe(pipe_ends.data()) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const Id id = next_id(entropy);
        _exit(write(pipe_ends[1], id.data(), id.size()) == static_cast<ssize_t>(id.size()) ? 0 : 1);
    }
    const Id mine = next_id(entropy);
    Id childs{};
    CHECK(read(pipe_ends[0], childs.data(), childs.size()) == static_cast<ssize_t>(childs.size()));
    CHECK(mine != childs);
    int status = 0;
    waitpid(child, &status, 0);
    CHECK(status == 0);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

}  // namespace parley::net
