// SPDX-License-Identifier: MIT
#include "tests/simulation/program.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <stdexcept>
#include <utility>

namespace parley::simulation {

using namespace std::chrono_literals;

Program::Program(Context& context)
    : context_(context), app_(std::make_unique<Application>(context.network.loop(), context.swarm.application)) {
    app_->on_error([](const HandlerFailure&) {});
    add_routes();
    make_server();
    make_websocket_server();
}

Program::~Program() = default;

// ---- making

void Program::make_server() {
    ++generation_;
    io_ = std::make_unique<Server>(*app_, context_.swarm.server_options());
    io_->on_error([](const EventFailure&) {});
    for (const std::string_view name : names)
        add_namespace(name);
}

void Program::add_namespace(std::string_view name) {
    const Namespace nsp = io_->of(name);
    if (context_.swarm.middlewares > 0) {
        nsp.use([this](Socket socket, SocketNext next) { admit(socket, next); });
    }
    nsp.on_connection([this, place = std::string(name)](Socket socket) {
        context_.ledger.join(socket.id(), place);
        for (const std::string& room : rooms_while_admitted_[socket.id()])
            context_.ledger.enter_room(socket.id(), room);
        sockets_.insert_or_assign(socket.id(), socket);
        check();
        if (context_.chance.one_in(3)) {
            socket.on("disconnect", [this, id = socket.id()] {
                if (context_.ledger.is_in(id)) context_.report.violation(id, " hears of its end before the namespace");
            });
        }
        act(socket);
    });
    nsp.on_disconnecting([this](Socket socket) {
        context_.ledger.begin_leaving(socket.id());
        take_time();
        if (context_.wild(4)) act(socket);
    });
    nsp.on_disconnect([this](Socket socket) {
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
        check();
        act(socket);
    });
    // The last two are different only in how they are answered.
    nsp.on("calm", [](std::uint64_t token) { return token; });
    nsp.on("ask", [this](Socket socket, std::uint64_t token, Ack ack) {
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
            return next.refuse("not today");
        case 1:
            if (context_.chance.one_in(3)) throw std::runtime_error("no");
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
        throw std::runtime_error("on purpose");
    });
    app_->all("/big/:token", [this, token_of](Request& request, Response response) {
        response.send(token_of(request) + " " + std::string(context_.chance.below(300'000), 'x'));
    });
}

void Program::keep(Response response, std::string text) {
    if (context_.chance.one_in(2)) {
        const std::uint64_t token = context_.ledger.next_token();
        context_.ledger.expect(token, "the abort of an answer");
        context_.ledger.excuse(token);
        // Not with a copy of the response: it would keep itself from ever being the last.
        response.on_abort([this, token] {
            context_.ledger.happen(token);
            if (context_.wild(3)) act(any_socket());
        });
    }
    if (context_.chance.one_in(3)) return kept_answers_.push_back({response, std::move(text)});
    app_->after(context_.is_calm ? 0ms : context_.swarm.moment(context_.chance),
                [response, text = std::move(text)] { response.send(text); });
}

void Program::make_websocket_server() {
    websockets_ = std::make_unique<WebSocketServer>(*app_, "/ws", context_.swarm.websocket);
    websockets_->on_connection([this](WebSocket socket) {
        const std::string id = "ws" + std::to_string(socket.id());
        context_.ledger.join(id, "/ws");
        open_websockets_.emplace(socket.id(), socket);
        socket.send("id " + id);
        take_time();
    });
    websockets_->on_message([this](WebSocket socket, std::string_view text) {
        std::uint64_t n = 0;
        std::from_chars(text.data(), text.data() + text.size(), n);
        context_.ledger.hear("ws" + std::to_string(socket.id()), n);
        if (context_.wild(2)) act_on_websockets();
        if (context_.wild(10)) act(any_socket());
    });
    websockets_->on_close([this](WebSocket socket) {
        context_.ledger.leave("ws" + std::to_string(socket.id()));
        open_websockets_.erase(socket.id());
        if (socket.is_open() || socket.send("x")) context_.report.violation("a WebSocket that closed is open");
        if (context_.wild(3)) act_on_websockets();
    });
    websockets_->on_error([](const HandlerFailure&) {});
}

// ---- the end

void Program::calm_down() {
    for (const KeptAnswer& kept : std::exchange(kept_answers_, {}))
        kept.response.send(kept.text);
    for (const KeptAck& kept : std::exchange(kept_acks_, {}))
        static_cast<void>(kept.ack(kept.token));
    for (const SocketNext& next : std::exchange(kept_nexts_, {}))
        next();
    if (!io_) make_server();
}

void Program::stop(bool is_last) {
    switch (context_.chance.below(3)) {
        case 0:
            return io_ && is_last ? io_->close() : app_->stop();
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
    if (!io_) return;
    for (const std::string_view name : names) {
        const std::size_t known = context_.ledger.size(name);
        const std::size_t counted = io_->of(name).sockets_count();
        if (known != counted) context_.report.violation(name, " has ", counted, " sockets, not ", known);
    }
    const std::size_t connections_max = context_.swarm.application.connections_max;
    if (connections_max > 0 && context_.network.open_streams() > connections_max + 1)
        context_.report.violation("more connections than connections_max");
}

}  // namespace parley::simulation
