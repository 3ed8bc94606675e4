// SPDX-License-Identifier: MIT
//
// simulation [--seeds N] [--first N] [--jobs N] [--keep-going] [--twice] [--moments]   runs that many seeds
// simulation --seed N [--trace]                                       runs one, and says what happens
//
// Each run is a function of its seed. They run in child processes, so that one that crashes or hangs is one more
// failing seed. Ends with 1 when there is any, and prints how to see it again; and when in 2,000 runs or more one of
// the moments of moments.hpp never came about.
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "tests/simulation/allocations.hpp"
#include "tests/simulation/site.hpp"

namespace parley::simulation {
namespace {

struct Options {
    std::uint64_t first = 1;
    std::uint64_t seeds = 100;
    std::uint64_t jobs = 2;
    bool is_single = false;
    bool traces = false;
    bool keeps_going = false;
    bool runs_twice = false;  // and compares
    bool tells_moments = false;
};

struct Outcome {
    std::vector<std::string> violations;
    std::uint64_t trace_hash = 0;
    Moments moments;
};

Outcome run_site(std::uint64_t seed, bool traces) {
    Site site(seed, traces);
    site.run();
    return {site.violations(), site.trace_hash(), site.moments()};
}

// What a run leaves behind, but for its violations.
std::size_t count_leaks(std::uint64_t seed) {
    const std::size_t before = live_allocations();
    run_site(seed, false);
    return live_allocations() - before;
}

// The same again, at other addresses.
Outcome run_again(std::uint64_t seed, Outcome outcome) {
    const std::vector<std::string> shift(seed % 100, std::string(200, ' '));
    const Outcome second = run_site(seed, false);
    if (second.trace_hash != outcome.trace_hash) outcome.violations.emplace_back("two runs differ");
    return outcome;
}

Outcome run_seed(std::uint64_t seed, bool traces) {
    const std::size_t before = live_allocations();
    Outcome outcome = run_site(seed, traces);
    // The first run may also make what is made once.
    if (!outcome.violations.empty() || live_allocations() == before) return outcome;
    if (const std::size_t leaks = count_leaks(seed); leaks > 0)
        outcome.violations.push_back(std::to_string(leaks) + " allocations are left");
    return outcome;
}

/// What the children tell their parent.
struct Shared {
    std::atomic<std::uint64_t> next_seed;
    std::atomic<std::uint64_t> done;
    std::atomic<std::uint64_t> failures;
    std::array<std::atomic<std::uint64_t>, moments_count> moments;

