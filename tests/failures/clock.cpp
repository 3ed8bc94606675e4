// SPDX-License-Identifier: MIT
#include "tests/failures/clock.hpp"

#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace parley::failures {
namespace {

std::chrono::milliseconds skipped{0};

}  // namespace

void skip(std::chrono::milliseconds time) {
    skipped += time;
}

}  // namespace parley::failures

extern "C" int clock_gettime(clockid_t clock, timespec* time) noexcept {
    const long result = syscall(SYS_clock_gettime, clock, time);
    const auto skipped = parley::failures::skipped.count();
    time->tv_sec += skipped / 1000;
    time->tv_nsec += skipped % 1000 * 1000000;
    if (time->tv_nsec >= 1000000000) {
        time->tv_nsec -= 1000000000;
        ++time->tv_sec;
    }
    return static_cast<int>(result);
}
