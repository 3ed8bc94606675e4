// SPDX-License-Identifier: MIT
#include "parley/websocket/partial_message.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

namespace parley::websocket::detail {
namespace {

constexpr MaskKey no_mask;
constexpr std::size_t bytes_max = 1'000'000;
constexpr FrameHeader binary_frame{.opcode = Opcode::binary, .key = {}};
constexpr FrameHeader text_frame{.opcode = Opcode::text, .key = {}};

bool add(PartialMessage& message, std::string piece, FrameRest frame) {
    return message.add(piece, no_mask, frame, bytes_max);
}

TEST_CASE("the memory of a frame is exact when it is small, and at most doubles what has arrived when it is large") {
    struct Row {
        std::size_t arrived;
        std::uint64_t frame_size;
        std::size_t capacity;
    };
    const Row rows[] = {
        {1, 100, 100},
        {1, 65'536, 65'536},
        {1, 65'537, 65'536},
        {1, 900'000, 65'536},
        {40'000, 900'000, 80'000},
        {400'000, 900'000, 800'000},
        {500'000, 900'000, 900'000},
    };
    for (const Row& row : rows) {
        CAPTURE(row.arrived);
        CAPTURE(row.frame_size);
        PartialMessage message;
        message.begin(binary_frame);
        CHECK(add(message, std::string(row.arrived, 'x'), {row.frame_size, true}));
        CHECK(message.capacity() == row.capacity);
    }
}

TEST_CASE("many small fragments move rarely") {
    PartialMessage message;
    message.begin(binary_frame);
    int moves = 0;
    for (std::size_t size = 1; size <= 100'000; ++size) {
        const std::size_t before = message.capacity();
        REQUIRE(add(message, "x", {1, false}));
        if (message.capacity() != before) ++moves;
    }
    CHECK(moves < 40);
    CHECK(message.size() == 100'000);
}

TEST_CASE("fragments never reserve more than a message may have, and the last one only what it needs") {
    PartialMessage message;
    message.begin(binary_frame);
    CHECK(message.add(std::span<char>{}, no_mask, {0, false}, 10));
    CHECK(message.capacity() == 0);
    std::string piece = "12345678";
    CHECK(message.add(piece, no_mask, {8, false}, 10));
    CHECK(message.capacity() == 10);
    std::string last = "9";
    CHECK(message.add(last, no_mask, {1, true}, 10));
    CHECK(message.view() == "123456789");
}

TEST_CASE("the window grows as the message arrives") {
    PartialMessage message;
    message.begin(binary_frame);
    std::uint64_t missing = 1'000'000;
    CHECK(message.window({missing, true}, bytes_max).empty());
    REQUIRE(add(message, "first", {missing, true}));
    missing -= 5;
    std::size_t previous = 0;
    while (missing >= 16 * 1024) {
        const std::span<char> window = message.window({missing, true}, bytes_max);
        REQUIRE(window.size() >= std::min<std::uint64_t>(missing, 16 * 1024));
        REQUIRE(window.size() <= missing);
        REQUIRE(message.capacity() <= std::max<std::size_t>(65'536, 2 * (message.size() + 16 * 1024)));
        std::ranges::fill(window, 'x');
        REQUIRE(message.add(window, no_mask, {missing, true}, bytes_max));
        missing -= window.size();
        previous = std::max(previous, window.size());
    }
    CHECK(previous > 200'000);
    CHECK(message.capacity() == 1'000'000);
}

TEST_CASE("the window ends with the frame, though there is room for more fragments behind it") {
    PartialMessage message;
    message.begin(binary_frame);
    REQUIRE(add(message, std::string(180'000, 'x'), {200'000, false}));
    REQUIRE(message.capacity() > 200'000);
    CHECK(message.window({20'000, false}, bytes_max).size() == 20'000);
}

TEST_CASE("a message begins with a clean state, whatever the one before was") {
    PartialMessage message;
    message.begin(text_frame);
    CHECK(add(message, "\xc3", {2, true}));
    CHECK_FALSE(message.may_end());
    message.begin(text_frame);
    CHECK(message.may_end());
    CHECK(message.size() == 0);
    CHECK(add(message, "text", {4, true}));
    CHECK(message.view() == "text");
}

TEST_CASE("released, it owns nothing") {
    PartialMessage message;
    message.begin(binary_frame);
    CHECK(add(message, "x", {10, true}));
    message.release();
    CHECK(message.capacity() == 0);
    CHECK(message.size() == 0);
}

}  // namespace
}  // namespace parley::websocket::detail
