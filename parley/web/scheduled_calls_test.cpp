// SPDX-License-Identifier: MIT
#include "parley/web/scheduled_calls.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "parley/web/websocket_server.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

TEST_CASE("a function is called once, when its time has come") {
    Site site;
    int calls = 0;
    const ScheduledCall call = site.app.after(100ms, [&] { ++calls; });
    CHECK(call.is_pending());
    site.network.run_for(99ms);
    CHECK(calls == 0);
    site.network.run_for(1s);
    CHECK(calls == 1);
    CHECK_FALSE(call.is_pending());
    call.cancel();
}

TEST_CASE("a function is called again and again until it is cancelled") {
    Site site;
    int calls = 0;
    const ScheduledCall call = site.app.every(100ms, [&] { ++calls; });
    site.network.run_for(1s + 50ms);
    CHECK(calls == 10);
    CHECK(call.is_pending());
    call.cancel();
    CHECK_FALSE(call.is_pending());
    const int before = calls;
    site.network.run_for(1s);
    CHECK(calls == before);
}

TEST_CASE("a rhythm is kept to the millisecond, and does not drift") {
    for (const auto& [interval, ticks] : {std::pair<Duration, int>{33ms, 30}, {16ms, 62}, {1ms, 1000}, {7ms, 142}}) {
        CAPTURE(interval.count());
        Site site;
        const TimePoint began = site.network.now();
        std::vector<TimePoint> times;
        site.app.every(interval, [&] { times.push_back(site.network.now()); });
        site.network.run_for(1s);
        REQUIRE(times.size() == static_cast<std::size_t>(ticks));
        for (int tick = 0; tick < ticks; ++tick)
            CHECK(times[static_cast<std::size_t>(tick)] == began + (tick + 1) * interval);
    }
}

TEST_CASE("a rhythm may have a fraction, and be longer than any Duration") {
    Site site;
    int calls = 0;
    site.app.every(1s / 30.0, [&] { ++calls; });
    site.app.every(std::chrono::duration<float>(0.5F), [&] { calls += 1000; });
    bool has_come = false;
    site.app.after(std::chrono::hours::max(), [&] { has_come = true; });
    site.app.after(std::chrono::duration<double>(1e300), [&] { has_come = true; });
    site.network.run_for(1s + 1ms);
    CHECK(calls == 2030);
    site.network.run_for(std::chrono::hours(1));
    CHECK_FALSE(has_come);
    CHECK(to_duration(1s / 30.0) == 33'333'333ns);
    CHECK(to_duration(std::chrono::duration<double>(-0.25)) == -250ms);
    CHECK(to_duration(std::chrono::hours::max()) == Duration::max());
    CHECK(to_duration(std::chrono::hours::min()) == Duration::min());
    CHECK(to_duration(std::chrono::duration<double>(std::numeric_limits<double>::quiet_NaN())) == 0ns);
    CHECK(to_duration(std::chrono::milliseconds(33)) == 33ms);
}

TEST_CASE("an interval of 0 is told, and taken for a millisecond") {
    Site site;
    std::vector<std::string> told;
    site.app.on_error([&](const HandlerFailure& failure) { told.emplace_back(failure.message); });
    int calls = 0;
    site.app.every(1s / 30, [&] { ++calls; });
    site.network.run_for(100ms);
    CHECK(calls == 100);
    REQUIRE(told.size() == 1);
    CHECK(told[0].contains("write 1s / 30.0"));
}

TEST_CASE("a rhythm does not drift although every turn begins late") {
    Site site({}, 1, {.cut = false, .delay = false, .wake_delay_max = 3ms});
    int calls = 0;
    site.app.every(33ms, [&] { ++calls; });
    site.network.run_for(33s + 10ms);
    CHECK(calls == 1000);
}

TEST_CASE("of the ticks that a busy thread misses one is late and the others are left out") {
    Site site;
    const TimePoint began = site.network.now();
    std::vector<TimePoint> times;
    site.app.every(10ms, [&] { times.push_back(site.network.now()); });
    site.app.after(15ms, [&] { site.network.spend(32ms); });
    site.network.run_for(75ms);
    CHECK(times == std::vector<TimePoint>{began + 10ms, began + 47ms, began + 50ms, began + 60ms, began + 70ms});
}

TEST_CASE("a tick that takes longer than its interval is followed by the next one, after others") {
    Site site;
    std::vector<std::string> order;
    int ticks = 0;
    const ScheduledCall call = site.app.every(10ms, [&] {
        order.push_back("tick");
        site.app.post([&] { order.push_back("other"); });
        site.network.spend(25ms);
        if (++ticks == 3) call.cancel();
    });
    site.network.run_for(1s);
    CHECK(order == std::vector<std::string>{"tick", "other", "tick", "other", "tick", "other"});
}

TEST_CASE("calls come in the order of their times, and those of one time in that of their making") {
    Site site;
    std::string order;
    site.app.after(2ms, [&] { order += 'd'; });
    site.app.after(1ms, [&] { order += 'b'; });
    site.app.after(100us, [&] { order += 'a'; });
    site.app.after(1ms, [&] { order += 'c'; });
    site.app.after(-1s, [&] { order += '0'; });
    site.app.after(Duration::min(), [&] { order += '-'; });
    const ScheduledCall never = site.app.after(Duration::max(), [&] { order += '!'; });
    site.app.every(Duration::max(), [&] { order += '!'; });
    site.network.run_for(1s);
    CHECK(order == "-0abcd");
    CHECK(never.is_pending());
}

