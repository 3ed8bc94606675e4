// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/done.hpp"
#include "parley/base/reference.hpp"
#include "parley/base/time_of.hpp"
#include "parley/contract/emitter.hpp"
#include "parley/server/handler.hpp"
#include "parley/server/rooms.hpp"
#include "parley/socketio/selection.hpp"

namespace parley {

class RemoteSocket;
class Socket;

namespace server::detail {

class NamespaceCore;
void retain(NamespaceCore*) noexcept;
void release(NamespaceCore*) noexcept;

/// Whom a broadcast goes to, and how.
struct BroadcastTarget {
    socketio::Selection to;
    std::chrono::milliseconds timeout{-1};  ///< for acknowledgements; negative: the server's
    bool is_volatile = false;
    bool compress = true;
    bool is_local = false;
    bool is_server_side = false;  ///< not to sockets, but to the programs of the other servers
};

}  // namespace server::detail

/// A selection of the sockets of a namespace, to emit to or to act on.
///
/// Each modifier returns a new selection and leaves the old one as it is. Nobody gets an event twice, however many of
/// the rooms they are in. Any thread may use one; from a thread that is not the server's the effect comes a little
/// later, in the order of the calls.
///
/// Where a server has others beside it, those of one cluster, their sockets are meant as well; what one handler emits
/// arrives at each client in the order in which it was emitted. `local` leaves the others out.
class BroadcastOperator : public contract::Emitting<BroadcastOperator> {
 public:
    BroadcastOperator(Reference<server::detail::NamespaceCore> core, server::detail::BroadcastTarget target)
        : core_(std::move(core)), target_(std::move(target)) {}

    /// Also the sockets of these rooms (a name, `{"a", "b"}`, or a `std::vector<std::string>`). A socket's id is a room
    /// of its own.
    [[nodiscard]] BroadcastOperator to(Rooms rooms) const;
    /// The same as `to`, for sentences that read better with it.
    [[nodiscard]] BroadcastOperator in(Rooms rooms) const { return to(std::move(rooms)); }
    /// But not the sockets of these rooms.
    [[nodiscard]] BroadcastOperator except(Rooms rooms) const;
    /// Events that may be lost: a client whose connection is busy does not get them.
    [[nodiscard]] BroadcastOperator volatile_() const;
    /// Events that may be compressed (see `per_message_deflate`), which is so anyhow, or may not.
    [[nodiscard]] BroadcastOperator compress(bool value) const;
    /// Only the sockets of this process.
    [[nodiscard]] BroadcastOperator local() const;
    /// How long to wait for acknowledgements.
    [[nodiscard]] BroadcastOperator timeout(Milliseconds timeout) const;

    /// Emits an event (a name, or an `Event`) with any values to all of them; it is encoded once. An object may stand
    /// in braces as the first value, as with `Socket::emit`. Any thread.
    ///
    /// A function as the last argument asks everybody for an acknowledgement. It is called once: with the first value
    /// of each answer as `std::vector<T>`, `Result<std::vector<T>>` or `(Result<void>, std::vector<T>)`, when all have
    /// answered or at the deadline. False, and nothing is sent, for a reserved event name and for more than ten binary
    /// values, which the callback is told; and when the server is gone, which nobody is told.
    using Emitting::emit;
    using Emitting::send;

    /// Asks for these sockets, wherever they are, and tells `callback` in a later turn: `std::vector<RemoteSocket>`, a
    /// `Result` of it, or `Result<void>` and the vector, which then has those of whom was heard until the deadline
    /// (`timeout`, else the server's `ack_timeout`). False when the server is gone, and then nobody is told.
    template <typename Callback>
    Done fetch_sockets(Callback&& callback) const {
        using Sockets = std::vector<RemoteSocket>;
        return Done(fetch(server::detail::adapt_callback_of_many<RemoteSocket>(
            server::detail::spell_out<Sockets>(std::forward<Callback>(callback)))));
    }
    /// The same for a `Task` (include parley/task.hpp): `co_await` gives a `Result<std::vector<RemoteSocket>>`.
    template <typename Socket = RemoteSocket>
    [[nodiscard]] auto fetch_sockets() const {
        return task::Asking<std::vector<Socket>>::fetch(*this);
    }
    /// Those of this process, at once. On the server's thread.
    [[nodiscard]] std::vector<Socket> local_sockets() const;
    /// Makes them join, leave, or disconnect; see `Socket`.
    void sockets_join(Rooms rooms) const;
    void sockets_leave(Rooms rooms) const;
    void disconnect_sockets(bool close = false) const;

 private:
    friend class RemoteSocket;

    template <typename>
    friend class contract::Emitting;
    template <typename>
    friend struct contract::SenderToMany;

    [[nodiscard]] contract::SenderToMany<const BroadcastOperator&> sender() const { return {*this}; }
    bool broadcast(std::string_view event, const server::detail::EncodedArguments& arguments,
                   server::detail::BroadcastCallback callback) const;
    bool fetch(server::detail::CallbackOfMany<RemoteSocket> callback) const;

    Reference<server::detail::NamespaceCore> core_;
    server::detail::BroadcastTarget target_;
};

}  // namespace parley
