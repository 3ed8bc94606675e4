// SPDX-License-Identifier: MIT
#include "parley/server/tally.hpp"

namespace parley::server::detail {

namespace {

// By the numbers of the facts.
constexpr std::array counted = {
    &ServerCounters::events_received,     &ServerCounters::events_unhandled,   &ServerCounters::handlers_failed,
    &ServerCounters::payloads_mismatched, &ServerCounters::answers_lost,       &ServerCounters::packets_refused,
    &ServerCounters::acks_unexpected,     &ServerCounters::acks_timed_out,     &ServerCounters::volatile_dropped,
    &ServerCounters::sessions_refused,    &ServerCounters::sessions_made_room, &ServerCounters::requests_refused,
};

}  // namespace

void Tally::add_to(ServerCounters& all) const noexcept {
    static_assert(std::tuple_size_v<decltype(counters_)> == counted.size());
    for (std::size_t i = 0; i < counted.size(); ++i)
        all.*counted[i] += counters_[i];
}

}  // namespace parley::server::detail
