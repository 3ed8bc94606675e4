// SPDX-License-Identifier: MIT
// Weaknesses that were published about WebSocket implementations, tried on the handshake of this one.
#include <doctest/doctest.h>

#include <algorithm>
#include <ctime>
#include <limits>
#include <string>

#include "parley/http/response.hpp"
#include "parley/websocket/extensions.hpp"
#include "parley/websocket/handshake_test_support.hpp"
#include "tests/support/every_cut.hpp"

namespace parley::websocket {
namespace {

using test::open;
using test::Opening;
using test::Outcome;

int status_with(std::string header) {
    return open(Opening{}.add(std::move(header)).text()).status;
}

// The processor time of the fastest of several runs: the one that was disturbed least.
template <typename Work>
double fastest(Work work) {
    double best = std::numeric_limits<double>::max();
    for (int run = 0; run < 10; ++run) {
        const std::clock_t begin = std::clock();
        for (int i = 0; i < 5; ++i)
            work();
        best = std::min(best, static_cast<double>(std::clock() - begin));
    }
    return std::max(best, 1.0);
}

// Seven times the input may take seven times as long, and three times that on a busy machine; a quadratic reader would
// take 49 times as long.
template <typename Work>
void check_is_linear(Work work_on_size) {
    const double small = fastest([&] { work_on_size(std::size_t{2'000}); });
    const double large = fastest([&] { work_on_size(std::size_t{14'000}); });
    CHECK(large / small < 21.0);
}

std::string repeated(std::string_view part, std::size_t bytes) {
    std::string text;
    while (text.size() + part.size() <= bytes)
        text += part;
    return text;
}

TEST_CASE("CVE-2024-37890: headers are never dropped; one too many is refused") {
    for (const std::size_t count : {99U, 100U, 101U, 2'000U}) {
        CAPTURE(count);
        Opening opening;
        opening.replace("Upgrade");
        while (opening.headers.size() < count - 1)
            opening.add("X: y");
        opening.add("Upgrade: websocket");
        CHECK(open(opening.text()).status == (count <= 100 ? 101 : 431));
    }
}

TEST_CASE("CVE-2021-32640: a subprotocol list full of spaces is refused in linear time") {
    CHECK(status_with("Sec-WebSocket-Protocol: b" + std::string(8'000, ' ') + "x") == 400);
    CHECK(status_with("Sec-WebSocket-Protocol: b" + std::string(8'000, '\t') + ",x") == 101);
    check_is_linear([](std::size_t size) {
        CHECK(status_with("Sec-WebSocket-Protocol: b" + std::string(size, ' ') + "x") == 400);
    });
    check_is_linear(
        [](std::size_t size) { CHECK(status_with("Sec-WebSocket-Protocol: " + repeated("a , ", size)) == 101); });
}

TEST_CASE("CVE-2020-7662, GHSA-5v72-xg48-5rpm: offers of extensions are declined or refused, in linear time") {
    struct Row {
        std::string value;
        int status;
    };
    const Row rows[] = {
        {"constructor", 101},
        {"__proto__; __proto__=__proto__", 101},
        {"permessage-deflate; client_max_window_bits=7", 101},
        {"permessage-deflate; client_max_window_bits=16", 101},
        {"permessage-deflate; client_max_window_bits=015", 101},
        {"permessage-deflate; client_max_window_bits=15; client_max_window_bits=15", 101},
        {"permessage-deflate; client_max_window_bits=\"\"", 400},
        {";;;", 400},
        {"a;b=\"" + std::string(8'000, '\\'), 400},
        {"a;b=\"" + std::string(8'000, '\\') + "\"", 400},
        {"a;b=\"" + repeated("\\\"", 8'000), 400},
        {"a" + repeated(", a", 3'000), 101},
        {"a" + repeated("; b", 3'000), 101},
        {repeated(",", 8'000), 101},
    };
    for (const Row& row : rows) {
        CAPTURE(row.value.substr(0, 60));
        const Outcome outcome = open(Opening{}.add("Sec-WebSocket-Extensions: " + row.value).text());
        CHECK(outcome.status == row.status);
        CHECK(outcome.answer.find("Extensions") == std::string::npos);
    }
    for (const std::string_view part : {", a", "; b", "; b=\"x\"", ",", " "}) {
        CAPTURE(part);
        check_is_linear(
            [&](std::size_t size) { CHECK(status_with("Sec-WebSocket-Extensions: a" + repeated(part, size)) == 101); });
    }
}

TEST_CASE("CVE-2026-1527, CVE-2026-45372: no header can be forged through what is echoed") {
    const std::string supported[] = {"a\r\nX-Forged: 1", "a%0d%0aX-Forged: 1", "a%0d%0ab"};
    SUBCASE("nothing is decoded: the name comes back as it was sent, in one line") {
        const Outcome outcome = open(Opening{}.add("Sec-WebSocket-Protocol: a%0d%0ab").text(), supported);
        CHECK(outcome.answer.ends_with("\nSec-WebSocket-Protocol: a%0d%0ab\n"));
    }
    SUBCASE("control characters do not come in") {
        CHECK(status_with("Sec-WebSocket-Protocol: a\rX-Forged: 1") == 400);
        CHECK(status_with(std::string("Sec-WebSocket-Protocol: a\0b", 27)) == 400);
    }
    SUBCASE("and do not get out: what a program sets is refused by the response") {
        HandshakeAnswer answer{101, accept_key("x"), supported[0], {}};
        http::ResponseFields fields;
        bool all_added = true;
        answer.for_each_header(
            [&](std::string_view name, std::string_view value) { all_added = fields.add(name, value) && all_added; });
        CHECK_FALSE(all_added);
        CHECK(fields.text().find("Forged") == std::string_view::npos);
    }
}

TEST_CASE("CVE-2025-11677: an Upgrade header that is not just `websocket` is refused") {
    const auto with = [](std::string_view header) { return open(Opening{}.replace(header).text()).status; };
    CHECK(with("Upgrade: websocketx") == 400);
    CHECK(with("Upgrade: h2c, websocket") == 400);
    CHECK(with("Upgrade: websocket, websocket") == 400);
    CHECK(with("Upgrade: websocket/13") == 400);
    CHECK(with("Upgrade:") == 400);
    CHECK(status_with("Upgrade: websocket") == 400);
    CHECK(with("Connection") == 400);
    CHECK(with("Connection: upgraded") == 400);
    CHECK(with("Connection: \"upgrade\"") == 400);
}

TEST_CASE("CVE-2023-43669: a head that comes octet by octet is read once") {
    Opening opening;
    while (opening.text().size() < 15'000)
        opening.add("X-Padding: " + std::string(400, 'p'));
    const std::string request = opening.text();
    std::vector<std::string_view> single_octets;
    for (std::size_t i = 0; i < request.size(); ++i)
        single_octets.push_back(std::string_view(request).substr(i, 1));
    CHECK(open(single_octets).status == 101);

    check_is_linear([](std::size_t size) {
        Opening slow;
        for (std::size_t i = 0; i < size / 500; ++i)
            slow.add("X-Padding: " + std::string(487, 'p'));
        const std::string text = slow.text();
        std::vector<std::string_view> pieces;
        for (std::size_t i = 0; i < text.size(); ++i)
            pieces.push_back(std::string_view(text).substr(i, 1));
        CHECK(open(pieces).status == 101);
    });
}

TEST_CASE("header values of nothing but spaces, and frames directly behind the head") {
    const std::string frames = "\x81\x85mask\x05\x04\x1f\x07\x02\x88";
    for (const char* const header : {"X:", "X: ", "X:      ", "X: \t \t", "Sec-WebSocket-Protocol:   "}) {
        CAPTURE(header);
        const std::string request = Opening{}.add(header).text();
        parley::test::for_every_cut(request + frames, [&](std::span<const std::string_view> pieces) {
            const Outcome outcome = open(pieces);
            REQUIRE(outcome.status == 101);
            REQUIRE(outcome.leftover == frames);
        });
    }
}

TEST_CASE("header lines that end too early are refused") {
    const auto with_line = [](std::string_view line) {
        std::string request = Opening{}.text();
        request.insert(request.size() - 2, line);
        return open(request).status;
    };
    CHECK(with_line("a:\r\n") == 101);
    CHECK(with_line("a:\n") == 400);
    CHECK(with_line(":\r\n") == 400);
    CHECK(with_line(": x\r\n") == 400);
    CHECK(with_line("a\r\n") == 400);
    CHECK(with_line(" \r\n") == 400);
}

TEST_CASE("keys that are wrong, short or long are refused") {
    const auto with_key = [](std::string_view key) {
        return open(Opening{}.replace("Sec-WebSocket-Key: " + std::string(key)).text()).status;
    };
    for (std::size_t size = 0; size <= 64; ++size) {
        if (size == 24) continue;
        CHECK(with_key(std::string(size, 'A')) == 400);
        if (size >= 2) CHECK(with_key(std::string(size - 2, 'A') + "==") == 400);
    }
    CHECK(with_key(std::string(22, 'A') + "==") == 101);
    CHECK(with_key(std::string(24, 'A')) == 400);
    CHECK(with_key(std::string(23, 'A') + "=") == 400);
    CHECK(with_key(std::string(22, '=') + "==") == 400);
    CHECK(with_key(std::string(8'000, 'A')) == 400);
}

}  // namespace
}  // namespace parley::websocket
