// SPDX-License-Identifier: MIT
// A right to answer that was given away and then lost ends in an answer.
#include <doctest/doctest.h>

#include <optional>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/support/socketio_world.hpp"

using namespace parley;
using namespace parley::server::test;

namespace {

inline constexpr Event<int(int)> twice{"twice"};

// A client in a world, and the answers that the program keeps for later.
struct Waiting {
    Waiting() : client(world) {
        socket = world.io->find_socket(client.join());
        world.io->on("keep", [this](Ack ack) { kept.push_back(std::move(ack)); });
        world.io->on_error([this](const EventFailure& failure) {
            world.failures.push_back(std::string(failure.event) + ": " + std::string(failure.message));
            kinds.push_back(failure.kind);
        });
    }

    [[nodiscard]] std::uint64_t lost() const { return world.io->counters().answers_lost; }

    World world;
    WebSocketClient client;
    Socket socket;
    std::vector<Ack> kept;
    std::vector<EventFailure::Kind> kinds;
};

using Kind = EventFailure::Kind;

std::string error_of(int id) {
    return "43" + std::to_string(id) + R"([{"error":"internal error"}])";
}

}  // namespace

TEST_CASE("a handler that takes the right to answer and throws is answered for, as one that does not take it") {
    Waiting waiting;
    waiting.world.io->on("by value", [](Ack) { throw std::runtime_error("ouch"); });
    waiting.world.io->on("by reference", [](const Ack&) { throw std::runtime_error("ouch"); });
    waiting.world.io->on("without", [] { throw std::runtime_error("ouch"); });
    CHECK(waiting.client.ask(R"(421["by value"])") == Words{error_of(1)});
    CHECK(waiting.client.ask(R"(422["by reference"])") == Words{error_of(2)});
    CHECK(waiting.client.ask(R"(423["without"])") == Words{error_of(3)});
    CHECK(waiting.client.ask(R"(42["by value"])").empty());
    CHECK(waiting.kinds == std::vector(4, Kind::handler_threw));
    CHECK(waiting.lost() == 0);
}

TEST_CASE("a handler that takes the right to answer and drops it is answered for, and reported") {
    Waiting waiting;
    waiting.world.io->on("drop", [](Ack) {});
    waiting.world.io->on("not used", [](const Ack&, int) {});
    waiting.world.io->on(twice, [](int, Ack) {});
    CHECK(waiting.client.ask(R"(421["drop"])") == Words{error_of(1)});
    CHECK(waiting.client.ask(R"(422["not used",1])") == Words{error_of(2)});
    CHECK(waiting.client.ask(R"(423["twice",1])") == Words{error_of(3)});
    CHECK(waiting.client.ask(R"(42["drop"])").empty());
    CHECK(waiting.world.failures.front() == "drop: no answer was given, and no copy of the Ack is left");
    CHECK(waiting.kinds == std::vector(3, Kind::answer_lost));
    CHECK(waiting.lost() == 3);
}

TEST_CASE("the last copy that goes later leaves an error, whichever thread it goes on") {
    Waiting waiting;
    waiting.client.send(R"(421["keep"])");
    waiting.client.send(R"(422["keep"])");
    CHECK(waiting.client.receive().empty());
    const Ack copy = waiting.kept.front();
    waiting.kept.erase(waiting.kept.begin());
    CHECK(waiting.client.receive().empty());
    std::thread([ack = std::move(waiting.kept.front())] {}).join();
    waiting.kept.clear();
    CHECK(waiting.client.receive() == Words{error_of(2)});
    copy("in time");
    CHECK(waiting.client.receive() == Words{R"(431["in time"])"});
    CHECK(waiting.kinds == std::vector(1, Kind::answer_lost));
    CHECK(waiting.world.failures == Words{"acknowledgement: no answer was given, and no copy of the Ack is left"});
}

TEST_CASE("an exception leaves the right to answer with who keeps it") {
    Waiting waiting;
    waiting.world.io->on("keep and throw", [&](const Ack& ack) {
        waiting.kept.push_back(ack);
        throw std::runtime_error("ouch");
    });
    CHECK(waiting.client.ask(R"(421["keep and throw"])").empty());
    CHECK(waiting.client.ask(R"(422["keep and throw"])").empty());
    CHECK(waiting.kinds == std::vector(2, Kind::handler_threw));
    waiting.kept.front()("kept");
    waiting.kept.front()("again");
    CHECK(waiting.client.receive() == Words{R"(431["kept"])"});
    waiting.kept.clear();
    CHECK(waiting.client.receive() == Words{error_of(2)});
    CHECK(waiting.kinds.back() == Kind::answer_lost);
    CHECK(waiting.lost() == 1);
}

