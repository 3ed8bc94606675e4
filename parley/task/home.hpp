// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "parley/base/function.hpp"

namespace parley {

namespace net {
class LoopGate;
}

namespace task {

/// Where a task runs: the loop of a server, a client or an application, for as long as that lives.
struct Home {
    std::shared_ptr<net::LoopGate> gate = {};
    Function<void()> report = {};  ///< inside a catch block, on the loop and while the gate is open: what a task threw
};

}  // namespace task
}  // namespace parley
