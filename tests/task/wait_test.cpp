// SPDX-License-Identifier: MIT
// What a task waits for: acknowledgements, events, connections, sockets, time.
#include <thread>
#include <tuple>

#include "tests/task/task_world.hpp"

namespace parley::task::test {

TEST_CASE("a client waits for an acknowledgement: begun first, waited for in a second statement") {
    World world;
    world.io->on("add", [](int a, int b) { return a + b; });
    world.io->on("greet", [](std::string name) { return "hello " + name; });
    world.connect();
    spawn(*world.client, [&]() -> Task<> {
        auto wait = world.client->emit_with_ack<int>("add", 1, 2);
        world.say(word_of(co_await wait));
        auto greeting = world.client->emit_with_ack<std::string>("greet", std::string("you"));
        world.say(word_of(co_await greeting));
        const Result<std::string> at_once =
            co_await world.client->emit_with_ack<std::string>("greet", std::string("me"));
        world.say(word_of(at_once));
        world.say(word_of(co_await world.client->emit_with_ack("greet", "json")));
    });
    CHECK(world.said.empty());
    world.settle();
    CHECK(world.said == Words{"3", "hello you", "hello me", R"("hello json")"});
}

TEST_CASE("a contract says what is waited for") {
    static constexpr Event<int(int, int)> add{"add"};
    static constexpr Event<void(std::string)> note{"note"};
    World world;
    world.io->on(add, [](int a, int b) { return a + b; });
    world.io->on("note", [](std::string, Ack ack) { ack(); });
    world.connect();
    spawn(*world.client, [&]() -> Task<> {
        auto sum = world.client->emit_with_ack(add, 3, 4);
        auto noted = world.client->emit_with_ack(note, "x");
        const Result<int> value = co_await sum;
        const Result<void> done = co_await noted;
        world.say(word_of(value));
        world.say(word_of(done));
    });
    world.settle();
    CHECK(world.said == Words{"7", "done"});
}

TEST_CASE("answers that do not fit, or come too late, are errors") {
    World world;
    world.io->on("text", [] { return "no number"; });
    world.io->on("silence", [](Ack ack) {
        static std::vector<Ack> kept;
        kept.push_back(std::move(ack));
    });
    world.connect();
    spawn(*world.client, [&]() -> Task<> {
        auto wrong = world.client->emit_with_ack<int>("text");
        const Result<int> number = co_await wrong;
        world.say(number ? "number" : "none");
        auto late = world.client->timeout(20ms).emit_with_ack<int>("silence");
        const Result<int> first = co_await late;
        world.say(first.error().message);
        auto limited = world.client->emit_with_ack<int>("silence").timeout(30ms);
        const Result<int> second = co_await limited;
        world.say(second.error().message);
        CHECK(second.error().code == ErrorCode::timed_out);
        const Result<int> again = co_await limited;
        world.say(again.error().message);
    });
    world.pass(200ms);
    CHECK(world.said == Words{"none", "operation has timed out", "operation has timed out",
                              "this was waited for before: what came then was given then"});
}

TEST_CASE("a server waits for one client, for many, and for who they are") {
    World world;
    world.client->on("age", [] { return 42; });
    world.io->on_connection([&](Socket& socket) -> Task<> {
        socket.join("room");
        auto one = socket.emit_with_ack<int>("age");
        world.say("one " + word_of(co_await one));
        auto many = world.io->to("room").emit_with_ack<int>("age");
        world.say("many " + word_of(co_await many));
        auto all = world.io->emit_with_ack("age");
        world.say("all " + word_of(co_await all));
        auto found = world.io->in("room").fetch_sockets();
        const Result<std::vector<RemoteSocket>> sockets = co_await found;
        world.say("found " + std::to_string(sockets->size()));
        const Result<std::vector<RemoteSocket>> everybody = co_await world.io->fetch_sockets();
        world.say("everybody " + std::to_string(everybody->size()));
        auto remote = everybody->front().emit_with_ack<int>("age");
        world.say("remote " + word_of(co_await remote));
    });
    world.connect();
    CHECK(world.said == Words{"one 42", "many [42]", "all [42]", "found 1", "everybody 1", "remote 42"});
}

TEST_CASE("the next event: of events that come together none is missed by who waits for one after the other") {
    World world;
    world.io->on_connection([](Socket& socket) {
        for (int i = 0; i < 4; ++i)
            socket.emit("tick", i, "word");
        socket.emit("end");
    });
    spawn(*world.client, [&]() -> Task<> {
        auto first = world.client->next<int>("tick");
        world.say(word_of(co_await first));
        auto second = world.client->next<int, std::string>("tick");
        const Result<std::tuple<int, std::string>> both = co_await second;
        world.say(std::to_string(std::get<0>(*both)) + std::get<1>(*both));
        auto third = world.client->next("tick");
        const Result<Arguments> all = co_await third;
        world.say(std::to_string(all->size()));
        auto wrong = world.client->next<std::vector<int>>("tick");
        world.say((co_await wrong) ? "read" : "not read");
        static constexpr Event<void()> end{"end"};
        auto last = world.client->next(end);
        world.say((co_await last) ? "end" : "no end");
        auto never = world.client->next<int>("tick").timeout(10ms);
        world.say(word_of(co_await never));
    });
    world.connect();
    world.pass(20ms);
    CHECK(world.said == Words{"0", "1word", "2", "not read", "end", "operation has timed out"});
    CHECK(world.failures.empty());
}

TEST_CASE("the next event of a server's socket ends with an error when the client goes") {
    World world;
    world.io->on_connection([&](Socket& socket) -> Task<> {
        auto name = socket.next<std::string>("name");
        world.say(word_of(co_await name));
        auto more = socket.next<std::string>("name");
        const Result<std::string> none = co_await more;
        world.say(none.error().code == ErrorCode::disconnected ? "gone" : "?");
        auto ack = socket.emit_with_ack("late");
        world.say((co_await ack).error().code == ErrorCode::disconnected ? "gone" : "?");
    });
    world.connect();
    world.client->emit("name", "somebody");
    world.settle();
    world.client->disconnect();
    world.settle();
    CHECK(world.said == Words{"somebody", "gone", "gone"});
}

TEST_CASE("when_connected: at once, later, over attempts that fail, and never") {
    World world;
    Words words;
    const auto tell = [](Words& told, Client& client) -> Task<> {
        auto connected = client.when_connected();
        told.push_back(word_of(co_await connected));
    };
    spawn(*world.client, tell(world.said, *world.client));
    world.settle();
    CHECK(world.said.empty());
    world.connect();
    spawn(*world.client, tell(world.said, *world.client));
    world.settle();
    CHECK(world.said == Words{"done", "done"});

    world.io->of("/refused").use([](Socket&, SocketNext next) { next.refuse("not you"); });
    ClientSocket refused = world.client->of("/refused");
    refused.connect();
    spawn(refused, [&]() -> Task<> {
        auto connected = refused.when_connected();
        const Result<void> result = co_await connected;
        words.push_back(word_of(result));
        CHECK(result.error().code == ErrorCode::permission_denied);
    });
    world.settle();
    CHECK(words == Words{"not you"});

    ClientOptions options;
    options.reconnection_attempts = 2;
    options.reconnection_delay = 1ms;
    options.reconnection_delay_max = 1ms;
    Client lost(world.network.add_loop(), "http://127.0.0.1:9", std::move(options));
    int attempts = 0;
    lost.on_reconnect_attempt([&](std::uint32_t) { ++attempts; });
    lost.connect();
    spawn(lost, [&]() -> Task<> {
        auto connected = lost.when_connected();
        words.push_back(word_of(co_await connected));
    });
    world.pass(1s);
    CHECK(words == Words{"not you", "xhr poll error"});
    CHECK(attempts == 2);
}

TEST_CASE("sleeping: never early, others run meanwhile, and many in a row cost no stack") {
    World world;
    spawn(*world.io, [&]() -> Task<> {
        const TimePoint begin = world.network.loop().now();
        co_await sleep_for(30ms);
        world.say(world.network.loop().now() - begin >= 30ms ? "slept" : "early");
        auto pause = sleep_for(0ms);
        co_await pause;
        co_await pause;
        world.say("again");
    });
    spawn(world.app, [&]() -> Task<> {
        co_await sleep_for(10ms);
        world.say("other");
        for (int i = 0; i < 1'000; ++i)
            co_await sleep_for(0ms);
        world.say("many");
    });
    world.pass(5s);
    CHECK(world.said == Words{"other", "many", "slept", "again"});
}

TEST_CASE("make_wait: anything that calls back, on any thread, or not at all") {
    World world;
    std::optional<Completion<int>> kept;
    spawn(world.app, [&]() -> Task<> {
        auto [answer, done] = make_wait<int>();
        std::thread([finish = std::move(done)]() mutable { finish(5); }).join();
        world.say(word_of(co_await answer));
        auto [never, dropped] = make_wait<int>();
        {
            const Completion<int> gone = std::move(dropped);
        }
        world.say((co_await never).error().code == ErrorCode::disconnected ? "dropped" : "?");
        auto [later, when] = make_wait<std::string>();
        world.app.after(5ms, [&world, finish = std::make_shared<Completion<std::string>>(std::move(when))] {
            (*finish)(std::string("later"));
            (*finish)(std::string("twice"));
            world.say("called");
        });
        world.say(word_of(co_await later));
        auto [foreign, from_elsewhere] = make_wait<int>();
        kept.emplace(std::move(from_elsewhere));
        world.say(word_of(co_await foreign));
    });
    world.pass(10ms);
    REQUIRE(kept.has_value());
    std::thread([&] { (*kept)(7); }).join();
    world.settle();
    CHECK(world.said == Words{"5", "dropped", "later", "called", "7"});
}

}  // namespace parley::task::test
