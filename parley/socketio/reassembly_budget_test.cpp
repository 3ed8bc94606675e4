// SPDX-License-Identifier: MIT
#include "parley/socketio/reassembly_budget.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <string>

#include "parley/socketio/connection.hpp"
#include "parley/socketio/decoder.hpp"

using namespace parley;
using namespace parley::socketio;
using Status = PacketDecoder::Status;

namespace {

constexpr TimePoint start{};
const std::string header = R"(52-["x"])";

void check_dropped(PacketDecoder& decoder) {
    CHECK(decoder.receive_binary("x") == Status::failed);
    CHECK(decoder.failure().kind == FailureKind::limit);
    CHECK(decoder.failure().reason == "too many incomplete packets");
}

}  // namespace

TEST_CASE("packets that wait are part of all the memory, and none grows when that is full") {
    MemoryBudget whole(1'000);
    ReassemblyBudget budget(1'000'000, &whole);
    const Options options{.reassembly_budget = &budget};
    {
        PacketDecoder decoder(options);
        decoder.receive_text(R"(52-["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])", TimePoint{});
        CHECK(whole.bytes() == budget.bytes());
        CHECK(whole.bytes() > 0);
        whole.count(0, 1'000);
        CHECK(decoder.receive_binary("0123456789") == PacketDecoder::Status::failed);
        whole.count(1'000, 0);
    }
    CHECK(whole.bytes() == 0);
}

TEST_CASE("a budget counts what waits, and gets it back when a packet is complete, fails or goes away") {
    ReassemblyBudget budget;
    const Options options{.reassembly_budget = &budget};
    PacketDecoder completed(options);
    PacketDecoder failing(options);
    auto abandoned = std::make_unique<PacketDecoder>(options);
    for (PacketDecoder* decoder : {&completed, &failing, abandoned.get()}) {
        REQUIRE(decoder->receive_text(header, start) == Status::incomplete);
        REQUIRE(decoder->receive_binary("12345") == Status::incomplete);
    }
    CHECK(budget.bytes() == 3 * (header.size() + 5));
    REQUIRE(completed.receive_binary("67") == Status::complete);
    CHECK(budget.bytes() == 2 * (header.size() + 5));
    REQUIRE(failing.receive_text("", start) == Status::failed);
    CHECK(budget.bytes() == header.size() + 5);
    abandoned.reset();
    CHECK(budget.bytes() == 0);
}

TEST_CASE("the oldest incomplete packets give way when the budget is spent") {
    ReassemblyBudget budget(3 * (header.size() + 10));
    const Options options{.reassembly_budget = &budget};
    std::deque<PacketDecoder> decoders;
    for (int i = 0; i < 3; ++i) {
        PacketDecoder& decoder = decoders.emplace_back(options);
        REQUIRE(decoder.receive_text(header, start) == Status::incomplete);
        REQUIRE(decoder.receive_binary("0123456789") == Status::incomplete);
    }
    CHECK(budget.bytes() == 3 * (header.size() + 10));
    CHECK(decoders[0].buffered_bytes() > 0);

    PacketDecoder& newcomer = decoders.emplace_back(options);
    REQUIRE(newcomer.receive_text(header, start) == Status::incomplete);
    CHECK(decoders[0].buffered_bytes() == 0);
    CHECK(decoders[1].buffered_bytes() > 0);
    check_dropped(decoders[0]);

    REQUIRE(decoders[2].receive_binary("0123456789") == Status::complete);
    REQUIRE(decoders[1].receive_binary("0123456789") == Status::complete);
    REQUIRE(newcomer.receive_binary("0123456789") == Status::incomplete);
    REQUIRE(newcomer.receive_binary("0123456789") == Status::complete);
    CHECK(budget.bytes() == 0);
}

TEST_CASE("who asks for more than there is, and is the oldest, gives way itself") {
    ReassemblyBudget budget(2 * header.size() + 5);
    const Options options{.reassembly_budget = &budget};
    PacketDecoder oldest(options);
    PacketDecoder other(options);
    REQUIRE(oldest.receive_text(header, start) == Status::incomplete);
    REQUIRE(other.receive_text(header, start) == Status::incomplete);
    REQUIRE(oldest.receive_binary("12345") == Status::incomplete);
    CHECK(oldest.receive_binary("6") == Status::failed);
    CHECK(oldest.failure().reason == "too many incomplete packets");
    CHECK(other.buffered_bytes() == header.size());
    CHECK(budget.bytes() == header.size());
}

TEST_CASE("a packet larger than the budget fails") {
    ReassemblyBudget budget(5);
    const Options options{.reassembly_budget = &budget};
    PacketDecoder decoder(options);
    CHECK(decoder.receive_text(header, start) == Status::failed);
    CHECK(budget.bytes() == 0);
}

TEST_CASE("a silent peer learns at its deadline that its packet was dropped") {
    ReassemblyBudget budget(2 * header.size());
    const Options options{.attachments_timeout = std::chrono::seconds(30), .reassembly_budget = &budget};
    Connection silent(options, start);
    std::string out;
    silent.receive_text("0", start);
    REQUIRE(silent.next_event());
    REQUIRE(silent.accept({.namespace_name = "/", .sid = "s", .socket = SocketHandle{1}}, out));
    silent.receive_text(header, start);
    REQUIRE_FALSE(silent.next_event());

    PacketDecoder a(options);
    PacketDecoder b(options);
    REQUIRE(a.receive_text(header, start) == Status::incomplete);
    REQUIRE(b.receive_text(header, start) == Status::incomplete);
    CHECK(silent.buffered_bytes() == 0);
    CHECK(silent.next_deadline() == start + std::chrono::seconds(30));
    silent.handle_deadline(start + std::chrono::seconds(30));
    const auto event = silent.next_event();
    REQUIRE(event);
    CHECK(event->kind == Event::Kind::failed);
    CHECK(event->failure.reason == "too many incomplete packets");
}

TEST_CASE("five thousand peers that each leave out an attachment stay within the budget") {
    ReassemblyBudget budget(1'000'000);
    const Options options{.reassembly_budget = &budget};
    std::deque<PacketDecoder> decoders;
    const std::string octets(1'000, 'x');
    for (int i = 0; i < 5'000; ++i) {
        PacketDecoder& decoder = decoders.emplace_back(options);
        REQUIRE(decoder.receive_text(R"(510-["x"])", start) == Status::incomplete);
        for (int attachment = 0; attachment < 9; ++attachment)
            REQUIRE(decoder.receive_binary(octets) == Status::incomplete);
        REQUIRE(budget.bytes() <= 1'000'000);
    }
    std::size_t kept = 0;
    for (const PacketDecoder& decoder : decoders)
        kept += decoder.buffered_bytes();
    CHECK(kept == budget.bytes());
    CHECK(kept > 980'000);
}
