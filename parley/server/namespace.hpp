// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/done.hpp"
#include "parley/base/octets.hpp"
#include "parley/server/broadcast_operator.hpp"
#include "parley/server/handler.hpp"
#include "parley/server/middleware.hpp"
#include "parley/server/remote_socket.hpp"
#include "parley/server/socket.hpp"

namespace parley {

/// A channel with handlers, middlewares and rooms of its own, which clients join by its name.
///
/// A small handle to copy anywhere; it cannot dangle. A `Server` is the handle of `/`. Emitting and the members of
/// `BroadcastOperator` are safe on any thread; registering belongs to the server's thread, or before `run()`: see
/// `Server`.
///
/// Its rooms and its handlers are its own: what is emitted here reaches nobody in another namespace, and a client that
/// is in two has a `Socket` in each.
class Namespace : public contract::Emitting<Namespace>,
                  public contract::Listening<Namespace, server::detail::SocketInvocation> {
 public:
    /// No namespace at all: nobody is in it. What a handle of no socket has.
    Namespace() = default;
    explicit Namespace(Reference<server::detail::NamespaceCore> core) : core_(std::move(core)) {}

    /// The name, as in `/admin`. Any thread.
    [[nodiscard]] const std::string& name() const;

    /// Calls `handler` for each event of this name from any socket of the namespace, at no cost per connection.
    ///
    /// Its parameter types say what the event carries; a leading `Socket` and a trailing `Ack` are optional; what it
    /// returns is the acknowledgement. `event` is a name or an `Event`. As in JavaScript, "connection" is the moment
    /// when a socket has joined; "disconnect" and "disconnecting" carry the reason. Throws SetupError for a function
    /// that is empty, as everything that registers.
    ///
    /// What does not fit the parameters does not reach the handler: `on_error` is told, and a client that waits for an
    /// answer gets an error.
    using Listening::on;
    /// The same for the next such event only, whichever socket it comes from.
    using Listening::once;
    /// Forgets all handlers of the namespace for an event.
    void off(EventName event) const;
    /// Calls `handler`, which takes `(Socket, std::string_view event, Arguments arguments)` or the last two, for every
    /// event, before its handlers.
    using Listening::on_any;
    /// The same, before the other handlers of all events.
    using Listening::prepend_any;
    /// Forgets the namespace's handlers of all events.
    void off_any() const;
    /// Calls `handler`, which takes the `Socket`, when a client has joined.
    ///
    /// Take it as `Socket& socket`: whatever a handler hands over to be called later (handlers, callbacks, timers,
    /// posts) keeps that reference valid, so it may capture by `[&]`. What the program keeps by itself, such as a
    /// thread or a container, has a copy: `[socket]`. A `Socket socket` ends with the call; what would refer to it
    /// later is refused with SetupError, where it is known to.
    ///
    /// It may be a coroutine (parley/task.hpp), for which the reference is valid until it has come to its end.
    template <typename Handler>
    void on_connection(Handler&& handler) const {
        static_assert(
            !server::detail::takes_arguments<server::detail::SocketInvocation, Handler>(),
            "parley: a handler of connections takes the Socket, or nothing: what a client says comes to on()");
        on("connection", server::detail::spell_out<Socket&>(std::forward<Handler>(handler)));
    }
    /// Calls `handler`, which may take a `Socket` and a `DisconnectReason`, when a client has gone.
    template <typename Handler>
    void on_disconnect(Handler&& handler) const {
        on("disconnect", server::detail::spell_out<Socket&, DisconnectReason>(std::forward<Handler>(handler)));
    }
    /// The same just before: the rooms are still there.
    template <typename Handler>
    void on_disconnecting(Handler&& handler) const {
        on("disconnecting", server::detail::spell_out<Socket&, DisconnectReason>(std::forward<Handler>(handler)));
    }
    /// Asks `middleware`, which takes `(Socket&, SocketNext)`, before a client may join; in the order of registration.
    /// One that throws refuses the client.
    ///
    /// Until then the socket is not connected: it may join rooms and have handlers registered, but emitting to it
    /// returns false (the official server queues that; emit in `on_connection` instead).
    ///
    /// The `SocketNext` lets it in or refuses it, now or later, on any thread. When the last copy has gone unused, the
    /// client is refused.
    template <typename Middleware>
    void use(Middleware&& middleware) const {
        add_middleware(server::detail::adapt_middleware(std::forward<Middleware>(middleware)));
    }

    /// Everybody in the namespace, as a selection.
    [[nodiscard]] BroadcastOperator everybody() const { return BroadcastOperator(core_, {}); }

    /// See `BroadcastOperator`, for all of these.
    [[nodiscard]] BroadcastOperator to(Rooms rooms) const { return everybody().to(std::move(rooms)); }
    [[nodiscard]] BroadcastOperator in(Rooms rooms) const { return to(std::move(rooms)); }
    [[nodiscard]] BroadcastOperator except(Rooms rooms) const { return everybody().except(std::move(rooms)); }
    [[nodiscard]] BroadcastOperator volatile_() const { return everybody().volatile_(); }
    [[nodiscard]] BroadcastOperator compress(bool value) const { return everybody().compress(value); }
    [[nodiscard]] BroadcastOperator local() const { return everybody().local(); }
    [[nodiscard]] BroadcastOperator timeout(Milliseconds timeout) const { return everybody().timeout(timeout); }
    using Emitting::emit;
    using Emitting::send;
    template <typename Callback>
    Done fetch_sockets(Callback&& callback) const {
        return everybody().fetch_sockets(std::forward<Callback>(callback));
    }
    template <typename Found = RemoteSocket>
    [[nodiscard]] auto fetch_sockets() const {
        return everybody().template fetch_sockets<Found>();
    }
    [[nodiscard]] std::vector<Socket> local_sockets() const { return everybody().local_sockets(); }
    void sockets_join(Rooms rooms) const { everybody().sockets_join(std::move(rooms)); }
    void sockets_leave(Rooms rooms) const { everybody().sockets_leave(std::move(rooms)); }
    void disconnect_sockets(bool close = false) const { everybody().disconnect_sockets(close); }

    /// Emits an event to the programs of the other servers of a cluster, not to this one; a function as the last
    /// argument, as for a broadcast, gets the first value that each of them answers. Any thread.
    template <typename Name>
    Done server_side_emit(const Name& event) const {
        return to_servers().emit(event);
    }
    template <typename Name, typename First = Json, typename... Rest>
    Done server_side_emit(const Name& event, First&& first, Rest&&... rest) const {
        return to_servers().emit(event, std::forward<First>(first), std::forward<Rest>(rest)...);
    }
    /// Calls `handler` for what another server says, as `on`, but that there is no socket; what it returns is the
    /// answer.
    template <typename Handler>
    void on_server_side(EventName event, Handler&& handler) const {
        add_server_side_handler(
            event.name(), contract::adapt_handler<server::detail::SocketInvocation>(std::forward<Handler>(handler)));
    }
    template <typename Signature, typename Handler>
    void on_server_side(const Event<Signature>& event, Handler&& handler) const {
        add_server_side_handler(event.name(), contract::adapt_handler<server::detail::SocketInvocation>(
                                                  event, std::forward<Handler>(handler)));
    }

    /// The rooms that sockets of the calling thread are in; each socket's id is one. On a thread of the server.
    [[nodiscard]] std::vector<std::string> rooms() const;
    /// How many sockets are in the namespace, on this process. Any thread.
    [[nodiscard]] std::size_t sockets_count() const;
    /// The connected socket of this id, if it is one of the calling thread; else no socket. On a thread of the server.
    /// One that may be anywhere is reached by `to(id)` and `in(id).fetch_sockets(...)`.
    [[nodiscard]] Socket find_socket(TextView id) const;

 private:
    template <typename>
    friend class contract::Emitting;
    template <typename, typename>
    friend class contract::Listening;

    [[nodiscard]] contract::SenderToMany<BroadcastOperator> sender() const { return {everybody()}; }
    [[nodiscard]] BroadcastOperator to_servers() const;
    void add_server_side_handler(std::string_view event, server::detail::EventHandler handler) const;
    void register_handler(std::string_view event, server::detail::EventHandler handler, contract::Calls calls) const;
    void add_any_handler(server::detail::EventHandler handler, contract::Place place) const;
    void add_middleware(server::detail::Middleware middleware) const;

    Reference<server::detail::NamespaceCore> core_;
};

}  // namespace parley