    void add(const Moments& more) {
        for (std::size_t i = 0; i < moments_count; ++i)
            moments[i] += more.count(i);
    }
};

/// What one child is at.
struct Slot {
    std::atomic<std::uint64_t> seed;
    std::atomic<std::int64_t> since;  // milliseconds
};

std::int64_t milliseconds_now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

template <typename T>
T* share(std::size_t count) {
    void* const memory = mmap(nullptr, sizeof(T) * count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    return new (memory) T[count];
}

class Runner {
 public:
    explicit Runner(const Options& options)
        : options_(options), shared_(share<Shared>(1)), slots_(share<Slot>(options.jobs)), children_(options.jobs) {
        shared_->next_seed = options.first;
    }

    int run() {
        const std::int64_t began = milliseconds_now();
        for (std::uint64_t job = 0; job < options_.jobs; ++job)
            start(job);
        while (running_ > 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
            for (std::uint64_t job = 0; job < options_.jobs; ++job)
                look_after(job);
        }
        const double seconds = static_cast<double>(milliseconds_now() - began) / 1000;
        std::printf("%llu seeds from %llu on: %llu failed; %.1f s\n",
                    static_cast<unsigned long long>(shared_->done.load()),
                    static_cast<unsigned long long>(options_.first),
                    static_cast<unsigned long long>(shared_->failures.load()), seconds);
        if (shared_->failures > 0 || shared_->done == 0) return 1;
        return count_missing_moments() > 0 ? 1 : 0;
    }

 private:
    static constexpr std::int64_t seed_milliseconds_max = 60'000;
    static constexpr std::uint64_t seeds_for_all_moments = 2'000;

    void start(std::uint64_t job) {
        std::fflush(stdout);
        slots_[job].seed = 0;
        slots_[job].since = milliseconds_now();
        const pid_t child = fork();
        if (child == 0) work(slots_[job]);
        children_[job] = child;
        ++running_;
    }

    [[noreturn]] void work(Slot& slot) {
        while (options_.keeps_going || shared_->failures == 0) {
            const std::uint64_t seed = shared_->next_seed++;
            if (seed >= options_.first + options_.seeds) break;
            slot.since = milliseconds_now();
            slot.seed = seed;
            Outcome outcome = run_seed(seed, false);
            if (options_.runs_twice) outcome = run_again(seed, std::move(outcome));
            ++shared_->done;
            shared_->add(outcome.moments);
            if (!outcome.violations.empty()) {
                report(seed, outcome.violations.front());
                ++shared_->failures;
            }
        }
        slot.seed = 0;
        std::fflush(stdout);
        _exit(0);
    }

    void look_after(std::uint64_t job) {
        pid_t& child = children_[job];
        if (child == 0) return;
        if (slots_[job].seed != 0 && milliseconds_now() - slots_[job].since > seed_milliseconds_max)
            kill(child, SIGKILL);
        int status = 0;
        if (waitpid(child, &status, WNOHANG) != child) return;
        child = 0;
        --running_;
        if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
        ++shared_->done;
        ++shared_->failures;
        const bool hung = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
        report(slots_[job].seed, hung ? "it does not end" : "the process ended: " + std::to_string(status));
        if (options_.keeps_going && slots_[job].seed != 0) start(job);
    }

    // Few runs need not have seen everything.
    std::size_t count_missing_moments() const {
        std::size_t missing = 0;
        for (std::size_t i = 0; i < moments_count; ++i) {
            const std::uint64_t count = shared_->moments[i];
            if (options_.tells_moments)
                std::printf("%8llu times %s\n", static_cast<unsigned long long>(count), moment_names[i].data());
            if (count > 0 || shared_->done < seeds_for_all_moments) continue;
            std::printf("never: %s\n", moment_names[i].data());
            ++missing;
        }
        return missing;
    }

    static void report(std::uint64_t seed, std::string_view what) {
        std::printf("seed %llu: %.*s\n  again: simulation --seed %llu --trace\n", static_cast<unsigned long long>(seed),
                    static_cast<int>(what.size()), what.data(), static_cast<unsigned long long>(seed));
        std::fflush(stdout);
    }

    Options options_;
    Shared* shared_;
    Slot* slots_;
    std::vector<pid_t> children_;
    std::uint64_t running_ = 0;
};

int run_one(const Options& options) {
    const Outcome outcome = run_seed(options.first, options.traces);
    std::printf("seed %llu: trace %016llx\n", static_cast<unsigned long long>(options.first),
                static_cast<unsigned long long>(outcome.trace_hash));
    for (const std::string& violation : outcome.violations)
        std::printf("  %s\n", violation.c_str());
    return outcome.violations.empty() ? 0 : 1;
}

bool read_options(std::span<char*> arguments, Options& options) {
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        const std::string_view name = arguments[i];
        if (name == "--trace") {
            options.traces = true;
            continue;
        }
        if (name == "--keep-going") {
            options.keeps_going = true;
            continue;
        }
        if (name == "--twice") {
            options.runs_twice = true;
            continue;
        }
        if (name == "--moments") {
            options.tells_moments = true;
            continue;
        }
        if (i + 1 == arguments.size()) return false;
        const std::string_view text = arguments[++i];
        std::uint64_t value = 0;
        if (std::from_chars(text.data(), text.data() + text.size(), value).ptr != text.data() + text.size())
            return false;
        if (name == "--seed") {
            options.is_single = true;
            options.first = value;
        } else if (name == "--seeds") {
            options.seeds = value;
        } else if (name == "--first") {
            options.first = value;
        } else if (name == "--jobs" && value > 0) {
            options.jobs = value;
        } else {
            return false;
        }
    }
    return true;
}

}  // namespace
}  // namespace parley::simulation

int main(int argc, char** argv) {
    using namespace parley::simulation;
    Options options;
    if (!read_options(std::span(argv, static_cast<std::size_t>(argc)), options)) {
        std::fputs(
            "simulation [--seeds N] [--first N] [--jobs N] [--keep-going] [--twice] [--moments] | --seed N [--trace]\n",
            stderr);
        return 2;
    }
    return options.is_single ? run_one(options) : Runner(options).run();
}
