// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
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
    /// Ends the run, in one of the ways there are; for the last time also in those behind which no other run may come.
    void stop(bool is_last);
    /// Handles of everybody and everything have gone; what is left is destroyed in any order.
    void destroy_all();
    /// What must be true whenever a handler begins.
    void check();

    static constexpr std::array<std::string_view, 2> names{"/", "/side"};

 private:
    void make_server();
    void make_websocket_server();
    void add_routes();
    void add_namespace(std::string_view name);
    void add_events(const Namespace& nsp);
    void admit(const Socket& socket, const SocketNext& next);
    void keep(Response response, std::string text);

    /// Something that a handler does; `socket` may be none.
    void act(const Socket& socket);
    void act_on(const Socket& socket);
    void emit_to(const Socket& socket);
    void broadcast(const Socket& from);
    void question(const Socket& socket);
    void question_many(const Socket& from);
    void change_rooms(const Socket& socket);
    void schedule(const Socket& socket);
    void act_on_websockets();
    void destroy_server();
    void take_time();

    [[nodiscard]] Socket any_socket();
    [[nodiscard]] std::string any_room() { return "room" + std::to_string(context_.chance.below(3)); }
    [[nodiscard]] std::string padding();
    [[nodiscard]] Result<void> outcome_of(std::uint64_t token);

    struct KeptAnswer {
        Response response;
        std::string text;
    };
    struct KeptAck {
        Ack ack;
        std::uint64_t token;
    };

    Context& context_;
    std::unique_ptr<Application> app_;
    std::unique_ptr<Server> io_;
    std::unique_ptr<WebSocketServer> websockets_;
    std::uint64_t generation_ = 0;  // of the server
    std::map<std::string, Socket> sockets_;
    std::map<std::uint64_t, WebSocket> open_websockets_;
    std::map<std::string, std::vector<std::string>> rooms_while_admitted_;
    std::vector<KeptAnswer> kept_answers_;
    std::vector<KeptAck> kept_acks_;
    std::vector<SocketNext> kept_nexts_;
    struct Scheduled {
        ScheduledCall call;
        std::uint64_t token = 0;
    };
    std::vector<Scheduled> scheduled_;
    int depth_ = 0;  // of acts within acts
};

}  // namespace parley::simulation
