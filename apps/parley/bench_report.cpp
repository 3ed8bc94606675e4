// SPDX-License-Identifier: MIT
#include "apps/parley/bench_report.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/chat/wording.hpp"
#include "parley/json.hpp"

namespace parley {

namespace {

using Fractional = std::chrono::duration<double, std::milli>;

constexpr std::array<std::pair<std::string_view, double>, 4> percentiles = {
    {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p99.9", 0.999}}};

std::string decimal(double number, int places) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", places, number);
    return text.data();
}

double per_second(const BenchOutcome& outcome) {
    const double seconds = std::chrono::duration<double>(outcome.measured).count();
    return seconds > 0 ? static_cast<double>(outcome.findings.times.count()) / seconds : 0;
}

/// Of each message that came, or each connection.
double cpu_microseconds(const BenchOutcome& outcome) {
    const std::uint64_t received = outcome.findings.received;
    const double all = std::chrono::duration<double, std::micro>(outcome.cpu).count();
    return received > 0 ? all / static_cast<double>(received) : 0;
}

std::string load_in_words(const BenchPlan& plan) {
    const BenchCommand& command = plan.command;
    std::string words = bench_count(plan.connections()) + (plan.connections() == 1 ? " connection" : " connections");
    if (plan.scenario == BenchScenario::connect) words += " at once";
    if (command.rate > 0) words += ", " + bench_count(static_cast<std::uint64_t>(command.rate)) + " a second";
    if (command.rate == 0 && plan.has_messages()) words += ", " + bench_count(plan.window()) + " under way each";
    words += ", for " + std::to_string(command.duration_seconds) + " s";
    if (plan.has_messages()) words += ", " + bench_count(plan.message_bytes()) + " octets";
    return words;
}

std::string counts_in_words(const BenchPlan& plan, const BenchOutcome& outcome) {
    const BenchFindings& findings = outcome.findings;
    const std::string rate = bench_count(static_cast<std::uint64_t>(std::llround(per_second(outcome)))) + " a second";
    if (plan.scenario == BenchScenario::idle) {
        return "connected   " + bench_count(findings.received) + ", " + bench_count(outcome.heartbeats) + " heartbeats";
    }
    if (plan.scenario == BenchScenario::connect) {
        return "connected   " + bench_count(findings.received) + " of " + bench_count(findings.sent) + ", " + rate;
    }
    return "messages    " + bench_count(findings.sent) + " sent, " + bench_count(findings.received) + " received, " +
           rate;
}

std::string times_in_words(const BenchPlan& plan, const BenchOutcome& outcome) {
    const BenchHistogram& times = outcome.findings.times;
    if (times.count() == 0) return "time        nothing was measured";
    std::string line = "time       ";
    for (const auto& [name, part] : percentiles)
        line += " " + std::string(name) + " " + bench_milliseconds(times.percentile(part)) + "  ";
    line += " max " + bench_milliseconds(times.longest());
    line += "\n            from the moment that each was " + std::string(plan.command.rate > 0 ? "due" : "sent");
    return line;
}

std::vector<std::pair<std::uint64_t, std::string_view>> findings_of(const BenchPlan& plan,
                                                                    const BenchOutcome& outcome) {
    const BenchFindings& findings = outcome.findings;
    return {{findings.lost, "lost"},
            {findings.disordered, "out of order"},
            {findings.altered, "altered"},
            {findings.unexpected, "twice or too late"},
            {findings.unsent, plan.scenario == BenchScenario::connect ? "not begun, as all connections were in use"
                                                                      : "not sent, as too much waited"},
            {outcome.failed, outcome.failed == 1 ? "connection failed" : "connections failed"}};
}

std::string checks_in_words(const BenchPlan& plan, const BenchOutcome& outcome) {
    std::string wrong;
    for (const auto& [count, what] : findings_of(plan, outcome))
        if (count > 0) wrong += (wrong.empty() ? "" : ", ") + bench_count(count) + " " + std::string(what);
    if (!outcome.first_failure.empty()) wrong += "\n            " + chat::printable(outcome.first_failure);
    if (!wrong.empty()) return "checks      FAILED: " + wrong;
    if (!plan.has_messages()) return "checks      no connection failed";
    return plan.command.takes_any_answer ? "checks      nothing was lost"
                                         : "checks      all came, in order, as they were sent";
}

std::string load_cost_in_words(const BenchPlan& plan, const BenchOutcome& outcome) {
    std::string line = "this side   " + decimal(cpu_microseconds(outcome), 1) + " us of processor for each";
    if (plan.command.rate > 0 && plan.scenario != BenchScenario::idle)
        line += "; at most " + bench_milliseconds(outcome.latest) + " late";
    return line;
}

}  // namespace

std::string bench_count(std::uint64_t count) {
    std::string text = std::to_string(count);
    for (std::size_t at = text.size(); at > 3;) {
        at -= 3;
        text.insert(at, ",");
    }
    return text;
}

std::string bench_milliseconds(Duration time) {
    const double milliseconds = Fractional(time).count();
    if (milliseconds >= 1'000) return bench_count(static_cast<std::uint64_t>(std::llround(milliseconds))) + " ms";
    return decimal(milliseconds, milliseconds >= 100 ? 0 : milliseconds >= 10 ? 1 : milliseconds >= 1 ? 2 : 3) + " ms";
}

std::string bench_text(const BenchPlan& plan, const BenchOutcome& outcome) {
    const BenchScenario said = plan.scenario == BenchScenario::polling ? BenchScenario::echo : plan.scenario;
    std::string text = std::string(to_string(said)) + " over " + std::string(plan.transport()) + " at " +
                       plan.url.to_string() + "\n" + load_in_words(plan) + "\n\n" + counts_in_words(plan, outcome) +
                       "\n" + times_in_words(plan, outcome) + "\n" + checks_in_words(plan, outcome) + "\n" +
                       load_cost_in_words(plan, outcome);
    if (outcome.was_interrupted) text += "\nIt was ended early.";
    return text;
}

std::string bench_json(const BenchPlan& plan, const BenchOutcome& outcome) {
    const BenchFindings& findings = outcome.findings;
    const BenchHistogram& times = findings.times;
    const auto milliseconds = [](Duration time) { return Fractional(time).count(); };
    Json latency = {{"count", times.count()}, {"mean", milliseconds(times.mean())}};
    for (const auto& [name, part] : percentiles)
        latency.set(name, milliseconds(times.percentile(part)));
    latency.set("max", milliseconds(times.longest()));
    const BenchCommand& command = plan.command;
    Json load = {{"connections", command.connections}, {"duration_seconds", command.duration_seconds}};
    if (command.rate > 0) load.set("rate", command.rate);
    if (command.rate == 0 && plan.has_messages()) load.set("window", plan.window());
    if (plan.has_messages()) load.set("size", plan.message_bytes());
    if (plan.scenario == BenchScenario::room) load.set("room_size", plan.room_size());
    return to_json(Json{{"url", plan.url.to_string()},
                        {"scenario", to_string(plan.scenario)},
                        {"transport", plan.is_socketio ? plan.transport() : "plain websocket"},
                        {"load", std::move(load)},
                        {"ok", outcome.is_well()},
                        {"interrupted", outcome.was_interrupted},
                        {"sent", findings.sent},
                        {"received", findings.received},
                        {"per_second", per_second(outcome)},
                        {"latency_ms", std::move(latency)},
                        {"lost", findings.lost},
                        {"out_of_order", findings.disordered},
                        {"altered", findings.altered},
                        {"unexpected", findings.unexpected},
                        {"unsent", findings.unsent},
                        {"connections_failed", outcome.failed},
                        {"failure", chat::printable(outcome.first_failure)},
                        {"heartbeats", outcome.heartbeats},
                        {"late_ms", milliseconds(outcome.latest)},
                        {"cpu_us_each", cpu_microseconds(outcome)}});
}

}  // namespace parley
