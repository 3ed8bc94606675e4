// SPDX-License-Identifier: MIT
#pragma once

#include <dirent.h>

#include <cstddef>

namespace parley::test {

/// Descriptors that this process has open, and the one that counts them: to be compared with another such count.
inline std::size_t count_descriptors() {
    std::size_t count = 0;
    DIR* const directory = ::opendir("/proc/self/fd");
    while (::readdir(directory) != nullptr)
        ++count;
    ::closedir(directory);
    return count;
}

}  // namespace parley::test
