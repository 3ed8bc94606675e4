// SPDX-License-Identifier: MIT
#include "parley/web/slow_turns.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

/// A site whose handler takes as long as the path says, in milliseconds.
struct SlowSite : Site {
    explicit SlowSite(const ApplicationOptions& options = {}) : Site(options) {
        app.get("/:time", [this](Request& request, Response response) {
            network.spend(std::chrono::milliseconds(std::stoi(std::string(request.parameter("time")))));
            response.send("!");
        });
    }
    void take(int milliseconds) { CHECK(status_of(get("/" + std::to_string(milliseconds))) == 200); }
};

constexpr std::string_view advice =
    " in one turn, in which all its connections waited: let what takes long run on a thread of your own, and post() "
    "what comes of it";

}  // namespace

TEST_CASE("a turn that takes longer than slow_turn is counted, and told once in a while") {
    SlowSite site;
    site.take(250);
    CHECK(site.failures.empty());
    CHECK(site.app.loop_lag().longest == 250ms);
    site.take(251);
    CHECK(site.failures == std::vector<std::string>{"event loop: busy for 251 ms" + std::string(advice)});
    CHECK(site.app.loop_lag().slow_turns == 1);
    site.take(900);
    site.take(300);
    site.take(100);
    CHECK(site.failures.size() == 1);
    CHECK(site.app.loop_lag().slow_turns == 3);
    CHECK(site.app.loop_lag().longest == 900ms);
    site.network.run_for(10s);
    site.take(400);
    REQUIRE(site.failures.size() == 2);
    CHECK(site.failures.back() == "event loop: busy for 400 ms" + std::string(advice) +
                                      " (2 more since the last warning, the longest of 900 ms)");
    site.network.run_for(10s);
    site.take(500);
    REQUIRE(site.failures.size() == 3);
    CHECK(site.failures.back() == "event loop: busy for 500 ms" + std::string(advice));
    site.app.reset_loop_lag();
    CHECK(site.app.loop_lag().longest == 0ns);
    CHECK(site.app.loop_lag().slow_turns == 5);
    CHECK(site.app.loop_lag(1).longest == 0ns);
}

TEST_CASE("slow_turn is an option, and 0 is none") {
    SlowSite quick({.slow_turn = 5ms});
    quick.take(5);
    CHECK(quick.failures.empty());
    quick.take(6);
    CHECK(quick.failures.size() == 1);
    SlowSite none({.slow_turn = 0ms});
    none.take(60'000);
    CHECK(none.failures.empty());
    CHECK(none.app.loop_lag().slow_turns == 0);
    CHECK(none.app.loop_lag().longest == 60s);
    std::string problem;
    try {
        const Application app({.slow_turn = -1ms});
    } catch (const SetupError& error) {
        problem = error.what();
    }
    CHECK(problem == "slow_turn must be 0 or more");
}

TEST_CASE("an application that ends in a slow turn is told of none") {
    net::SimulatedNetwork network(1, smooth);
    int told = 0;
    auto app = std::make_unique<Application>(network.loop());
    app->on_error([&](const HandlerFailure&) { ++told; });
    app->post([&] {
        network.spend(2s);
        app.reset();
    });
    network.run_until_idle();
    CHECK(app == nullptr);
    CHECK(told == 0);
}

}  // namespace parley::web::test
