// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "parley/server.hpp"
#include "parley/web.hpp"
#include "tests/simulation/context.hpp"

namespace parley::simulation {

/// What a user wrote: an application with routes, a Socket.IO server with two namespaces, a WebSocket server; and
/// handlers that do anything that a program may do, in any order.
class Program {
 public:
    explicit Program(Context& context);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    [[nodiscard]] Application& application() { return *app_; }
    [[nodiscard]] std::size_t clients_count() const { return io_ ? io_->clients_count() : 0; }
    [[nodiscard]] bool has_server() const { return io_ != nullptr; }

    /// The end is near: answers whatever it owes, and makes a server anew where there is none.
    void calm_down();
    /// Ends the run, in one of the ways there are.
    void stop();
    /// Handles of everybody and everything have gone; what is left is destroyed in any order.
    void destroy_all();
    /// What must be true whenever a handler begins.
    void check();
    /// What is not as it should be, once calm; empty when nothing is.
    [[nodiscard]] std::string complaint() const;
    [[nodiscard]] bool owes_an_answer() const { return !kept_answers_.empty(); }

    static constexpr std::array<std::string_view, 2> names{"/", "/side"};

 private:
    void make_server();
    void make_websocket_server();
    void add_routes();
    void add_namespace(std::string_view name);
    void add_events(const Namespace& nsp);
    void admit(const Socket& socket, const SocketNext& next);
    void keep(const Response& response, std::string text);

    /// Something that a handler does; `socket` may be none.
    void act(const Socket& socket);
    void act_on(const Socket& socket);
    void emit_to(const Socket& socket);
    void broadcast(const Socket& from);
    void question(const Socket& socket);
    void question_many(const Socket& from);
    void change_rooms(const Socket& socket);
    void schedule(const Socket& socket);
    void act_on_rooms(const Socket& from);
    void fetch(const BroadcastOperator& target, const Ledger::Selection& selection);
    void act_on_websockets();
    void act_as_websocket();
    [[nodiscard]] std::string id_of(const WebSocket& socket) const;
    /// Has the books of the other loops kept, each in front of what the caller is about to ask of that loop.
    template <typename Act>
    void elsewhere(const std::uint64_t& generation, Act act);
    [[nodiscard]] bool is_here(const Socket& socket) const {
        return context_.ledger.loop_of(socket.id()) == context_.here();
    }
    void emit_elsewhere(const Socket& socket);
    void destroy_server();
    void destroy_websockets(Moment where);
    void note_end(const Socket& socket, DisconnectReason reason);
    void note_outcome(const Result<void>& outcome);
    void note_failure(std::string_view message);
    [[noreturn]] void fail_on_purpose();
    void take_time();

    [[nodiscard]] Socket any_socket();
    [[nodiscard]] std::string any_room() { return "room" + std::to_string(context_.chance.below(3)); }
    [[nodiscard]] std::string padding();

    struct KeptAnswer {
        Response response;
        std::string text;
        std::uint64_t abort = 0;  ///< what happens if the peer goes first; 0: nothing
    };
    /// Sends it, or lets it go.
    void answer(const KeptAnswer& kept, bool sends);
    struct KeptAck {
        Ack ack;
        std::uint64_t token;
    };

    Context& context_;
    std::unique_ptr<Application> app_;
    std::unique_ptr<Server> io_;
    std::unique_ptr<WebSocketServer> websockets_;
    std::uint64_t generation_ = 0;  // of the server
    std::uint64_t websocket_generation_ = 0;
    std::uint64_t events_heard_ = 0;  // by this server
    std::uint64_t thrown_ = 0;
    std::uint64_t told_ = 0;                           // of what was thrown
    std::string expelled_;                             // by us, just now
    std::uint64_t end_turn_ = 0;                       // of the loop, in which something last ended
    Moment where_ = Moment::server_destroyed_in_call;  // what runs just now
    std::map<std::string, Socket> sockets_;
    std::map<std::uint64_t, WebSocket> open_websockets_;
    std::map<std::string, std::vector<std::string>> rooms_while_admitted_;
    std::vector<KeptAnswer> kept_answers_;
    std::vector<KeptAck> kept_acks_;
    std::vector<SocketNext> kept_nexts_;
    struct Scheduled {
        ScheduledCall call;
        std::uint64_t token = 0;
        std::shared_ptr<int> ticks = {};  // of one that repeats; negative: cancelled
    };
    std::vector<Scheduled> scheduled_;
    int depth_ = 0;  // of acts within acts
};

template <typename Act>
void Program::elsewhere(const std::uint64_t& generation, Act act) {
    for (std::size_t i = 0; i < context_.loops.size(); ++i) {
        if (i == context_.here()) continue;
        context_.loops[i]->post([&generation, asked = generation, act, i] {
            if (asked == generation) act(i);
        });
    }
}

}  // namespace parley::simulation
