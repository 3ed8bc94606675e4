// SPDX-License-Identifier: MIT
#include "parley/websocket/frame.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/base/shared_buffer.hpp"
#include "parley/websocket/close_code.hpp"
#include "parley/websocket/test_support.hpp"

namespace parley::websocket {
namespace {

using Status = DecodedFrameHeader::Status;
using test::octets;

TEST_CASE("a frame header is written with the shortest length that holds it") {
    struct Row {
        std::size_t size;
        std::string header;
    };
    const Row rows[] = {
        {0, octets({0x81, 0})},
        {125, octets({0x81, 125})},
        {126, octets({0x81, 126, 0, 126})},
        {256, octets({0x81, 126, 1, 0})},
        {0xFFFF, octets({0x81, 126, 0xFF, 0xFF})},
        {0x10000, octets({0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0})},
        {0x1234567890, octets({0x81, 127, 0, 0, 0, 0x12, 0x34, 0x56, 0x78, 0x90})},
    };
    for (const Row& row : rows) {
        CAPTURE(row.size);
        char header[frame_header_bytes_max];
        char* const end = write_frame_header(header, Opcode::text, row.size);
        CHECK(std::string(header, end) == row.header);
        CHECK(frame_header_size(row.size) == row.header.size());
    }
}

TEST_CASE("what is written can be read, and every beginning of it is incomplete") {
    for (const std::uint64_t size : {0UL, 1UL, 125UL, 126UL, 0xFFFFUL, 0x10000UL, 0x7FFF'FFFF'FFFF'FFFFUL}) {
        CAPTURE(size);
        const std::string header = test::client_header(0x82, size);
        const DecodedFrameHeader decoded = decode_frame_header(header);
        REQUIRE(decoded.status == Status::complete);
        CHECK(decoded.header.opcode == Opcode::binary);
        CHECK(decoded.header.is_final);
        CHECK(decoded.header.is_masked);
        CHECK_FALSE(decoded.header.rsv1);
        CHECK(decoded.header.payload_size == size);
        CHECK(decoded.header.size == header.size());
        CHECK(decoded.header.key.octets[3] == test::test_key.octets[3]);
        for (std::size_t cut = 0; cut < header.size(); ++cut)
            CHECK(decode_frame_header(header.substr(0, cut)).status == Status::incomplete);
    }
}

TEST_CASE("an unmasked header has no key") {
    const DecodedFrameHeader decoded = decode_frame_header(octets({0x01, 0x05, 'H'}));
    REQUIRE(decoded.status == Status::complete);
    CHECK(decoded.header.size == 2);
    CHECK_FALSE(decoded.header.is_masked);
    CHECK_FALSE(decoded.header.is_final);
    CHECK(decoded.header.opcode == Opcode::text);
}

TEST_CASE("all 256 first octets are judged: six opcodes, no reserved bit but the first, whole control frames") {
    for (int first = 0; first < 256; ++first) {
        CAPTURE(first);
        const int opcode = first & 0x0F;
        const bool is_defined = opcode <= 2 || (opcode >= 8 && opcode <= 10);
        const bool is_fragmented_control = opcode >= 8 && (first & 0x80) == 0;
        const bool is_good = is_defined && !is_fragmented_control && (first & 0x30) == 0;
        const DecodedFrameHeader whole = decode_frame_header(octets({first, 0x80, 1, 2, 3, 4}));
        CHECK((whole.status == Status::complete) == is_good);
        CHECK((decode_frame_header(octets({first})).status == Status::invalid) == !is_good);
        if (is_good) CHECK(whole.header.rsv1 == ((first & 0x40) != 0));
        CHECK(whole.violation.empty() == is_good);
    }
}

TEST_CASE("lengths that are not minimal or have the highest bit set are violations") {
    const std::string rows[] = {
        octets({0x82, 0x80 | 126, 0, 0}),
        octets({0x82, 0x80 | 126, 0, 125}),
        octets({0x82, 126, 0, 125}),
        octets({0x82, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0, 1}),
        octets({0x82, 0x80 | 127, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}),
        octets({0x82, 0x80 | 127, 0x80}),
        octets({0x82, 0x80 | 127, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF}),
    };
    for (const std::string& row : rows)
        CHECK(decode_frame_header(row).status == Status::invalid);
}

TEST_CASE("a control frame has at most 125 octets") {
    for (const int opcode : {8, 9, 10}) {
        CHECK(decode_frame_header(octets({0x80 | opcode, 125})).status == Status::complete);
        CHECK(decode_frame_header(octets({0x80 | opcode, 126})).status == Status::invalid);
        CHECK(decode_frame_header(octets({0x80 | opcode, 127})).status == Status::invalid);
    }
}

TEST_CASE("a frame goes into an outbox and into a shared buffer as the same octets") {
    for (const std::size_t size : {0U, 5U, 125U, 126U, 70'000U}) {
        const std::string payload(size, 'p');
        test::Driver driver;
        append_frame(driver.outbox, Opcode::binary, payload);
        const SharedBuffer shared = SharedBuffer::build(frame_size(size), [&](char* out) {
            CHECK(write_frame(out, Opcode::binary, payload) == out + frame_size(size));
        });
        CHECK(driver.sent() == shared.view());
    }
}

TEST_CASE("a payload in two parts makes the same frame as the joined one") {
    for (const std::size_t size : {0U, 124U, 125U, 0xFFFEU, 0xFFFFU}) {
        const std::string rest(size, 'r');
        test::Driver driver;
        append_frame(driver.outbox, Opcode::text, '4', rest);
        CHECK(driver.sent() == test::server_frame(Opcode::text, "4" + rest));
    }
}

TEST_CASE("close codes: which of all 65,536 a close frame may carry") {
    const auto is_good = [](int code) {
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    };
    for (int code = 0; code <= 0xFFFF; ++code)
        REQUIRE(may_be_sent(static_cast<CloseCode>(code)) == is_good(code));
}

}  // namespace
}  // namespace parley::websocket
