// SPDX-License-Identifier: MIT
//
// Every allocation fails once. What somebody asks for when there is no memory may be lost, and their connection with
// it; nothing else may: not the process, not what is said beside it, not a session or an octet for ever.
//
//   failures [--stride N] [--only "scenario" [--nth N]]
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tests/failures/allocations.hpp"
#include "tests/failures/site.hpp"

namespace parley::failures {
namespace {

struct Attempt {
    std::string fault;
    std::size_t allocations = 0;
    bool has_failed = false;
};

const char* current_scenario = "";
std::size_t current_nth = 0;

void say_where() {
    std::fprintf(stderr, "\n%s: allocation %zu failed, and then this\n", current_scenario, current_nth);
}

Attempt attempt(const Scenario& scenario, std::size_t nth) {
    current_scenario = scenario.name.data();
    current_nth = nth;
    Attempt result;
    Site site;
    {
        const FailingAllocation failing(nth);
        scenario.run(site);
        result.has_failed = FailingAllocation::has_failed();
        result.allocations = FailingAllocation::count();
    }
    result.fault = scenario.closes ? "" : site.fault();
    if (result.fault.empty()) result.fault = site.end();
    return result;
}

/// The same, and nothing is left of it.
Attempt attempt_and_count(const Scenario& scenario, std::size_t nth) {
    const std::int64_t before = live_allocations();
    Attempt result = attempt(scenario, nth);
    const std::int64_t left = live_allocations() - before - (result.fault.empty() ? 0 : 1);
    if (result.fault.empty() && left > 0) result.fault = std::to_string(left) + " allocations were not given back";
    return result;
}

struct Settings {
    std::size_t stride = 1;
    std::string_view only;
    std::size_t nth = 0;
};

/// How many of its failures had consequences.
int try_all(const Scenario& scenario, const Settings& settings) {
    attempt(scenario, 0);  // what is made once and kept
    const Attempt clean = attempt_and_count(scenario, 0);
    int faults = 0;
    std::size_t tried = 0;
    const auto note = [&](std::size_t nth, const std::string& fault) {
        if (fault.empty()) return;
        ++faults;
        std::printf("  %.*s, allocation %zu: %s\n", int(scenario.name.size()), scenario.name.data(), nth,
                    fault.c_str());
    };
    note(0, clean.fault);
    const std::size_t first = settings.nth > 0 ? settings.nth : 1;
    for (std::size_t nth = first; faults == 0 || settings.nth == 0; nth += settings.stride) {
        const Attempt result = attempt_and_count(scenario, nth);
        note(nth, result.fault);
        if (!result.has_failed) break;
        ++tried;
        if (settings.nth > 0) break;
    }
    std::printf("%4zu of %4zu allocations  %.*s\n", tried, clean.allocations, int(scenario.name.size()),
                scenario.name.data());
    return faults;
}

Settings read_settings(int count, char** words) {
    Settings settings;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string_view name = words[i];
        if (name == "--stride") settings.stride = std::strtoul(words[i + 1], nullptr, 10);
        if (name == "--only") settings.only = words[i + 1];
        if (name == "--nth") settings.nth = std::strtoul(words[i + 1], nullptr, 10);
    }
    return settings;
}

int run(const Settings& settings) {
    int faults = 0;
    for (const auto& scenarios : {http_scenarios(), websocket_scenarios(), socketio_scenarios()}) {
        for (const Scenario& scenario : scenarios) {
            if (settings.only.empty() || settings.only == scenario.name) faults += try_all(scenario, settings);
            std::fflush(stdout);
        }
    }
    return faults == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

}  // namespace
}  // namespace parley::failures

int main(int count, char** words) {
    using namespace parley::failures;
    for (const int signal : {SIGABRT, SIGSEGV}) {
        std::signal(signal, [](int caught) {
            say_where();
            std::signal(caught, SIG_DFL);
            std::raise(caught);
        });
    }
    return run(read_settings(count, words));
}
