// SPDX-License-Identifier: MIT
// How tasks end, what they throw, and what people write first.
#include <atomic>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>

#include "tests/task/task_world.hpp"

namespace parley::task::test {
namespace {

Task<int> twice(int value) {
    co_return 2 * value;
}

Task<int> failing(std::string word) {
    co_await sleep_for(1ms);
    throw std::runtime_error(word);
}

Task<> wait_for(Client& client, Words& words, std::string name) {
    const Noted noted(words, name);
    auto wait = client.emit_with_ack("silence");
    const Result<Json> answer = co_await wait;
    words.push_back(name + " " + (answer ? "answered" : answer.error().message));
}

Task<> nested(Client& client, Words& words) {
    const Noted noted(words, "outer");
    co_await wait_for(client, words, "inner");
    words.push_back("never");
}

/// A server that never answers "silence".
struct SilentWorld : World {
    SilentWorld() {
        io->on("silence", [this](Ack ack) { acks.push_back(std::move(ack)); });
        connect();
    }
    std::vector<Ack> acks;
};

std::string refusal(const std::function<void()>& act) {
    try {
        act();
        return "";
    } catch (const SetupError& error) {
        return error.what();
    }
}

}  // namespace

TEST_CASE("tasks wait for tasks: values, exceptions, and a hundred thousand in a row without a deeper stack") {
    World world;
    spawn(world.app, [&]() -> Task<> {
        Task<int> begun = twice(4);
        world.say(std::to_string(co_await begun));
        world.say(std::to_string(co_await twice(5)));
        try {
            co_await failing("thrown inside");
        } catch (const std::runtime_error& error) {
            world.say(error.what());
        }
        try {
            co_await begun;
        } catch (const SetupError& error) {
            world.say(error.what());
        }
        int sum = 0;
        for (int i = 0; i < 100'000; ++i)
            sum += co_await twice(1);
        world.say(std::to_string(sum));
    });
    world.pass(10ms);
    CHECK(world.said == Words{"8", "10", "thrown inside",
                              "This Task was begun before, or moved elsewhere: each is waited for once, or spawned.",
                              "200000"});
}

TEST_CASE("what a task throws that nobody waits for goes where it goes that a handler throws") {
    SilentWorld world;
    std::string of_app;
    world.app.on_error([&](const HandlerFailure& failure) {
        of_app = std::string(failure.where) + ": " + std::string(failure.message);
    });
    const auto fail = []() -> Task<> { co_await failing("oh"); };
    spawn(*world.io, fail);
    spawn(*world.client, fail);
    spawn(world.app, fail);
    world.pass(10ms);
    CHECK(world.failures.size() == 2);
    for (const std::string& failure : world.failures)
        CHECK(failure == "task: oh");
    CHECK(of_app == "task: oh");
    CHECK(world.client->connected());
}

TEST_CASE("a client that ends destroys its tasks where they wait, inner ones first, and nothing of them goes on") {
    SilentWorld world;
    const SpawnedTask task = spawn(*world.client, nested(*world.client, world.said));
    world.settle();
    CHECK(task.is_running());
    CHECK(world.acks.size() == 1);
    world.client.reset();
    CHECK(world.said == Words{"~inner", "~outer"});
    CHECK_FALSE(task.is_running());
    world.acks.front()("late");
    world.settle();
    CHECK(world.said == Words{"~inner", "~outer"});
    task.cancel();
}

TEST_CASE("a task that destroys its own client, or server, comes to rest first") {
    SilentWorld world;
    spawn(*world.client, [&]() -> Task<> {
        const Noted noted(world.said, "client's");
        world.client.reset();
        world.say("still here");
        co_await sleep_for(1ms);
        world.say("never");
    });
    spawn(*world.io, [&]() -> Task<> {
        const Noted noted(world.said, "server's");
        co_await sleep_for(5ms);
        world.io.reset();
        world.say("here, too");
        auto pause = sleep_for(1ms);
        co_await pause;
        world.say("never");
    });
    world.pass(100ms);
    CHECK(world.said == Words{"still here", "~client's", "here, too", "~server's"});
}

TEST_CASE("what waits for something of somebody else that ends goes on with an error") {
    SilentWorld world;
    spawn(world.app, [&]() -> Task<> {
        auto event = world.client->next<int>("never");
        auto answer = world.client->emit_with_ack("silence");
        const Result<int> none = co_await event;
        world.say(none.error().code == ErrorCode::disconnected ? "no event" : "?");
        const Result<Json> nothing = co_await answer;
        world.say(nothing.error().code == ErrorCode::disconnected ? "no answer" : "?");
    });
    world.settle();
    CHECK(world.said.empty());
    world.client.reset();
    world.settle();
    CHECK(world.said == Words{"no event", "no answer"});
}

TEST_CASE("a server that ends destroys the tasks of its handlers") {
    World world;
    world.io->on_connection([&](Socket& socket) -> Task<> {
        const Noted noted(world.said, "handler's");
        auto next = socket.next("x");
        static_cast<void>(co_await next);
        world.say("never");
    });
    world.connect();
    world.io.reset();
    CHECK(world.said == Words{"~handler's"});
    world.settle();
    CHECK(world.said.size() == 1);
}

TEST_CASE("cancel() destroys what waits, and what runs when it waits next; what has not begun never does") {
    SilentWorld world;
    const SpawnedTask waiting = spawn(*world.client, nested(*world.client, world.said));
    world.settle();
    waiting.cancel();
    world.settle();
    CHECK(world.said == Words{"~inner", "~outer"});
    CHECK_FALSE(waiting.is_running());

    world.said.clear();
    SpawnedTask self;
    self = spawn(*world.client, [&]() -> Task<> {
        const Noted noted(world.said, "self");
        self.cancel();
        world.say("goes on");
        co_await twice(1);
        world.say("never");
    });
    world.settle();
    CHECK(world.said == Words{"goes on", "~self"});

    world.said.clear();
    const SpawnedTask early = spawn(*world.client, nested(*world.client, world.said));
    early.cancel();
    world.settle();
    CHECK(world.said.empty());
    CHECK_FALSE(early.is_running());
    SpawnedTask().cancel();
    CHECK_FALSE(SpawnedTask().is_running());
}

TEST_CASE("what is never waited for is given up: the event was sent, the answer is dropped, the task does nothing") {
    World world;
    world.io->on("ask", [&] {
        world.say("asked");
        return 1;
    });
    world.connect();
    {
        static_cast<void>(world.client->emit_with_ack("ask"));
    }
    {
        const Task<> unused = nested(*world.client, world.said);
        auto event = world.client->next("y");
    }
    world.settle();
    CHECK(world.said == Words{"asked"});
    CHECK(world.failures.empty());
}

TEST_CASE("a handler that is a coroutine answers with what it comes to") {
    World world;
    world.client->on("age", [](int) { return 3; });
    world.io->on("sum", [&](Socket& socket, std::vector<int> values) -> Task<int> {
        int sum = 0;
        for (const int value : values) {
            auto wait = socket.emit_with_ack<int>("age", value);
            sum += (co_await wait).value_or(0) + value;
        }
        co_return sum;
    });
    world.io->on("fail", [](std::string word) -> Task<int> { co_return co_await failing(word); });
    world.io->on("refuse", []() -> Task<Result<int>> {
        co_await sleep_for(1ms);
        co_return std::unexpected(Error{ErrorCode::invalid_input, "no"});
    });
    world.io->on("own", [](Ack ack) -> Task<> {
        co_await sleep_for(1ms);
        ack("own");
    });
    world.io->on("nothing", []() -> Task<Result<void>> { co_return Result<void>(); });
    static constexpr Event<int(int)> contract{"contract"};
    world.io->on(contract, [](int value) -> Task<int> { co_return value + 1; });
    world.client->on("back", [](ClientSocket socket) -> Task<std::string> {
        co_await sleep_for(1ms);
        co_return socket.nsp();
    });
    world.connect();
    spawn(*world.client, [&]() -> Task<> {
        auto sum = world.client->emit_with_ack<int>("sum", std::vector<int>{1, 2});
        world.say(word_of(co_await sum));
        for (const char* name : {"fail", "refuse", "own", "nothing"}) {
            auto wait = world.client->emit_with_ack<Arguments>(name, "ooh");
            const Result<Arguments> answer = co_await wait;
            world.say(answer && !answer->empty() ? to_json(answer->front()) : "empty");
        }
        auto more = world.client->emit_with_ack(contract, 5);
        world.say(word_of(co_await more));
    });
    world.pass(100ms);
    CHECK(world.said == Words{"9", R"({"error":"internal error"})", R"({"error":"no"})", R"("own")", "empty", "6"});
    CHECK(world.failures == Words{"fail: ooh"});
    world.said.clear();
    world.io->emit("back",
                   [&](Result<std::vector<std::string>> names) { world.say(to_json(names.value_or(Words()))); });
    world.pass(1s);
    REQUIRE(world.said.size() == 1);
    CHECK(world.said.front() == R"(["/"])");
    CHECK(world.failures == Words{"fail: ooh"});
}

TEST_CASE("a coroutine of a handler keeps the handler, its captures and its arguments, also when it is forgotten") {
    World world;
    ClientSocket socket = *world.client;
    auto word = std::make_shared<std::string>("captured");
    const std::weak_ptr<std::string> watched = word;
    socket.on("go", [&world, word = std::move(word)](ClientSocket& lent, std::string text) -> Task<> {
        lent.off("go");
        co_await sleep_for(1ms);
        world.say(*word + text + lent.nsp());
    });
    world.io->on_connection([](Socket& client) { client.emit("go", "!"); });
    world.connect();
    CHECK_FALSE(watched.expired());
    world.pass(10ms);
    CHECK(world.said == Words{"captured!/"});
    CHECK(watched.expired());
}

TEST_CASE("what a coroutine registers may capture the Socket& that it was lent") {
    World world;
    world.io->on_connection([&](Socket& socket) -> Task<> {
        co_await sleep_for(1ms);
        socket.on("echo", [&](std::string text) { socket.emit("said", text); });
    });
    world.client->on("said", [&](std::string text) { world.say(text); });
    world.connect();
    world.pass(10ms);
    world.client->emit("echo", "there");
    world.settle();
    CHECK(world.said == Words{"there"});
}

TEST_CASE("what would refer to what has ended is refused with a sentence") {
    World world;
    std::string in_handler;
    std::string by_lambda;
    std::string by_call;
    const auto use = [](std::string& text) -> Task<> {
        co_await sleep_for(1ms);
        text += "!";
    };
    world.app.post([&] {
        std::string local = "local";
        in_handler = refusal([&] { spawn(world.app, use(local)); });
        by_lambda = refusal([&] {
            spawn(world.app, [&local]() -> Task<> {
                co_await sleep_for(1ms);
                local += "!";
            });
        });
    });
    by_call = refusal([&] {
        spawn(world.app, [&world]() -> Task<> {
            co_await sleep_for(1ms);
            world.say("never");
        }());
    });
    world.pass(10ms);
    CHECK(in_handler.starts_with("This Task refers to a variable that ends with the handler"));
    CHECK(by_lambda.starts_with("spawn(): this function runs later, and refers by [&]"));
    CHECK(by_call.starts_with("spawn(): this Task uses what a lambda has captured"));
    Task<> begun = use(in_handler);
    const Task<> elsewhere = std::move(begun);
    CHECK(refusal([&] { spawn(world.app, std::move(begun)); }).starts_with("This Task was begun before"));
    CHECK(world.said.empty());
}

TEST_CASE("a lambda in the coroutine that waits for its task may capture what is there") {
    World world;
    spawn(world.app, [&]() -> Task<> {
        std::string local = "local";
        const auto add = [&](std::string more) -> Task<std::string> {
            co_await sleep_for(1ms);
            co_return local + more;
        };
        world.say(co_await add("!"));
        Task<std::string> begun = add("?");
        world.say(co_await begun);
        world.say(co_await [&]() -> Task<std::string> {
            co_await sleep_for(1ms);
            co_return local;
        }());
    });
    world.pass(100ms);
    CHECK(world.said == Words{"local!", "local?", "local"});
}

TEST_CASE("tasks of a client on a thread of its own: begun, ended and cancelled from another thread") {
    Server io;
    io.on("silence", [](Ack ack) { ack("x"); });
    io.listen({.port = 0, .host = "127.0.0.1"});
    std::thread running([&] { io.application().run({.stop_on_signals = false}); });
    std::atomic<int> ended = 0;
    struct Count {
        explicit Count(std::atomic<int>& its_number) : number(&its_number) {}
        Count(Count&& other) noexcept : number(std::exchange(other.number, nullptr)) {}
        ~Count() {
            if (number != nullptr) ++*number;
        }
        std::atomic<int>* number;
    };
    constexpr int rounds = 50;
    for (int i = 0; i < rounds; ++i) {
        Client client("http://127.0.0.1:" + std::to_string(io.application().port()));
        client.connect();
        const SpawnedTask task = spawn(client, [&client, count = Count(ended)]() -> Task<> {
            const Count of_frame(*count.number);
            for (;;) {
                auto wait = client.emit_with_ack("silence");
                static_cast<void>(co_await wait);
                co_await sleep_for(0ms);
            }
        });
        if (i % 3 == 0) std::this_thread::sleep_for(1ms);
        if (i % 2 == 0) task.cancel();
    }
    CHECK(ended >= rounds);
    CHECK(ended <= 2 * rounds);
    io.application().stop();
    running.join();
}

}  // namespace parley::task::test
