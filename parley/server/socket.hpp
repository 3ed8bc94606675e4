// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/done.hpp"
#include "parley/base/reference.hpp"
#include "parley/base/state_type.hpp"
#include "parley/contract/emitter.hpp"
#include "parley/engine/handshake.hpp"
#include "parley/json.hpp"
#include "parley/server/broadcast_operator.hpp"
#include "parley/server/handler.hpp"
#include "parley/server/options.hpp"
#include "parley/socketio/disconnect_reason.hpp"

namespace parley {

class Namespace;

/// One client in one namespace.
///
/// A small handle to copy anywhere: it cannot dangle. After the disconnect its identity stays readable, and whatever
/// would act on the client does nothing and returns false (a `Done`: a bool, but no answer of a handler). Emitting,
/// joining, leaving and disconnecting are safe on any thread; from one that is not the server's they take effect a
/// little later, in the order of the calls. Everything else belongs to the server's thread: see `Server`.
///
/// It stands for a client of this process. One that may be anywhere in a cluster is a `RemoteSocket`.
class Socket : public contract::Emitting<Socket>, public contract::Listening<Socket, server::detail::SocketInvocation> {
 public:
    /// No socket at all: never connected.
    Socket() = default;
    explicit Socket(Reference<server::detail::SocketCore> core) : core_(std::move(core)) {}
    /// Moving one copies it: the `Socket&` that a handler is lent stays what it is, whatever is done to it. So does
    /// assigning to that one, which does nothing.
    Socket(const Socket&) noexcept = default;
    Socket& operator=(const Socket& other);
    ~Socket() = default;

    /// Who this is: 20 characters that nobody can guess. Any thread.
    [[nodiscard]] const std::string& id() const;
    /// Whether the client is in the namespace. Any thread.
    [[nodiscard]] bool connected() const;
    /// The request that opened the connection. Any thread.
    [[nodiscard]] const Handshake& handshake() const;
    /// What the client sent as `auth` when it joined this namespace; an empty object if nothing. Any thread.
    [[nodiscard]] const Json& auth() const;
    /// The namespace, as `nsp` in JavaScript. Any thread.
    [[nodiscard]] Namespace nsp() const;
    /// What the connection runs over just now.
    [[nodiscard]] Transport transport() const;
    /// Whatever the program wants to remember about this client.
    [[nodiscard]] Json& data() const;
    /// The same as an object of the program's own type: `socket.state<Player>().score += 1`. There is one of each type,
    /// made by its default constructor when it is first asked for.
    ///
    /// Destroyed when the end of the socket has been told, but not while anything is still to be called that the
    /// socket's handlers handed over, and not while one of them that is a coroutine (parley/task.hpp) has not come to
    /// its end; it may own handles of the socket. Asked for later, it is a new one each time.
    template <typename T>
    [[nodiscard]] T& state() const {
        void* const found = find_state(state_type<T>);
        return found != nullptr ? *static_cast<T*>(found) : nobodys_state<T>();
    }

    /// Joins rooms (a name, `{"a", "b"}`, or a `std::vector<std::string>`); a room exists while somebody is in it.
    /// False when the socket is gone, in too many rooms, or a name is longer than `room_bytes_max`.
    Done join(Rooms rooms) const;
    /// Leaves rooms. False when it was in none of them.
    Done leave(Rooms rooms) const;
    /// The rooms it is in, its own id first.
    [[nodiscard]] std::vector<std::string> rooms() const;

    /// Emits an event (a name, or an `Event`) with any values to this client. An object may stand in braces as the
    /// first of them: `socket.emit("said", {{"from", name}, {"text", text}})`.
    ///
    /// A function as the last argument asks for an acknowledgement. It takes the values that the client answers, or one
    /// `Result<T>`: then it is called exactly once, also when the deadline passes (`timeout`, else the server's
    /// `ack_timeout`) or the client leaves. False, and nothing is sent, when the socket is gone, for a reserved event
    /// name, for more than ten binary values, and when the client owes too many acknowledgements.
    using Emitting::emit;
    using Emitting::send;

    /// This socket, for emits that wait so long for their acknowledgement.
    [[nodiscard]] Socket timeout(Milliseconds timeout) const;
    /// This socket, for events that may be lost: they are not sent while the connection is busy.
    [[nodiscard]] Socket volatile_() const;
    /// This socket, for events that may be compressed, which is so anyhow, or may not.
    [[nodiscard]] Socket compress(bool value) const;

