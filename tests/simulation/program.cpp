// SPDX-License-Identifier: MIT
#include "tests/simulation/program.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>
#include <utility>

namespace parley::simulation {

using namespace std::chrono_literals;

namespace {

constexpr const char* on_purpose = "on purpose";

Moment ended_by(DisconnectReason reason) {
    switch (reason) {
        case DisconnectReason::server_namespace_disconnect:
            return Moment::ended_by_server;
        case DisconnectReason::client_namespace_disconnect:
            return Moment::ended_by_client;
        case DisconnectReason::server_shutting_down:
            return Moment::ended_by_shutdown;
        case DisconnectReason::ping_timeout:
            return Moment::ended_by_ping_timeout;
        case DisconnectReason::transport_close:
            return Moment::ended_by_transport_close;
        case DisconnectReason::transport_error:
            return Moment::ended_by_transport_error;
        case DisconnectReason::parse_error:
            return Moment::ended_by_parse_error;
        case DisconnectReason::slow_consumer:
            return Moment::ended_by_slow_consumer;
        case DisconnectReason::forced_close:
            break;
    }
    return Moment::ended_by_forced_close;
}

}  // namespace

Program::Program(Context& context)
    : context_(context), app_(std::make_unique<Application>(web::LoopList(context.loops), context.swarm.application)) {
    app_->on_error([this](const HandlerFailure& failure) {
        note_failure(failure.message);
        if (failure.where == "accepting connections") context_.moments.note(Moment::accepting_failed);
    });
    add_routes();
    make_server();
    make_websocket_server();
}

Program::~Program() = default;

// ---- making

void Program::make_server() {
    ++generation_;
    events_heard_ = 0;
    io_ = std::make_unique<Server>(*app_, context_.swarm.server_options());
    io_->on_error([this](const EventFailure& failure) { note_failure(failure.message); });
    for (const std::string_view name : names)
        add_namespace(name);
}

void Program::add_namespace(std::string_view name) {
    const Namespace nsp = io_->of(name);
    if (context_.swarm.middlewares > 0) {
        nsp.use([this](Socket socket, SocketNext next) { admit(socket, next); });
    }
    nsp.on_any([this, generation = generation_](std::string_view, Arguments) {
        if (generation != generation_) context_.report.violation("a destroyed server hears an event");
        ++events_heard_;
    });
    nsp.on_connection([this, place = std::string(name), generation = generation_](Socket socket) {
        if (generation != generation_) context_.report.violation("a destroyed server tells of a connection");
        where_ = Moment::server_destroyed_in_connection;
        context_.ledger.join(socket.id(), place, context_.here());
        for (const std::string& room : rooms_while_admitted_[socket.id()])
            context_.ledger.enter_room(socket.id(), room);
        sockets_.insert_or_assign(socket.id(), socket);
        check();
        if (context_.chance.one_in(3)) {
            socket.on("disconnect", [this, id = socket.id()] {
                if (context_.ledger.is_in(id)) context_.report.violation(id, " hears of its end before the namespace");
            });
            const std::uint64_t token = context_.ledger.next_token();
            context_.ledger.expect(token, "a handler for one event");
            context_.ledger.excuse(token);
            socket.once("say", [this, token](std::uint64_t) { context_.ledger.happen(token); });
        }
        act(socket);
    });
    nsp.on_disconnecting([this](Socket socket, DisconnectReason reason) {
        where_ = Moment::server_destroyed_in_end;
        context_.ledger.begin_leaving(socket.id());
        note_end(socket, reason);
        take_time();
        if (context_.wild(4)) act(socket);
    });
    nsp.on_disconnect([this](Socket socket) {
        where_ = Moment::server_destroyed_in_end;
        context_.ledger.leave(socket.id());
        sockets_.erase(socket.id());
        if (socket.connected()) context_.report.violation(socket.id(), " is connected in its own end");
        if (socket.emit("t", 0)) context_.report.violation("an event could be emitted to ", socket.id(), ", who left");
        if (context_.wild(4)) act(socket);
    });
    add_events(nsp);
}

void Program::add_events(const Namespace& nsp) {
    nsp.on("say", [this](Socket socket, std::uint64_t n) {
        context_.ledger.hear(socket.id(), n);
        where_ = Moment::server_destroyed_in_event;
        check();
        act(socket);
    });
    // The last two are different only in how they are answered.
    nsp.on("calm", [](std::uint64_t token) { return token; });
    nsp.on("ask", [this](Socket socket, std::uint64_t token, Ack ack) {
        where_ = Moment::server_destroyed_in_event;
        check();
        act(socket);
        switch (context_.chance.below(4)) {
            case 0:
                return static_cast<void>(ack(token));
            case 1:
                return kept_acks_.push_back({ack, token});
            case 2: {
                const Ack copy = ack;
                static_cast<void>(copy(token));
                return static_cast<void>(ack(token + 1));  // a second answer is none
            }
            default:
                if (!context_.is_calm && context_.chance.one_in(2)) return;  // forgotten
                app_->after(context_.is_calm ? 0ms : context_.swarm.moment(context_.chance),
                            [ack, token] { static_cast<void>(ack(token)); });
        }
    });
}

void Program::admit(const Socket& socket, const SocketNext& next) {
    take_time();
    if (context_.chance.one_in(3)) {
        const std::string room = any_room();
        if (socket.join(room)) rooms_while_admitted_[socket.id()].push_back(room);
    }
    if (context_.is_calm) return next();
    switch (context_.chance.below(6)) {
        case 0:
            context_.moments.note(Moment::admission_refused);
            return next.refuse("not today");
        case 1:
            if (context_.chance.one_in(3)) fail_on_purpose();
            context_.moments.note(Moment::admission_lost);
            return;  // forgotten: refused
        case 2:
            return kept_nexts_.push_back(next);
        case 3:
            app_->after(context_.swarm.moment(context_.chance), [next] { next(); });
            return;
        default:
            next();
            if (context_.chance.one_in(4)) next.refuse("too late");
    }
}

void Program::add_routes() {
    const auto token_of = [](Request& request) { return std::string(request.parameter("token")); };
    app_->all("/now/:token", [this, token_of](Request& request, Response response) {
        take_time();
        response.send(token_of(request));
        if (context_.wild(10)) response.send("twice");
        if (context_.wild(6)) act(any_socket());
    });
    app_->all("/later/:token",
              [this, token_of](Request& request, Response response) { keep(response, token_of(request)); });
    app_->all("/lost/:token", [](Response) {});
    app_->all("/throw/:token", [this](Response response) {
        if (context_.wild(2)) kept_answers_.push_back({response, "0"});
        fail_on_purpose();
    });
    app_->all("/big/:token", [this, token_of](Request& request, Response response) {
        response.send(token_of(request) + " " + std::string(context_.chance.below(300'000), 'x'));
    });
}

void Program::keep(const Response& response, std::string text) {
    KeptAnswer kept{response, std::move(text)};
    if (context_.chance.one_in(2)) {
        kept.abort = context_.ledger.next_token();
        context_.ledger.expect(kept.abort, "the abort of an answer");
        // Not with a copy of the response: it would keep itself from ever being the last.
        response.on_abort([this, token = kept.abort] {
            context_.moments.note(Moment::answer_aborted);
            context_.ledger.happen(token);
            if (context_.wild(3)) act(any_socket());
        });
    }
    if (context_.chance.one_in(3)) return kept_answers_.push_back(std::move(kept));
    app_->after(context_.is_calm ? 0ms : context_.swarm.moment(context_.chance),
                [this, kept = std::move(kept)] { answer(kept, true); });
}

// Whose peer has gone before has been told so, once; nobody else is.
void Program::answer(const KeptAnswer& kept, bool sends) {
    // On its way to another loop it may be aborted yet.
    if (context_.loops.size() > 1) {
        context_.ledger.excuse(kept.abort);
    } else if (kept.abort != 0) {
        const bool is_aborted = !context_.ledger.forbid(kept.abort);
        if (is_aborted && kept.response.is_open()) context_.report.violation("an answer that was aborted is open");
        if (!is_aborted && !kept.response.is_open()) context_.report.violation("an answer was aborted in silence");
    }
    if (sends) kept.response.send(kept.text);
}

// ---- what is noted

void Program::note_end(const Socket& socket, DisconnectReason reason) {
    const bool is_ours = reason == DisconnectReason::server_namespace_disconnect;
    if (expelled_ == socket.id() && !is_ours)
        context_.report.violation(socket.id(), " was disconnected, and hears of ", to_string(reason));
    context_.moments.note(ended_by(reason));
    const std::uint64_t turn = context_.loops[context_.here()]->turn();
    if (end_turn_ == turn) context_.moments.note(Moment::two_ends_in_one_turn);
    end_turn_ = turn;
}

void Program::note_outcome(const Result<void>& outcome) {
    if (outcome) return;
    if (outcome.error().code == ErrorCode::timed_out) context_.moments.note(Moment::ack_timed_out);
    if (outcome.error().code == ErrorCode::disconnected) context_.moments.note(Moment::ack_disconnected);
    if (outcome.error().code == ErrorCode::limit_exceeded) context_.moments.note(Moment::ack_refused);
}

void Program::note_failure(std::string_view message) {
    if (message == on_purpose) ++told_;
}

void Program::fail_on_purpose() {
    ++thrown_;
    throw std::runtime_error(on_purpose);
}

}  // namespace parley::simulation
