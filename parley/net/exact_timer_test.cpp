// SPDX-License-Identifier: MIT
#include "parley/net/exact_timer.hpp"

#include <doctest/doctest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <thread>

#include "parley/net/backend/test_worlds.hpp"

namespace parley::net::test {
namespace {

using namespace std::chrono_literals;

/// From now on the system call answers `error` on this thread, as in a sandbox, or on a kernel that has none.
bool refuse_system_call(std::uint32_t number, std::uint32_t error) {
    std::array<sock_filter, 4> program{{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
                                        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1),
                                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
                                        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    const sock_fprog filter{.len = static_cast<unsigned short>(program.size()), .filter = program.data()};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

// Ten ticks, each of which must not be early; how many turns of the loop they take says whether it slept.
void check_ticks() {
    EpollWorld world;
    int ticks = 0;
    TimePoint due = world.loop.now() + 1500us;
    ExactTimer timer(world.loop, [&] {
        CHECK(world.loop.now() >= due);
        due += 1500us;
        if (++ticks < 10) timer.start_at(due);
    });
    timer.start_at(due);
    int turns = 0;
    REQUIRE(run_until(world.loop, [&] {
        ++turns;
        return ticks == 10;
    }));
    CHECK(turns <= 25);
}

}  // namespace

TEST_CASE("exact timer: one is never early, and the loop sleeps until it is due") {
    check_ticks();
}

TEST_CASE("exact timer: where the system has no exact sleep it works in milliseconds") {
    for (const std::uint32_t error : {ENOSYS, EPERM}) {
        bool is_refused = false;
        std::thread([&] {
            is_refused = refuse_system_call(SYS_epoll_pwait2, error) &&
                         syscall(SYS_epoll_pwait2, -1, nullptr, 0, nullptr, nullptr, 0) == -1 &&
                         errno == static_cast<int>(error);
            if (is_refused) check_ticks();
        }).join();
        REQUIRE(is_refused);
    }
}

TEST_CASE_TEMPLATE("exact timer: it may restart, stop and destroy itself and others", World, EpollWorld,
                   SimulatedTestWorld) {
    World world;
    std::string order;
    std::unique_ptr<ExactTimer> periodic;
    auto victim = std::make_unique<ExactTimer>(world.loop, [&] { order += "victim "; });
    ExactTimer stopped(world.loop, [&] { order += "stopped "; });
    ExactTimer last(world.loop, [&] { order += "last"; });
    int ticks = 0;
    periodic = std::make_unique<ExactTimer>(world.loop, [&, guard = std::string("a guard that lives on the heap")] {
        victim.reset();
        stopped.stop();
        order += "tick ";
        if (++ticks < 3) return periodic->start_at(world.loop.now());
        last.start_at(TimePoint::min());
        periodic.reset();
        order += std::to_string(guard.size()) + " ";  // what the function captured survives the timer
    });
    const TimePoint due = world.loop.now() + 1ms;
    periodic->start_at(due);
    victim->start_at(due);
    stopped.start_at(due);
    ExactTimer never(world.loop, [&] { order += "never "; });
    never.start_at(due);
    never.start_at(no_deadline);
    CHECK_FALSE(never.is_running());
    REQUIRE(run_until(world.loop, [&] { return order.ends_with("last"); }));
    CHECK(order == "tick tick tick 30 last");
    CHECK_FALSE(stopped.is_running());
}

}  // namespace parley::net::test
