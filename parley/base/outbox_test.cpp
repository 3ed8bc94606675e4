// SPDX-License-Identifier: MIT
#include "parley/base/outbox.hpp"

#include <doctest/doctest.h>
#include <malloc.h>

#include <array>
#include <cstring>
#include <random>
#include <string>
#include <vector>

using parley::Outbox;
using parley::SharedBuffer;

namespace {

std::size_t pieces_of(const Outbox& outbox) {
    std::array<std::string_view, 64> pieces;
    return outbox.gather(pieces);
}

std::string all_of(const Outbox& outbox) {
    std::vector<std::string_view> pieces(outbox.size() + 1);
    std::string all;
    for (std::size_t i = 0, count = outbox.gather(pieces); i < count; ++i)
        all += pieces[i];
    return all;
}

/// Octets that the allocator has given out, and some that it keeps at hand; always 0 where a sanitizer has replaced it.
std::size_t allocated() {
    const auto info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

const std::string large(Outbox::copied_below_bytes, 'L');

}  // namespace

TEST_CASE("small writes leave as one contiguous piece") {
    Outbox outbox;
    CHECK(outbox.empty());
    CHECK(pieces_of(outbox) == 0);
    outbox.append("one ");
    outbox.append("");
    outbox.append("two");
    CHECK(outbox.size() == 7);
    CHECK(pieces_of(outbox) == 1);
    CHECK(all_of(outbox) == "one two");
}

TEST_CASE("a shared buffer that is alone is referred to, not copied") {
    const SharedBuffer buffer("frame");
    Outbox outbox;
    outbox.append(buffer);
    std::array<std::string_view, 2> pieces;
    REQUIRE(outbox.gather(pieces) == 1);
    CHECK(pieces[0].data() == buffer.view().data());
}

TEST_CASE("small shared buffers join the contiguous tail when they are not alone") {
    Outbox outbox;
    outbox.append(SharedBuffer("a"));
    outbox.append(SharedBuffer("b"));
    outbox.append("c");
    outbox.append(SharedBuffer("d"));
    CHECK(pieces_of(outbox) == 1);
    CHECK(all_of(outbox) == "abcd");
}

TEST_CASE("large shared buffers are referred to between contiguous pieces, in order") {
    const SharedBuffer buffer(large);
    Outbox outbox;
    outbox.append("head");
    outbox.append(buffer);
    outbox.append("tail");
    outbox.append(SharedBuffer("!"));
    std::array<std::string_view, 4> pieces;
    REQUIRE(outbox.gather(pieces) == 3);
    CHECK(pieces[0] == "head");
    CHECK(pieces[1].data() == buffer.view().data());
    CHECK(pieces[2] == "tail!");
    CHECK(outbox.gather(std::span(pieces).first(2)) == 2);
}

TEST_CASE("a small shared buffer of which a part is sent joins the tail with the rest") {
    Outbox outbox;
    outbox.append(SharedBuffer("abcdef"));
    outbox.consume(2);
    outbox.append("gh");
    CHECK(all_of(outbox) == "cdefgh");
    CHECK(pieces_of(outbox) == 1);
}

TEST_CASE("room that is prepared counts only as far as it is committed") {
    Outbox outbox;
    outbox.append("<");
    std::memcpy(outbox.prepare(100), "abc", 3);
    CHECK(outbox.size() == 1);
    outbox.commit(3);
    outbox.append(">");
    CHECK(all_of(outbox) == "<abc>");

    static_cast<void>(outbox.prepare(10));
    outbox.append("!");
    CHECK(all_of(outbox) == "<abc>!");

    std::memcpy(outbox.prepare(2), "xy", 2);
    outbox.commit(99);
    CHECK(all_of(outbox) == "<abc>!xy");
}

TEST_CASE("consuming everything, or more, leaves it empty and usable") {
    Outbox outbox;
    outbox.append(SharedBuffer(large));
    outbox.append("tail");
    outbox.consume(100'000);
    CHECK(outbox.empty());
    outbox.append("again");
    CHECK(all_of(outbox) == "again");
    outbox.clear();
    CHECK(outbox.size() == 0);
}

TEST_CASE("one that is never empty keeps what waits, not what has left") {
    const std::string text(1000, 't');
    const SharedBuffer buffer(large);
    Outbox texts;
    Outbox buffers;
    texts.append("waits");
    buffers.append(buffer);
    const std::size_t before = allocated();
    for (int i = 0; i < 10'000; ++i) {
        texts.append(text);
        texts.consume(text.size());
        buffers.append(buffer);
        buffers.consume(buffer.size());
    }
    CHECK(texts.size() == 5);
    CHECK(buffers.size() == buffer.size());
    CHECK(allocated() <= before + 16 * 1024);
}

TEST_CASE("an empty one owns next to nothing, whatever it held") {
    const SharedBuffer buffer(large);
    const std::size_t before = allocated();
    Outbox outbox;
    for (int i = 0; i < 1000; ++i) {
        outbox.append("text");
        outbox.append(buffer);
    }
    outbox.append(std::string(100'000, 't'));
    outbox.consume(outbox.size());
    CHECK(allocated() <= before + 16 * 1024);
}

TEST_CASE("whatever is appended and consumed in whatever order, the octets leave in order") {
    std::mt19937_64 random(3);
    for (int round = 0; round < 300; ++round) {
        Outbox outbox;
        std::string expected;
        for (int step = 0; step < 60; ++step) {
            const std::string text(random() % 5 == 0 ? 2000 + random() % 100 : random() % 20,
                                   static_cast<char>('a' + step % 26));
            switch (random() % 4) {
                case 0:
                    outbox.append(text);
                    expected += text;
                    break;
                case 1:
                    outbox.append(SharedBuffer(text));
                    expected += text;
                    break;
                case 2: {
                    char* const room = outbox.prepare(text.size() + 3);
                    if (!text.empty()) std::memcpy(room, text.data(), text.size());
                    outbox.commit(text.size());
                    expected += text;
                    break;
                }
                default: {
                    const std::size_t sent = random() % (expected.size() + 2);
                    outbox.consume(sent);
                    expected.erase(0, sent);
                }
            }
            REQUIRE(outbox.size() == expected.size());
            REQUIRE(all_of(outbox) == expected);
        }
    }
}

TEST_CASE("what waits is not moved for what follows, however much that is") {
    Outbox outbox;
    const std::string first(Outbox::tail_bytes_full, 'a');
    outbox.append(first);
    std::array<std::string_view, 1> before;
    REQUIRE(outbox.gather(before) == 1);
    std::string expected = first;
    for (int i = 0; i < 100; ++i) {
        const std::string more(static_cast<std::size_t>(i) * 1000, static_cast<char>('b' + i % 20));
        outbox.append(more);
        std::memcpy(outbox.prepare(10), "0123456789", 10);
        outbox.commit(7);
        if (i % 9 == 0) outbox.append(SharedBuffer(large));
        expected += more + "0123456" + (i % 9 == 0 ? large : "");
    }
    std::array<std::string_view, 1> after;
    REQUIRE(outbox.gather(after) == 1);
    CHECK(after[0].data() == before[0].data());
    CHECK(outbox.size() == expected.size());
    CHECK(all_of(outbox) == expected);
    std::mt19937 random(20261128);
    for (std::size_t sent = 0; sent < expected.size();) {
        const std::size_t part = std::min<std::size_t>(random() % 400'000, outbox.size());
        outbox.consume(part);
        sent += part;
        REQUIRE(all_of(outbox) == std::string_view(expected).substr(sent));
    }
    outbox.append("and on");
    CHECK(all_of(outbox) == "and on");
}

TEST_CASE("an outbox gives back the tail that it keeps, but nothing that waits") {
    constexpr std::size_t count = 1000;
    std::vector<Outbox> outboxes(count);
    const std::size_t before = allocated();
    for (Outbox& outbox : outboxes) {
        outbox.append(std::string(200, 'x'));
        outbox.trim();
        CHECK(outbox.size() == 200);
        outbox.consume(200);
        static_cast<void>(outbox.prepare(100));
        outbox.trim();
        CHECK(outbox.passed() == 200);
    }
    CHECK(allocated() <= before + count);
    outboxes.front().append("again");
    CHECK(all_of(outboxes.front()) == "again");
}
