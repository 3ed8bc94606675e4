// SPDX-License-Identifier: MIT
//
// The program's WebSocket server, which any of its handlers may destroy.
#include <charconv>
#include <iterator>
#include <utility>

#include "tests/simulation/program.hpp"

namespace parley::simulation {

void Program::make_websocket_server() {
    ++websocket_generation_;
    websockets_ = std::make_unique<WebSocketServer>(*app_, "/ws", context_.swarm.websocket);
    const auto check_generation = [this, generation = websocket_generation_](std::string_view what) {
        if (generation != websocket_generation_) context_.report.violation("a destroyed WebSocket server tells ", what);
    };
    websockets_->on_connection([this, check_generation](WebSocket socket) {
        check_generation("of a connection");
        context_.ledger.join(id_of(socket), "/ws", context_.here());
        open_websockets_.emplace(socket.id(), socket);
        socket.send("id " + id_of(socket));
        take_time();
        if (context_.wild(6)) act_as_websocket();
    });
    websockets_->on_message([this, check_generation](WebSocket socket, std::string_view text) {
        check_generation("a message");
        std::uint64_t n = 0;
        std::from_chars(text.data(), text.data() + text.size(), n);
        context_.ledger.hear(id_of(socket), n);
        if (context_.wild(2)) act_on_websockets();
        if (context_.chance.one_in(3 * context_.swarm.destroys))
            return destroy_websockets(Moment::websockets_destroyed_in_message);
        if (context_.wild(10)) act_as_websocket();
    });
    websockets_->on_close([this, check_generation](WebSocket socket, int code, std::string reason) {
        check_generation("of an end");
        context_.ledger.leave(id_of(socket));
        open_websockets_.erase(socket.id());
        if (socket.is_open() || socket.send("x")) context_.report.violation("a WebSocket that closed is open");
        if (code == 1006) context_.moments.note(Moment::websocket_lost);
        if (reason == "slow consumer") context_.moments.note(Moment::websocket_slow_consumer);
        if (context_.wild(3)) act_on_websockets();
        if (context_.chance.one_in(context_.swarm.destroys)) destroy_websockets(Moment::websockets_destroyed_in_end);
    });
    websockets_->on_error([this](const HandlerFailure& failure) { note_failure(failure.message); });
}

std::string Program::id_of(const WebSocket& socket) const {
    return "ws" + std::to_string(websocket_generation_) + "." + std::to_string(socket.id());
}

// In a handler of a WebSocket, and what it does may be anything.
void Program::act_as_websocket() {
    where_ = Moment::server_destroyed_in_call;
    act(any_socket());
}

// Nobody is told anything any more; what runs just now goes on.
void Program::destroy_websockets(Moment where) {
    if (!websockets_ || context_.is_calm) return;
    context_.report.note("program: destroys its WebSocket server");
    context_.moments.note(where);
    ++websocket_generation_;
    context_.ledger.abandon("/ws");
    open_websockets_.clear();
    websockets_.reset();
    if (context_.chance.one_in(2)) return make_websocket_server();
    app_->after(context_.swarm.moment(context_.chance), [this] {
        if (!websockets_) make_websocket_server();
    });
}

void Program::act_on_websockets() {
    if (!websockets_ || open_websockets_.empty()) return;
    Chance& chance = context_.chance;
    const std::uint64_t token = context_.ledger.next_token();
    const auto at = static_cast<std::ptrdiff_t>(chance.below(open_websockets_.size()));
    const WebSocket socket = std::next(open_websockets_.begin(), at)->second;
    const std::string id = id_of(socket);
    const bool is_here = context_.ledger.loop_of(id) == context_.here();
    switch (chance.below(8)) {
        case 0:
            if (!chance.one_in(context_.swarm.disconnects)) return;
            socket.close(1000, "enough");
            if (is_here && (socket.is_open() || socket.send("x")))
                context_.report.violation(id, " was closed and is open");
            return;
        case 1:
            if (chance.one_in(context_.swarm.disconnects)) socket.terminate();
            return;
        case 2:
            elsewhere(websocket_generation_, [this, token](std::size_t loop) {
                context_.ledger.say_to_many({.place = "/ws", .loop = loop}, token);
            });
            if (websockets_->broadcast(std::to_string(token)))
                context_.ledger.say_to_many({.place = "/ws", .loop = context_.here()}, token);
            return;
        default:
            if (!is_here) {
                context_.on_loop(context_.ledger.loop_of(id),
                                 [this, id, token] { context_.ledger.say_if_there(id, token); });
                static_cast<void>(socket.send(std::to_string(token) + " " + padding()));
                return;
            }
            if (socket.send(std::to_string(token) + " " + padding())) context_.ledger.say(id, token);
    }
}

}  // namespace parley::simulation
