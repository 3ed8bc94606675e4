// SPDX-License-Identifier: MIT
#include "parley/server/observer.hpp"

namespace parley {

std::string_view to_string(ServerFact fact) noexcept {
    switch (fact) {
        case ServerFact::event_received:
            return "events_received";
        case ServerFact::event_unhandled:
            return "events_unhandled";
        case ServerFact::handler_failed:
            return "handlers_failed";
        case ServerFact::payload_mismatched:
            return "payloads_mismatched";
        case ServerFact::answer_lost:
            return "answers_lost";
        case ServerFact::packet_refused:
            return "packets_refused";
        case ServerFact::ack_unexpected:
            return "acks_unexpected";
        case ServerFact::ack_timed_out:
            return "acks_timed_out";
        case ServerFact::volatile_dropped:
            return "volatile_dropped";
        case ServerFact::session_refused:
            return "sessions_refused";
        case ServerFact::session_made_room:
            return "sessions_made_room";
        case ServerFact::request_refused:
            return "requests_refused";
    }
    return {};
}

}  // namespace parley
