// SPDX-License-Identifier: MIT
// Messages and sessions where one allocation fails.
#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#include "parley/base/memory_budget.hpp"
#include "parley/engine/message.hpp"
#include "parley/engine/message_queue.hpp"
#include "parley/net/turn_task.hpp"
#include "tests/failures/allocations.hpp"
#include "tests/support/engine_site.hpp"

namespace parley::engine {
namespace {

using namespace test;
using engineio::packet_of;
using engineio::Transport;
using failures::FailingAllocation;

constexpr std::string_view long_text = "a text that stands in no string itself";

Reference<KeptMessage> kept(std::string_view text) {
    const engineio::Packet packet = packet_of({text});
    return KeptMessage::make({&packet, 1});
}

/// Whether `step` said that there is no memory, when its first allocation failed.
template <typename Step>
bool lacks_memory(Step&& step) {
    const FailingAllocation failing(1);
    bool is_said = false;
    FailingAllocation::begin();
    try {
        step();
    } catch (const std::bad_alloc&) {
        is_said = true;
    }
    FailingAllocation::end();
    return is_said;
}

TEST_CASE("a payload for which there is no memory goes on waiting") {
    MessageQueue queue;
    queue.push(kept(long_text), MessageKey::none);
    queue.push(kept("b"), MessageKey::ping);
    std::string payload;
    CHECK(lacks_memory([&] { payload = queue.take_payload(); }));
    CHECK(queue.size() == long_text.size() + 4);
    CHECK(queue.passed() == 0);
    CHECK(queue.take_payload() == "4" + std::string(long_text) + "\0364b");
    CHECK(queue.passed() == long_text.size() + 4);
}

TEST_CASE("binary for which there is no memory goes on waiting, too") {
    const engineio::Packet packet = packet_of({long_text, true});
    const Reference<KeptMessage> message = KeptMessage::make({&packet, 1});
    MessageQueue first;
    MessageQueue second;
    first.push(message, MessageKey::none);
    second.push(message, MessageKey::none);
    const std::size_t size = first.size();
    for (std::size_t nth = 1; first.size() > 0; ++nth) {
        const FailingAllocation failing(nth);
        std::string payload;
        FailingAllocation::begin();
        try {
            payload = first.take_payload();
        } catch (const std::bad_alloc&) {
            CHECK(first.size() == size);
        }
        FailingAllocation::end();
        CHECK(FailingAllocation::has_failed() == payload.empty());
        REQUIRE(nth < 10);
    }
    CHECK(second.take_payload().size() == size);
}

TEST_CASE("a message that finds no place in the queue is not counted there") {
    MessageQueue queue;
    const Reference<KeptMessage> message = kept("a");
    CHECK(lacks_memory([&] { queue.push(message, MessageKey::none); }));
    CHECK(queue.empty());
    CHECK(queue.size() == 0);
    queue.push(message, MessageKey::none);
    CHECK(queue.size() == 2);
}

TEST_CASE("what is made before anybody wants it needs no memory then") {
    const std::array packets{packet_of({long_text}), packet_of({"\x01\x02", true})};
    MessageForms forms;
    forms.make_all(packets);
    std::array<std::string_view, 2> frames;
    std::size_t kept_size = 0;
    CHECK_FALSE(lacks_memory([&] {
        frames = {forms.frames(packets, {Transport::websocket, false}).view(),
                  forms.frames(packets, {Transport::websocket, true}).view()};
        kept_size = forms.kept(packets)->size();
    }));
    CHECK(FailingAllocation::count() == 0);
    CHECK(frames[0] == server_text("4" + std::string(long_text)) + server_text("bAQI="));
    CHECK(frames[1] == server_text("4" + std::string(long_text)) + server_frame(websocket::Opcode::binary, "\x01\x02"));
    CHECK(kept_size == long_text.size() + 7);
}

TEST_CASE("the first heartbeat of an engine needs no more memory than the second") {
    EngineSite site;
    net::SimulatedPeer& peer = site.open_websocket();
    std::array<std::size_t, 2> counts{};
    for (std::size_t& count : counts) {
        const FailingAllocation none(0);
        FailingAllocation::begin();
        site.pass(25'100ms);
        FailingAllocation::end();
        count = FailingAllocation::count();
        CHECK(EngineSite::frames(peer) == Words{"text 2"});
        CHECK(site.tell(peer, "3").empty());
    }
    CHECK(counts[0] <= counts[1]);
}

/// A client has a poll and a POST under way, and allocation `nth` fails between the handler and the end of its turn.
/// Whether one did.
bool answer_without(std::size_t nth) {
    MemoryBudget memory(1024 * 1024);
    EngineSite site;
    site.engine->set_memory(memory);
    const std::string sid = site.open();
    net::SimulatedPeer& poll = site.begin("GET", EngineSite::polling(sid));
    CHECK(memory.bytes() > 0);

    // The one scheduled first runs first, and once more behind the engine's.
    int runs = 0;
    std::optional<net::TurnTask> watch;
    watch.emplace(site.site.network.loop(), [&] {
        if (++runs == 1) return watch->schedule();
        FailingAllocation::end();
    });
    site.echoes = false;
    site.on_text = [&](std::string_view) {
        watch->schedule();
        FailingAllocation::begin();
        site.sessions.front()->send(packet_of({long_text}));
    };
    const FailingAllocation failing(nth);
    net::SimulatedPeer& post = site.begin("POST", EngineSite::polling(sid), "4now");
    const bool has_failed = FailingAllocation::has_failed();
    CHECK(runs == 2);
    CHECK((status_of(poll.received()) != 0 || poll.is_closed()));
    if (!has_failed) CHECK(body_of(poll.received()) == "4" + std::string(long_text));

    poll.close();
    post.close();
    site.pass(60s);
    CHECK(site.engine->session_count() == 0);
    CHECK(memory.bytes() == 0);
    return has_failed;
}

TEST_CASE("a session that ends for want of memory is counted nowhere any more, and its poll is answered") {
    std::size_t nth = 1;
    while (answer_without(nth))
        ++nth;
    CHECK(nth > 5);
}

}  // namespace
}  // namespace parley::engine
