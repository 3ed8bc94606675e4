// SPDX-License-Identifier: MIT
#include "parley/json/detail/scan.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "parley/json/detail/bit_stack.hpp"

namespace parley::detail {
namespace {

struct Run {
    std::size_t size = 0;
    bool non_ascii = false;
    bool operator==(const Run&) const = default;
};

Run find_run(const std::string& text) {
    // Exactly as large as the text, so that a sanitizer sees a look behind its end.
    const auto copy = std::make_unique<char[]>(text.size());
    text.copy(copy.get(), text.size());
    Run run;
    run.size =
        static_cast<std::size_t>(find_string_stop(copy.get(), copy.get() + text.size(), run.non_ascii) - copy.get());
    return run;
}

}  // namespace

TEST_CASE("json scan: a plain run ends at the first stop, wherever it stands in whatever length") {
    for (std::size_t size = 0; size <= 40; ++size) {
        const std::string plain(size, 'x');
        CHECK(find_run(plain) == Run{size, false});
        for (std::size_t at = 0; at < size; ++at) {
            for (const char stop : {'"', '\\', '\0', '\x1f'}) {
                std::string text = plain;
                text[at] = stop;
                CHECK(find_run(text) == Run{at, false});
                text.back() = '"';  // a later one does not matter
                CHECK(find_run(text).size == at);
            }
            for (const char octet : {' ', '!', '#', '[', ']', '\x7f'}) {
                std::string text = plain;
                text[at] = octet;
                CHECK(find_run(text) == Run{size, false});
            }
        }
    }
}

TEST_CASE("json scan: an octet above 0x7F is seen in the run, and only there") {
    for (std::size_t size = 2; size <= 40; ++size) {
        for (std::size_t high = 0; high < size; ++high) {
            std::string text(size, 'x');
            text[high] = '\x80';
            CHECK(find_run(text) == Run{size, true});
            for (std::size_t stop = 0; stop < size; ++stop) {
                if (stop == high) continue;
                std::string stopped = text;
                stopped[stop] = '"';
                CHECK(find_run(stopped) == Run{stop, high < stop});
            }
        }
    }
}

TEST_CASE("json bit stack: gives back what was pushed, over all its words and again") {
    BitStack<200> stack;
    const auto bit_at = [](std::size_t index, int round) {
        return (index * 7 + static_cast<std::size_t>(round)) % 3 == 0;
    };
    for (int round = 0; round < 3; ++round) {
        CHECK(stack.empty());
        for (std::size_t i = 0; i < 200; ++i)
            stack.push(bit_at(i, round));
        for (std::size_t i = 200; i-- > 0; stack.pop())
            CHECK(stack.top() == bit_at(i, round));
    }
    CHECK(stack.empty());
}

}  // namespace parley::detail
