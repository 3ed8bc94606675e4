// SPDX-License-Identifier: MIT
#include "parley/task/handler.hpp"

#include "parley/task/root.hpp"

namespace parley::task {

void start(Home home, Task<void> task) {
    Root::start(std::move(home), std::move(task));
}

}  // namespace parley::task
