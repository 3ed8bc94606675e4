// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/counted.hpp"
#include "parley/contract/ack_callback.hpp"
#include "parley/contract/handler_table.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/server/broadcast_operator.hpp"
#include "parley/server/middleware.hpp"
#include "parley/server/namespace_node.hpp"
#include "parley/server/socket_core.hpp"
#include "parley/socketio/limits.hpp"

namespace parley::server::detail {

class ServerCore;

/// Attachments that official clients of today take in one packet.
inline constexpr std::size_t attachments_max = socketio::Limits{}.attachments_max;

/// What the handles of one namespace refer to: its handlers, its middlewares, and its sockets.
///
/// The name and the gate may be used on any thread; everything else belongs to the loop.
class NamespaceCore final : public Counted {
 public:
    NamespaceCore(ServerCore& server, std::string name);
    ~NamespaceCore();

    // Any thread.
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] net::LoopGate& gate() const noexcept { return *gate_; }

    /// The server. Only while it lives; whoever has a connected socket knows that it does.
    [[nodiscard]] ServerCore& server() const noexcept { return *server_; }
    [[nodiscard]] bool has_server() const noexcept { return server_ != nullptr; }
    [[nodiscard]] NamespaceNode& node() noexcept { return node_; }
    [[nodiscard]] HandlerTable& handlers() noexcept { return handlers_; }
    /// Handlers of connection, disconnecting, disconnect.
    [[nodiscard]] HandlerTable& moments() noexcept { return moments_; }
    /// Handlers of what other servers say.
    [[nodiscard]] HandlerTable& server_side_handlers() noexcept { return server_side_handlers_; }
    [[nodiscard]] std::uint64_t next_ack_id() noexcept { return next_ack_id_++; }
    [[nodiscard]] SocketCore* find_socket(std::string_view id);

    void add_handler(std::string_view event, EventHandler handler, bool once);
    void remove_handlers(std::string_view event);
    void add_any_handler(EventHandler handler, bool in_front);
    void add_server_side_handler(std::string_view event, EventHandler handler);
    void add_middleware(Middleware middleware);

    /// Asks one middleware after the other whether a socket may come in.
    void ask_middlewares(SocketCore& socket);
    /// Calls the middleware number `step`; false when there is none: the socket has passed them all.
    bool call_middleware(unsigned step, SocketCore& socket, const SocketNext& next);

    void add(SocketCore& socket, std::span<const std::string> rooms);
    void remove(SocketCore& socket);

    /// Any thread: fails the callback of a broadcast that cannot be, in a later turn.
    void fail_later(BroadcastCallback callback, Error error);

    /// Nobody is called any more. Handlers and middlewares that run just now stay until they have returned.
    void forget_handlers();
    /// The server goes away: what the program registered goes now, on the program's thread.
    void abandon();

 private:
    ServerCore* server_;  // null when it is gone
    const std::shared_ptr<net::LoopGate> gate_;
    const std::string name_;
    HandlerTable handlers_;
    HandlerTable moments_;
    HandlerTable server_side_handlers_;
    std::deque<Middleware> middlewares_;  // those that are called stay where they are while others are added
    std::deque<Middleware> forgotten_middlewares_;
    NamespaceNode node_;
    std::uint64_t next_ack_id_ = 0;
};

}  // namespace parley::server::detail
