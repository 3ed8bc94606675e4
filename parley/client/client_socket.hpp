// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include "parley/base/done.hpp"
#include "parley/base/reference.hpp"
#include "parley/base/time_of.hpp"
#include "parley/client/client_disconnect_reason.hpp"
#include "parley/client/connect_error.hpp"
#include "parley/client/handler.hpp"
#include "parley/contract/emitter.hpp"
#include "parley/json.hpp"

namespace parley {

/// This client in one namespace of its server.
///
/// A small handle to copy anywhere: it cannot dangle. When the `Client` is gone, whatever would act does nothing and
/// returns false. Any thread may emit, connect, disconnect and ask; from one that does not run the client these take
/// effect a little later, in the order of the calls. Handlers are registered by the thread that runs the client, or
/// before it runs.
class ClientSocket : public contract::Emitting<ClientSocket>,
                     public contract::Listening<ClientSocket, client::SocketInvocation> {
 public:
    /// No socket at all: never connected.
    ClientSocket() = default;
    explicit ClientSocket(Reference<client::SocketCore> core) : core_(std::move(core)) {}
    ClientSocket(const ClientSocket&) noexcept = default;
    ClientSocket& operator=(const ClientSocket& other);
    ~ClientSocket() = default;

    /// Who the server says that this is, in this namespace: new with each connection, empty while there is none. Any
    /// thread.
    [[nodiscard]] std::string id() const;
    /// Whether the server has let it into the namespace. Any thread.
    [[nodiscard]] bool connected() const;
    /// Whether it is connected or will try to be. Any thread.
    [[nodiscard]] bool active() const;
    /// Whether the server has given back what was missed while there was no connection (connection state recovery). Any
    /// thread.
    [[nodiscard]] bool recovered() const;
    /// The namespace, as `nsp` in JavaScript. Any thread.
    [[nodiscard]] const std::string& nsp() const;

    /// Emits an event (a name, or an `Event`) with any values to the server. While there is no connection it waits for
    /// one, in order.
    ///
    /// A function as the last argument asks for an acknowledgement. It takes the values that the server answers, or one
    /// `Result<T>`: then it is called exactly once, also when the deadline passes (`timeout`, else `ack_timeout`) or
    /// the connection is lost. False, and nothing is sent: the client is gone, the name is reserved, there are more
    /// than ten binary values, or a bound is reached (`send_buffer_bytes_max`, `send_buffer_packets_max`, `acks_max`).
    ///
    /// With `retries` it is sent until the server has acknowledged it, whether a function was given or not.
    using Emitting::emit;
    using Emitting::send;

    /// This socket, for emits that wait so long for their acknowledgement.
    [[nodiscard]] ClientSocket timeout(Milliseconds timeout) const;
    /// This socket, for events that may be lost: they are not sent while there is no connection, or while it is busy.
    [[nodiscard]] ClientSocket volatile_() const;
    /// This socket, for events that are compressed, or not, where `per_message_deflate` was agreed to; they are unless
    /// this says false.
    [[nodiscard]] ClientSocket compress(bool value) const;

    /// Calls `handler` for each event of this name from the server. Its parameter types say what the event carries; a
    /// leading `ClientSocket` and a trailing `Ack` are optional; what it returns is the acknowledgement. "connect",
    /// "connect_error" (which carries a `ConnectError`) and "disconnect" (a `ClientDisconnectReason`) are told by the
    /// client itself.
    using Listening::on;
    /// The same for the next such event only.
    using Listening::once;
    /// Forgets all handlers of an event.
    void off(EventName event) const;
    /// Calls `handler`, which takes `(std::string_view event, Arguments arguments)`, for every event of the server,
    /// before its handlers.
    using Listening::on_any;
    /// The same, before the other handlers of all events.
    using Listening::prepend_any;
    /// Forgets the handlers of all events.
    void off_any() const;
    /// Calls `handler`, which takes `(std::string_view event, Arguments arguments)`, for every event to the server when
    /// it leaves: one that waits for a connection then, and one that is sent again each time.
    template <typename Handler>
    void on_any_outgoing(Handler&& handler) const {
        add_outgoing_handler(contract::adapt_any_handler<client::SocketInvocation>(std::forward<Handler>(handler)),
                             contract::Place::behind);
    }
    /// The same, before the other handlers of what leaves.
    template <typename Handler>
    void prepend_any_outgoing(Handler&& handler) const {
        add_outgoing_handler(contract::adapt_any_handler<client::SocketInvocation>(std::forward<Handler>(handler)),
                             contract::Place::in_front);
    }
    /// Forgets the handlers of what leaves.
    void off_any_outgoing() const;
    /// Calls `handler`, which may take a `ClientSocket`, each time the server has let the client in.
    template <typename Handler>
    void on_connect(Handler&& handler) const {
        on("connect", contract::spell_out<ClientSocket&>(std::forward<Handler>(handler)));
    }
    /// Calls `handler`, which may take a `ClientSocket` and a `ConnectError`, when it could not be.
    template <typename Handler>
    void on_connect_error(Handler&& handler) const {
        on("connect_error", contract::spell_out<ClientSocket&, ConnectError>(std::forward<Handler>(handler)));
    }
    /// Calls `handler`, which may take a `ClientSocket` and a `ClientDisconnectReason`, when it is over.
    template <typename Handler>
    void on_disconnect(Handler&& handler) const {
        on("disconnect", contract::spell_out<ClientSocket&, ClientDisconnectReason>(std::forward<Handler>(handler)));
    }

    /// For a `Task` (include parley/task.hpp): the next event of this name, once, beside its handlers.
    ///
    ///     auto next = client.next<std::string>("chat message");
    ///     parley::Result<std::string> text = co_await next;
    ///
    /// Of several types it is a tuple, of none all `Arguments`. It waits also over times without a connection. Dropped
    /// before it has come, it is forgotten.
    using Listening::next;
    /// For a `Task`: until the server has let it in, at once where it has. `co_await` gives a `Result<void>`: the error
    /// is that the server has refused it, or could not be reached and will not be tried again.
    template <typename Nothing = void>
    [[nodiscard]] auto when_connected() const {
        return task::Asking<Nothing>::connect(*this);
    }
    /// For `spawn`: where its tasks run.
    [[nodiscard]] task::Home task_home() const;

    /// Joins the namespace (again). Nothing happens where it is active already.
    void connect() const;
    /// Leaves the namespace; nothing is tried again until `connect()`. The connection goes with the last namespace.
    /// False when it was not active.
    Done disconnect() const;

    explicit operator bool() const noexcept { return static_cast<bool>(core_); }
    bool operator==(const ClientSocket& other) const noexcept { return core_ == other.core_; }

 private:
    template <typename, typename>
    friend class contract::Listening;
    template <typename>
    friend class contract::Emitting;
    template <typename>
    friend struct contract::SenderToOne;
    template <typename...>
    friend struct task::Asking;
    friend class client::SocketCore;

    [[nodiscard]] contract::SenderToOne<ClientSocket> sender() const { return {*this}; }
    [[nodiscard]] bool is_reachable() const;
    bool send_event(std::string_view event, const contract::EncodedArguments& arguments,
                    contract::AckCallback callback) const;
    void register_handler(std::string_view event, contract::EventHandler handler, contract::Calls calls) const;
    void add_any_handler(contract::EventHandler handler, contract::Place place) const;
    void add_outgoing_handler(contract::EventHandler handler, contract::Place place) const;
    void add_waiter(std::string_view event, const void* waiter, contract::EventHandler handler) const;
    void remove_waiter(std::string_view event, const void* waiter) const;
    void add_connect_waiter(const void* waiter, Function<void(const Error*)> done) const;

    Reference<client::SocketCore> core_;
    std::chrono::milliseconds timeout_{-1};
    bool is_volatile_ = false;
    bool compress_ = true;
};

}  // namespace parley
