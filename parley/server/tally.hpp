// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>

#include "parley/base/counter.hpp"
#include "parley/server/observer.hpp"
#include "parley/server/server.hpp"
#include "parley/web/announcer.hpp"

namespace parley::server::detail {

/// Where one loop of a server says what happens, in one place each: what is counted here is also told to the program's
/// observer. Belongs to the loop.
class Tally {
 public:
    /// `errors` must live until `observer` forgets.
    Tally(ServerObserver* its_observer, std::size_t loop, web::ErrorReporter& errors)
        : observer(its_observer, loop, errors) {}

    void count(ServerFact fact) noexcept {
        ++counters_[static_cast<std::size_t>(fact)];
        observer.tell(&ServerObserver::on_counted, fact);
    }
    /// Any thread.
    void add_to(ServerCounters& all) const noexcept;

    /// For what is not counted.
    web::Announcer<ServerObserver> observer;

 private:
    std::array<Counter, static_cast<std::size_t>(ServerFact::request_refused) + 1> counters_;
};

}  // namespace parley::server::detail