TEST_CASE("a call that is cancelled before its time does not come, and lets go of what it held") {
    Site site;
    auto held = std::make_shared<int>(0);
    const ScheduledCall call = site.app.after(100ms, [held] { ++*held; });
    site.network.run_for(10ms);
    call.cancel();
    site.network.run_for(1s);
    CHECK(*held == 0);
    CHECK(held.use_count() == 1);
}

TEST_CASE("a call may cancel itself and others, and schedule more") {
    Site site;
    std::vector<std::string> order;
    ScheduledCall itself;
    ScheduledCall other;
    itself = site.app.every(10ms, [&] {
        order.push_back("every");
        itself.cancel();
        other.cancel();
        site.app.after(10ms, [&] { order.push_back("after"); });
    });
    other = site.app.after(50ms, [&] { order.push_back("never"); });
    site.network.run_for(1s);
    CHECK(order == std::vector<std::string>{"every", "after"});
}

TEST_CASE("the application owns the call, whatever becomes of the handle") {
    Site site;
    int calls = 0;
    site.app.after(1ms, [&] { ++calls; });
    {
        const ScheduledCall dropped = site.app.after(1ms, [&] { ++calls; });
        ScheduledCall copy = dropped;
        copy = ScheduledCall();
        CHECK_FALSE(copy.is_pending());
        copy.cancel();
    }
    site.network.run_for(1s);
    CHECK(calls == 2);
}

TEST_CASE("what a call throws is reported, and it comes again") {
    Site site;
    int calls = 0;
    site.app.every(400ms, [&] {
        ++calls;
        throw std::runtime_error("ouch");
    });
    site.app.after(1ms, [] { throw std::runtime_error("once"); });
    site.network.run_for(1s);
    CHECK(calls == 2);
    CHECK(site.failures == std::vector<std::string>{"after: once", "every: ouch", "every: ouch"});
}

TEST_CASE("an interval of nothing does not hold up the loop") {
    Site site;
    int calls = 0;
    site.app.every(0ms, [&] { ++calls; });
    site.app.get("/", [](Response response) { response.send("here"); });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    site.network.run_for(100ms);
    CHECK(body_of(peer.received()) == "here");
    CHECK(calls == 100);
}

TEST_CASE("other threads may schedule and cancel") {
    Site site;
    site.network.run_for(1ms);
    int calls = 0;
    ScheduledCall cancelled = site.app.after(10ms, [&] { calls += 100; });
    std::thread([&] {
        site.app.after(10ms, [&] { ++calls; });
        cancelled.cancel();
        const ScheduledCall both = site.app.after(10ms, [&] { calls += 100; });
        both.cancel();
    }).join();
    site.network.run_for(1s);
    CHECK(calls == 1);
}

TEST_CASE("calls end with their application, and their handles are harmless") {
    net::SimulatedNetwork network(1, smooth);
    auto held = std::make_shared<int>(0);
    ScheduledCall waiting;
    ScheduledCall running;
    {
        Application app(network.loop());
        network.run_for(1ms);
        running = app.every(10ms, [held] { ++*held; });
        network.run_for(50ms);
        std::thread([&] { waiting = app.after(1ms, [held] { *held = -1; }); }).join();
    }
    network.run_for(1s);
    CHECK(*held > 0);
    CHECK_FALSE(running.is_pending());
    running.cancel();
    waiting.cancel();
    CHECK_FALSE(waiting.is_pending());
    running = {};
    waiting = {};
    CHECK(held.use_count() == 1);
}

TEST_CASE("a call that is never taken up keeps nothing, not even through its own handle") {
    net::SimulatedNetwork network(1, smooth);
    auto held = std::make_shared<int>(0);
    const auto schedule = [&](Application& app) {
        const auto handle = std::make_shared<ScheduledCall>();
        std::thread([&] { *handle = app.every(1ms, [handle, held] { ++*held; }); }).join();
        return std::weak_ptr(handle);
    };
    std::weak_ptr<ScheduledCall> cancelled;
    std::weak_ptr<ScheduledCall> left;
    {
        Application app(network.loop());
        network.run_for(1ms);
        cancelled = schedule(app);
        cancelled.lock()->cancel();
        network.run_for(5ms);
        CHECK(cancelled.expired());
        left = schedule(app);
    }
    ScheduledCall handle;
    if (const auto shared = left.lock()) handle = *shared;
    network.run_for(5ms);
    CHECK(left.expired());
    CHECK_FALSE(handle.is_pending());
    CHECK(*held == 0);
    CHECK(held.use_count() == 1);
}

TEST_CASE("a WebSocket server hands its calls to its application") {
    Site site;
    WebSocketServer server(site.app, "/live");
    int calls = 0;
    server.post([&] { ++calls; });
    server.after(1ms, [&] { ++calls; });
    const ScheduledCall call = server.every(10ms, [&] { ++calls; });
    site.network.run_for(15ms);
    call.cancel();
    CHECK(calls == 3);
}

}  // namespace
}  // namespace parley::web::test
