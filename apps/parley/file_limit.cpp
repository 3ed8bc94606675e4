// SPDX-License-Identifier: MIT
#include "apps/parley/file_limit.hpp"

#include <sys/resource.h>

namespace parley {

std::optional<std::uint64_t> raise_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
    const rlimit raised{.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
    return setrlimit(RLIMIT_NOFILE, &raised) == 0 ? raised.rlim_cur : limit.rlim_cur;
}

}  // namespace parley
