// SPDX-License-Identifier: MIT
//
// What must be true of the program, and how it comes to its end.
#include <utility>

#include "parley/base/memory_budget.hpp"
#include "tests/simulation/program.hpp"

namespace parley::simulation {

// ---- the end

void Program::calm_down() {
    for (const KeptAnswer& kept : std::exchange(kept_answers_, {}))
        answer(kept, true);
    for (const KeptAck& kept : std::exchange(kept_acks_, {}))
        static_cast<void>(kept.ack(kept.token));
    for (const SocketNext& next : std::exchange(kept_nexts_, {}))
        next();
    if (!io_) make_server();
    if (!websockets_) make_websocket_server();
}

void Program::stop() {
    switch (context_.chance.below(3)) {
        case 0:
            return io_ ? io_->close() : app_->stop();
        case 1:
            return app_->post([this] { app_->stop(); });
        default:
            return app_->stop();
    }
}

void Program::destroy_all() {
    context_.ledger.excuse_all();
    for (const std::string_view place : {names[0], names[1], std::string_view("/ws")})
        context_.ledger.abandon(place);
    std::vector<int> order{0, 1, 2};
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[context_.chance.below(i)]);
    if (context_.chance.one_in(2)) kept_answers_.clear();
    for (const int which : order) {
        if (which == 0) io_.reset();
        if (which == 1) websockets_.reset();
        if (which == 2) app_.reset();
    }
    // Handles of what is gone do nothing.
    for (const auto& [id, socket] : sockets_) {
        if (socket.emit("t", 0)) context_.report.violation("an event could be emitted behind the end");
    }
    for (const KeptAck& kept : kept_acks_)
        static_cast<void>(kept.ack(kept.token));
    for (const KeptAnswer& kept : kept_answers_)
        kept.response.send("0");
    for (const Scheduled& scheduled : scheduled_)
        scheduled.call.cancel();
    sockets_.clear();
    open_websockets_.clear();
    kept_answers_.clear();
    kept_acks_.clear();
    kept_nexts_.clear();
    scheduled_.clear();
}

void Program::check() {
    const Swarm& swarm = context_.swarm;
    Moments& moments = context_.moments;
    if (app_->peers_shed() > 0) moments.note(Moment::peer_shed);
    if (app_->memory().is_scarce()) moments.note(Moment::memory_scarce);
    if (!io_) return;
    const ServerCounters& counters = io_->counters();
    if (counters.events_received != events_heard_)
        context_.report.violation(counters.events_received, " events are counted, not ", events_heard_);
    if (counters.sessions_refused > 0) moments.note(Moment::session_refused);
    if (counters.sessions_made_room > 0) moments.note(Moment::session_made_room);
    if (counters.volatile_dropped > 0) moments.note(Moment::volatile_dropped);
    if (counters.acks_unexpected > 0) moments.note(Moment::ack_late);
    if (counters.answers_lost > 0) moments.note(Moment::answer_lost);
    // Those that made room in this turn have not gone yet.
    if (io_->clients_count() > swarm.sessions_max + 50 * context_.loops.size())
        context_.report.violation("more clients than sessions_max");
    for (const std::string_view name : names) {
        const std::size_t known = context_.ledger.size(name);
        const std::size_t counted = io_->of(name).sockets_count();
        if (known != counted) context_.report.violation(name, " has ", counted, " sockets, not ", known);
    }
    const std::size_t connections_max = swarm.application.connections_max;
    if (connections_max > 0 && context_.network.open_streams() > connections_max + context_.loops.size())
        context_.report.violation("more connections than connections_max");
}

std::string Program::complaint() const {
    if (!io_ || !websockets_) return "there is no server";
    if (thrown_ != told_)
        return std::to_string(thrown_) + " handlers threw, and " + std::to_string(told_) + " are told of";
    return {};
}

}  // namespace parley::simulation
