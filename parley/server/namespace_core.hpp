// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/counted.hpp"
#include "parley/base/function.hpp"
#include "parley/base/reference.hpp"
#include "parley/contract/ack_callback.hpp"
#include "parley/contract/handler_table.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/every_loop.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/server/broadcast_operator.hpp"
#include "parley/server/middleware.hpp"
#include "parley/server/namespace_node.hpp"
#include "parley/server/server_group.hpp"
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
    [[nodiscard]] ServerGroup& group() const noexcept { return *group_; }
    /// The same namespace on the loop in whose turn the caller is; this one, where it is in none of the server's.
    [[nodiscard]] NamespaceCore& here() noexcept { return is_alone_ ? *this : find_here(); }
    /// Sockets on all loops.
    [[nodiscard]] std::size_t socket_count() const noexcept { return socket_count_->load(std::memory_order_relaxed); }
    /// Gives a function of the program to this namespace on every loop: `take` gets the namespace and the function.
    template <typename R, typename... Args, typename Take>
    void give_to_every_loop(Function<R(Args...)> function, Take take) {
        net::give_to_every_loop(
            group_->gates, std::move(function),
            [nsp = Reference<NamespaceCore>(this), take](std::size_t i, Function<R(Args...)> given) {
                if (NamespaceCore* const there = nsp->at(i)) take(*there, std::move(given));
            });
    }
    /// The same for a change; `change` takes the namespace.
    template <typename Change>
    void on_every_loop(Change change) {
        net::on_every_loop(group_->gates, [nsp = Reference<NamespaceCore>(this), change](std::size_t i) {
            if (NamespaceCore* const there = nsp->at(i)) change(*there);
        });
    }

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
    /// Of this loop.
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
    [[nodiscard]] NamespaceCore& find_here() noexcept;
    /// On that loop's thread: the same namespace there.
    [[nodiscard]] NamespaceCore* at(std::size_t index) const noexcept;

    ServerCore* server_;  // null when it is gone
    const std::shared_ptr<ServerGroup> group_;
    const bool is_alone_;
    const std::shared_ptr<std::atomic<std::size_t>> socket_count_;  // of all loops
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
