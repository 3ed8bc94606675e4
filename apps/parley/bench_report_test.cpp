// SPDX-License-Identifier: MIT
#include "apps/parley/bench_report.hpp"

#include <doctest/doctest.h>

#include <chrono>

#include "apps/parley/bench_progress.hpp"
#include "parley/json.hpp"

using namespace parley;
using namespace std::chrono_literals;

namespace {

BenchPlan plan_of(const std::string& scenario) {
    BenchCommand command;
    command.connect.url = "http://localhost:3000";
    command.scenario = scenario;
    command.rate = 1'000;
    return make_bench_plan(command);
}

}  // namespace

TEST_CASE("numbers and times are written for people") {
    CHECK(bench_count(0) == "0");
    CHECK(bench_count(999) == "999");
    CHECK(bench_count(1'000) == "1,000");
    CHECK(bench_count(1'234'567) == "1,234,567");
    CHECK(bench_milliseconds(0ns) == "0.000 ms");
    CHECK(bench_milliseconds(215us) == "0.215 ms");
    CHECK(bench_milliseconds(1'250us) == "1.25 ms");
    CHECK(bench_milliseconds(12'340us) == "12.3 ms");
    CHECK(bench_milliseconds(123'400us) == "123 ms");
    CHECK(bench_milliseconds(1'250ms) == "1,250 ms");
}

TEST_CASE("a report names everything that went wrong, and only that") {
    BenchOutcome outcome;
    outcome.measured = 5s;
    outcome.findings.sent = outcome.findings.received = 5'000;
    for (int i = 0; i < 5'000; ++i)
        outcome.findings.times.add(2ms);
    const BenchPlan plan = plan_of("echo");
    CHECK(bench_text(plan, outcome).contains("5,000 sent, 5,000 received, 1,000 a second"));
    CHECK(bench_text(plan, outcome).contains("all came, in order, as they were sent"));
    CHECK(parse_json(bench_json(plan, outcome))->find("ok")->as_bool() == true);
    outcome.findings.lost = 3;
    outcome.findings.disordered = 1'234;
    outcome.failed = 1;
    outcome.first_failure = "The server\x1b[31m went.";
    const std::string text = bench_text(plan, outcome);
    CHECK(text.contains("FAILED: 3 lost, 1,234 out of order, 1 connection failed"));
    CHECK(text.contains("The server?[31m went."));
    CHECK_FALSE(text.contains("altered"));
    const Json json = *parse_json(bench_json(plan, outcome));
    CHECK(json["ok"].as_bool() == false);
    CHECK(json["lost"].as_int64() == 3);
    CHECK(json["latency_ms"]["max"].as_double() == 2);
    CHECK(json["latency_ms"]["p99.9"].as_double() == 2);
}

TEST_CASE("what is due beyond a thousand a second is due by the millisecond") {
    CHECK(bench_due(0, 3) == 0ns);
    CHECK(bench_due(1, 3) == 333'333'333ns);
    CHECK(bench_due(3, 3) == 1s);
    CHECK(bench_due(999, 1'000) == 999ms);
    CHECK(bench_due(1, 20'000) == 0ns);
    CHECK(bench_due(19, 20'000) == 0ns);
    CHECK(bench_due(20, 20'000) == 1ms);
    CHECK(bench_due(20'000, 20'000) == 1s);
    CHECK(bench_due(3'600'000'000, 1'000'000) == 1h);
}

TEST_CASE("a bar keeps to the width of its terminal") {
    CHECK(BenchProgress::line(0, "a", 80) == "[..............................] a");
    CHECK(BenchProgress::line(0.5, "a", 80) == "[###############...............] a");
    CHECK(BenchProgress::line(7, "a", 80) == "[##############################] a");
    CHECK(BenchProgress::line(0.5, "a", 10) == "[#########");
}
