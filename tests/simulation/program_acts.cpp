// SPDX-License-Identifier: MIT
//
// What the handlers of the program do.
#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <set>
#include <stdexcept>
#include <utility>

#include "tests/simulation/program.hpp"

namespace parley::simulation {

using namespace std::chrono_literals;

void Program::take_time() {
    if (context_.is_calm || !context_.chance.one_in(context_.swarm.long_handlers)) return;
    context_.network.spend(context_.chance.time(context_.swarm.long_handler_max));
}

Socket Program::any_socket() {
    if (sockets_.empty()) return {};
    return std::next(sockets_.begin(), static_cast<std::ptrdiff_t>(context_.chance.below(sockets_.size())))->second;
}

std::string Program::padding() {
    return std::string(context_.wild(context_.swarm.large) ? context_.chance.below(100'000) : 0, 'p');
}

void Program::act(const Socket& socket) {
    take_time();
    if (context_.is_calm) {
        if (socket) emit_to(socket);
        return;
    }
    if (depth_ > 2) return;
    ++depth_;
    for (std::uint64_t times = context_.chance.below(3); times > 0; --times)
        act_on(context_.chance.one_in(4) ? any_socket() : socket);
    --depth_;
    if (context_.chance.one_in(context_.swarm.destroys)) destroy_server();
    if (context_.chance.one_in(context_.swarm.throws)) fail_on_purpose();
}

void Program::act_on(const Socket& socket) {
    Chance& chance = context_.chance;
    const Swarm& swarm = context_.swarm;
    if (chance.one_in(swarm.disconnects)) {
        const bool closes = chance.one_in(2);
        if (socket && closes) {
            context_.on_loop(context_.ledger.loop_of(socket.id()), [this, id = std::string(socket.id())] {
                if (context_.ledger.is_in(id)) context_.ledger.cut(id);
            });
        }
        if (!is_here(socket)) return static_cast<void>(socket.disconnect(closes));
        const std::string before = std::exchange(expelled_, socket ? std::string(socket.id()) : std::string());
        static_cast<void>(socket.disconnect(closes));
        expelled_ = before;
        return;
    }
    if (chance.one_in(swarm.rooms)) return chance.one_in(4) ? act_on_rooms(socket) : change_rooms(socket);
    if (chance.one_in(swarm.questions)) return chance.one_in(4) ? question_many(socket) : question(socket);
    if (chance.one_in(swarm.broadcasts)) return broadcast(socket);
    if (chance.one_in(swarm.schedules)) return schedule(socket);
    if (chance.one_in(20)) return act_on_websockets();
    if (chance.one_in(20)) {
        const std::uint64_t token = context_.ledger.next_token();
        context_.ledger.expect(token, "what was posted");
        return app_->post([this, socket, token] {
            context_.ledger.happen(token);
            act(socket);
        });
    }
    if (chance.one_in(8) && !kept_acks_.empty()) {
        const KeptAck kept = kept_acks_.back();
        kept_acks_.pop_back();
        if (chance.one_in(3)) return;
        return static_cast<void>(kept.ack(kept.token));
    }
    if (chance.one_in(8) && !kept_answers_.empty()) {
        const KeptAnswer kept = kept_answers_.back();
        kept_answers_.pop_back();
        return answer(kept, !chance.one_in(5));
    }
    if (chance.one_in(8) && !kept_nexts_.empty()) {
        const SocketNext next = kept_nexts_.back();
        kept_nexts_.pop_back();
        return next();
    }
    emit_to(socket);
}

// It goes out, unless the socket has left by then.
void Program::emit_elsewhere(const Socket& socket) {
    const std::uint64_t token = context_.ledger.next_token();
    const bool is_volatile = context_.wild(5);
    const std::string id = socket.id();
    context_.on_loop(context_.ledger.loop_of(id),
                     [this, id, token, is_volatile] { context_.ledger.say_if_there(id, token, is_volatile); });
    is_volatile ? socket.volatile_().emit("t", token) : socket.emit("t", token, padding());
}

void Program::emit_to(const Socket& socket) {
    if (!is_here(socket)) return emit_elsewhere(socket);
    const std::uint64_t token = context_.ledger.next_token();
    const bool is_volatile = context_.wild(5);
    const bool was_connected = socket && context_.ledger.is_in(socket.id());
    bool sent = false;
    if (is_volatile) {
        const std::uint64_t dropped = io_ ? io_->counters().volatile_dropped : 0;
        sent = socket.volatile_().emit("t", token);
        if (sent && io_ && io_->counters().volatile_dropped > dropped) return;
    } else if (context_.chance.one_in(5)) {
        sent = socket.emit("t", token, Bytes(context_.chance.below(50)), padding());
    } else {
        sent = socket.emit("t", token, padding());
    }
    if (!sent) return;
    if (!was_connected) return context_.report.violation("an event could be emitted to nobody");
    context_.ledger.say(socket.id(), token);
}

void Program::broadcast(const Socket& from) {
    if (!io_) return;
    Chance& chance = context_.chance;
    const std::string_view place = names[chance.below(2)];
    const std::uint64_t token = context_.ledger.next_token();
    const bool is_volatile = context_.wild(6);
    Ledger::Selection selection{.place = place, .loop = context_.here()};
    BroadcastOperator target = io_->of(place).everybody();
    const bool is_from_socket = from && from.connected() && from.nsp().name() == place && chance.one_in(2);
    if (is_from_socket) {
        target = from.broadcast();
        selection.except = from.id();
    }
    if (chance.one_in(2)) {
        selection.room = any_room();
        target = target.to(selection.room);
    }
    if (is_volatile) target = target.volatile_();
    context_.report.note("program: broadcast ", token, " to ", place, " ", selection.room);
    elsewhere(generation_, [this, selection, token, is_volatile](std::size_t loop) {
        context_.ledger.say_to_many(selection.on(loop), token, is_volatile);
    });
    if (target.emit("t", token, padding())) context_.ledger.say_to_many(selection, token, is_volatile);
}

void Program::question(const Socket& socket) {
    const std::uint64_t token = context_.ledger.next_token();
    context_.ledger.expect(token, "the answer to a question");
    const std::uint64_t generation = generation_;
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(context_.swarm.moment(context_.chance));
    const bool is_local = is_here(socket);
    if (!is_local) {
        context_.on_loop(context_.ledger.loop_of(socket.id()), [this, token, id = std::string(socket.id())] {
            const bool may_owe_too_many = context_.swarm.acks_max < 100;
            context_.ledger.say_if_there(id, token, may_owe_too_many);
        });
    }
    const bool sent =
        socket.timeout(wait).emit("q", token, [this, token, generation, socket](Result<std::uint64_t> answer) {
            if (generation != generation_) context_.report.violation("a destroyed server calls back");
            context_.ledger.happen(token);
            note_outcome(answer ? Result<void>() : std::unexpected(answer.error()));
            if (answer && *answer != token) context_.report.violation(token, " was answered ", *answer);
            if (context_.wild(3)) act(socket);
        });
    if (!is_local) return sent ? void() : context_.ledger.excuse(token);
    if (sent) {
        if (!context_.ledger.is_in(socket.id())) return context_.report.violation("nobody could be asked");
        return context_.ledger.say(socket.id(), token);
    }
    // Told later, unless there is no socket at all or its server has gone.
    if (!socket) context_.ledger.forbid(token);
    if (socket && !sockets_.contains(socket.id())) context_.ledger.excuse(token);
}

void Program::question_many(const Socket& from) {
    if (!io_) return;
    const std::string_view place = names[context_.chance.below(2)];
    const std::uint64_t token = context_.ledger.next_token();
    context_.ledger.expect(token, "the answers to a question");
    const std::uint64_t generation = generation_;
    const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(context_.swarm.moment(context_.chance));
    const auto callback = [this, token, generation, from](Result<void> outcome, std::vector<Json> answers) {
        note_outcome(outcome);
        if (generation != generation_) context_.report.violation("a destroyed server calls back");
        context_.ledger.happen(token);
        for (const Json& answer : answers) {
            if (answer.as_int64() != static_cast<std::int64_t>(token))
                context_.report.violation("one of many answers to ", token, " is another's");
        }
        if (context_.wild(3)) act(from);
    };
    // Who owes too many answers is not asked.
    if (context_.swarm.acks_max < 100) return context_.ledger.excuse(token);
    elsewhere(generation_, [this, place, token](std::size_t loop) {
        context_.ledger.say_to_many({.place = place, .loop = loop}, token);
    });
    if (io_->of(place).timeout(wait).emit("q", token, callback))
        context_.ledger.say_to_many({.place = place, .loop = context_.here()}, token);
}

void Program::change_rooms(const Socket& socket) {
    if (!socket) return;
    const std::string room = any_room();
    if (!is_here(socket)) {
        const bool leaves = context_.swarm.rooms_max < 100 || context_.chance.one_in(3);
        context_.on_loop(context_.ledger.loop_of(socket.id()), [this, room, leaves, id = std::string(socket.id())] {
            leaves ? context_.ledger.leave_room(id, room) : context_.ledger.enter_room(id, room);
        });
        static_cast<void>(leaves ? socket.leave(room) : socket.join(room));
        return;
    }
    if (context_.chance.one_in(3)) {
        if (socket.leave(room)) context_.ledger.leave_room(socket.id(), room);
    } else if (socket.join(room)) {
        context_.ledger.enter_room(socket.id(), room);
    }
    if (!socket.connected() || !context_.ledger.is_in(socket.id())) return;
    const std::vector<std::string> rooms = socket.rooms();
    std::set<std::string> known = context_.ledger.rooms(socket.id());
    known.insert(socket.id());
    if (std::set<std::string>(rooms.begin(), rooms.end()) != known)
        context_.report.violation(socket.id(), " is in other rooms than it joined");
}

// Those of a place, or of a room in it, all at once.
void Program::act_on_rooms(const Socket& from) {
    if (!io_) return;
    Chance& chance = context_.chance;
    Ledger::Selection selection{.place = names[chance.below(2)], .loop = context_.here()};
    BroadcastOperator target = io_->of(selection.place).everybody();
    if (chance.one_in(2)) {
        selection.room = any_room();
        target = target.to(selection.room);
    }
    if (from && from.connected() && from.nsp().name() == selection.place && chance.one_in(3)) {
        selection.except = from.id();
        target = target.except(selection.except);
    }
    const std::set<std::string> known = context_.ledger.select(selection);
    std::set<std::string> fetched;
    for (const Socket& socket : target.local_sockets())
        fetched.insert(socket.id());
    if (fetched != known) context_.report.violation("others are selected than are in ", selection.place);
    fetch(target, selection);
    if (chance.one_in(8 * context_.swarm.disconnects)) return target.disconnect_sockets(chance.one_in(2));
    if (context_.swarm.rooms_max < 100) return;
    const std::string room = any_room();
    const bool joins = chance.one_in(2);
    const auto change = [this, selection, joins, room](std::size_t loop) {
        for (const std::string& id : context_.ledger.select(selection.on(loop)))
            joins ? context_.ledger.enter_room(id, room) : context_.ledger.leave_room(id, room);
    };
    elsewhere(generation_, change);
    joins ? target.sockets_join(room) : target.sockets_leave(room);
    change(context_.here());
}

// What is told later is as it is when it is asked: here at once, on each other loop when the question gets there.
void Program::fetch(const BroadcastOperator& target, const Ledger::Selection& selection) {
    const auto known = std::make_shared<std::set<std::string>>(context_.ledger.select(selection));
    const auto loops_asked = std::make_shared<std::size_t>(1);
    elsewhere(generation_, [this, selection, known, loops_asked](std::size_t loop) {
        known->merge(context_.ledger.select(selection.on(loop)));
        ++*loops_asked;
    });
    const std::uint64_t token = context_.ledger.next_token();
    context_.ledger.expect(token, "sockets that were fetched");
    const bool is_asked = target.fetch_sockets([this, token, known, loops_asked,
                                                late = context_.network.now() + context_.swarm.ack_timeout,
                                                generation = generation_](const std::vector<RemoteSocket>& sockets) {
        if (generation != generation_) context_.report.violation("a destroyed server calls back");
        context_.ledger.happen(token);
        std::set<std::string> ids;
        for (const RemoteSocket& socket : sockets)
            ids.insert(socket.id());
        // A loop that is busy for too long is not waited for.
        const bool are_all = *loops_asked == context_.loops.size() && context_.network.now() < late;
        if (are_all ? ids != *known : !std::ranges::includes(*known, ids))
            context_.report.violation("others are fetched than were selected");
        if (context_.wild(3)) act(any_socket());
    });
    if (!is_asked) context_.report.violation("sockets of a server cannot be fetched");
}

void Program::schedule(const Socket& socket) {
    Chance& chance = context_.chance;
    if (!scheduled_.empty() && chance.one_in(2)) {
        const std::size_t which = chance.below(scheduled_.size());
        const Scheduled scheduled = scheduled_[which];
        scheduled_.erase(scheduled_.begin() + static_cast<std::ptrdiff_t>(which));
        scheduled.call.cancel();
        context_.ledger.forbid(scheduled.token);
        if (scheduled.ticks) *scheduled.ticks = -1'000;
        context_.moments.note(Moment::call_cancelled);
        if (scheduled.call.is_pending()) context_.report.violation("a call that was cancelled is pending");
        return;
    }
    const std::uint64_t token = context_.ledger.next_token();
    const Duration wait = context_.swarm.moment(chance);
    const TimePoint due = context_.network.now() + wait;
    if (chance.one_in(4)) {
        const auto ticks = std::make_shared<int>(0);
        context_.ledger.expect(token, "a repeated call");
        const auto handle = std::make_shared<ScheduledCall>();
        *handle = app_->every(std::max<Duration>(wait, 50ms), [this, ticks, handle, token] {
            where_ = Moment::server_destroyed_in_call;
            if (*ticks < 0) context_.report.violation("a cancelled call repeats");
            if (*ticks == 0) context_.ledger.happen(token);
            if (++*ticks > 5 || context_.is_calm) handle->cancel();
            if (context_.wild(3)) act(any_socket());
        });
        scheduled_.push_back({*handle, token, ticks});
        return;
    }
    context_.ledger.expect(token, "a scheduled call");
    scheduled_.push_back({app_->after(wait,
                                      [this, token, due, socket] {
                                          where_ = Moment::server_destroyed_in_call;
                                          context_.ledger.happen(token);
                                          if (end_turn_ == context_.network.loop().turn())
                                              context_.moments.note(Moment::end_and_timer_in_one_turn);
                                          if (context_.network.now() < due)
                                              context_.report.violation("a scheduled call came early");
                                          act(socket);
                                      }),
                          token,
                          {}});
}

// Nobody is told anything any more; what runs just now goes on.
void Program::destroy_server() {
    if (!io_) return;
    context_.report.note("program: destroys its server");
    context_.moments.note(where_);
    ++generation_;
    for (const std::string_view name : names)
        context_.ledger.abandon(name);
    context_.ledger.excuse_all();
    io_.reset();
    sockets_.clear();
    if (context_.chance.one_in(2)) return make_server();
    app_->after(context_.swarm.moment(context_.chance), [this] {
        if (!io_) make_server();
    });
}

}  // namespace parley::simulation