TEST_CASE("of several handlers the first answer counts, whoever took the right to answer and dropped it") {
    Waiting waiting;
    waiting.world.io->on("dropped, returned", [](Ack) {});
    waiting.world.io->on("dropped, returned", [] { return 1; });
    waiting.world.io->on("returned, taken", [] { return 2; });
    waiting.world.io->on("returned, taken", [](const Ack& ack) { CHECK_FALSE(ack); });
    waiting.world.io->on("kept, answered", [&](Ack ack) { waiting.kept.push_back(std::move(ack)); });
    waiting.world.io->on("kept, answered", [](const Ack& ack) { ack(3); });
    waiting.world.io->on("kept, answered", [](const Ack& ack) { CHECK_FALSE(ack); });
    waiting.world.io->on("thrown, returned", [](Ack) { throw std::runtime_error("ouch"); });
    waiting.world.io->on("thrown, returned", [] { return 4; });
    CHECK(waiting.client.ask(R"(421["dropped, returned"])") == Words{"431[1]"});
    CHECK(waiting.client.ask(R"(422["returned, taken"])") == Words{"432[2]"});
    CHECK(waiting.client.ask(R"(423["kept, answered"])") == Words{"433[3]"});
    CHECK(waiting.client.ask(R"(424["thrown, returned"])") == Words{"434[4]"});
    waiting.kept.front()("late");
    waiting.kept.clear();
    CHECK(waiting.client.receive().empty());
    CHECK(waiting.lost() == 0);
}

TEST_CASE("a right to answer in a callback that is never called ends in an error") {
    Waiting waiting;
    WebSocketClient other(waiting.world);
    const Socket asked = waiting.world.io->find_socket(other.join());
    waiting.world.io->on("forward", [&](Ack ack) { asked.emit("ask", [ack](int value) { ack(value); }); });
    waiting.world.io->on("schedule", [&](Ack ack) { waiting.world.io->after(1h, [ack] { ack(); }).cancel(); });
    waiting.client.send(R"(421["forward"])");
    waiting.client.send(R"(422["forward"])");
    CHECK(other.receive().size() == 2);
    other.send("430[7]");
    CHECK(waiting.client.receive() == Words{"431[7]"});
    other.vanish();
    CHECK(waiting.client.receive() == Words{error_of(2)});
    CHECK(waiting.client.ask(R"(423["schedule"])") == Words{error_of(3)});
    waiting.client.send(R"(424["forward"])");  // nobody is there to be asked
    CHECK(waiting.client.receive() == Words{error_of(4)});
    CHECK(waiting.lost() == 3);
}

TEST_CASE("nobody is told of a right to answer that goes after its socket, its server or its application") {
    Waiting waiting;
    for (const char* event : {R"(421["keep"])", R"(422["keep"])", R"(423["keep"])"})
        waiting.client.send(event);
    waiting.client.vanish();
    waiting.kept.pop_back();
    waiting.world.settle();
    CHECK(waiting.lost() == 0);
    WebSocketClient second(waiting.world);
    second.join();
    second.send(R"(421["keep"])");
    second.send(R"(422["keep"])");
    waiting.world.io.reset();
    waiting.kept.clear();
    CHECK(second.receive() == Words{"closed"});
    CHECK(waiting.kinds.empty());

    std::optional<Ack> last;
    {
        Waiting gone;
        gone.client.send(R"(421["keep"])");
        gone.client.send(R"(422["keep"])");
        last = gone.kept.back();
        gone.kept.clear();  // posted, and never run
    }
    (*last)("late");
    last.reset();
}

TEST_CASE("whoever hears of a lost answer may destroy the server") {
    for (const bool is_kept : {false, true}) {
        Waiting waiting;
        waiting.world.io->on("drop", [](Ack) {});
        waiting.world.io->on_error([&](const EventFailure& failure) {
            waiting.kinds.push_back(failure.kind);
            waiting.world.io.reset();
        });
        waiting.client.send(is_kept ? R"(421["keep"])" : R"(421["drop"])");
        waiting.kept.clear();
        waiting.world.settle();
        CHECK(waiting.kinds == std::vector(1, Kind::answer_lost));
        CHECK_FALSE(waiting.world.io);
    }
}