    /// Everybody else in the namespace.
    [[nodiscard]] BroadcastOperator broadcast() const;
    /// Everybody else in these rooms.
    [[nodiscard]] BroadcastOperator to(Rooms rooms) const { return broadcast().to(std::move(rooms)); }
    [[nodiscard]] BroadcastOperator in(Rooms rooms) const { return to(std::move(rooms)); }
    /// Everybody else who is in none of these rooms.
    [[nodiscard]] BroadcastOperator except(Rooms rooms) const { return broadcast().except(std::move(rooms)); }
    /// Everybody else on this process.
    [[nodiscard]] BroadcastOperator local() const { return broadcast().local(); }

    /// Calls `handler` for each event of this name from this client, after the handlers of the namespace.
    ///
    /// Its parameter types say what the event carries; a leading `Socket` and a trailing `Ack` are optional; what it
    /// returns is the acknowledgement. "disconnect" and "disconnecting" carry the reason.
    ///
    /// It may be a coroutine (parley/task.hpp): the acknowledgement is what its `Task` comes to, and until then what it
    /// was called with is kept, and so is the handler with all that it captures, even where it is forgotten meanwhile.
    using Listening::on;
    /// The same for the next such event only.
    using Listening::once;
    /// Forgets all handlers of this socket for an event.
    void off(EventName event) const;
    /// Calls `handler`, which takes `(std::string_view event, Arguments arguments)`, for every event, before its
    /// handlers.
    using Listening::on_any;
    /// The same, before the other handlers of all events.
    using Listening::prepend_any;
    /// Forgets this socket's handlers of all events.
    void off_any() const;
    /// Calls `handler`, which may take a `Socket` and a `DisconnectReason`, when the client has gone.
    template <typename Handler>
    void on_disconnect(Handler&& handler) const {
        on("disconnect", server::detail::spell_out<Socket&, DisconnectReason>(std::forward<Handler>(handler)));
    }
    /// The same just before: the rooms are still there.
    template <typename Handler>
    void on_disconnecting(Handler&& handler) const {
        on("disconnecting", server::detail::spell_out<Socket&, DisconnectReason>(std::forward<Handler>(handler)));
    }

    /// For a `Task` (include parley/task.hpp): the next event of this name from this client, once, beside its handlers.
    ///
    ///     auto next = socket.next<std::string>("answer");
    ///     parley::Result<std::string> answer = co_await next;
    ///
    /// Of several types it is a tuple, of none all `Arguments`. An error when the client has gone, or what it carries
    /// is something else. Dropped before it has come, it is forgotten.
    using Listening::next;
    /// For `spawn`: where its tasks run.
    [[nodiscard]] task::Home task_home() const;

    /// Makes the client leave this namespace; it will not come back by itself. With `close`, the whole connection is
    /// closed behind it, with all its namespaces. False when it was gone already.
    Done disconnect(bool close = false) const;

    explicit operator bool() const noexcept { return static_cast<bool>(core_); }
    bool operator==(const Socket& other) const noexcept { return core_ == other.core_; }

 private:
    template <typename, typename>
    friend class contract::Listening;

    friend class server::detail::SocketCore;

    template <typename>
    friend class contract::Emitting;
    template <typename>
    friend struct contract::SenderToOne;
    template <typename...>
    friend struct task::Asking;

    [[nodiscard]] contract::SenderToOne<Socket> sender() const { return {*this}; }
    [[nodiscard]] void* find_state(const StateType& type) const;
    [[nodiscard]] bool is_reachable() const;
    bool send_event(std::string_view event, const server::detail::EncodedArguments& arguments,
                    server::detail::AckCallback callback) const;
    void register_handler(std::string_view event, server::detail::EventHandler handler, contract::Calls calls) const;
    void add_any_handler(server::detail::EventHandler handler, contract::Place place) const;
    void add_waiter(std::string_view event, const void* waiter, server::detail::EventHandler handler) const;
    void remove_waiter(std::string_view event, const void* waiter) const;

    Reference<server::detail::SocketCore> core_;
    std::chrono::milliseconds timeout_{-1};
    bool is_volatile_ = false;
    bool compress_ = true;
};

}  // namespace parley
