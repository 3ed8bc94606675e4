// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/counted.hpp"
#include "parley/base/reference.hpp"
#include "parley/base/typed_states.hpp"
#include "parley/contract/ack_callback.hpp"
#include "parley/contract/handler_table.hpp"
#include "parley/engine/handshake.hpp"
#include "parley/engine/message.hpp"
#include "parley/engineio/options.hpp"
#include "parley/json.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/timer.hpp"
#include "parley/server/handler.hpp"
#include "parley/socketio/connection.hpp"
#include "parley/socketio/disconnect_reason.hpp"
#include "parley/socketio/pending_acks.hpp"

namespace parley {
class Socket;
}

namespace parley::server::detail {

class Client;
class NamespaceCore;
class ServerCore;

void retain(NamespaceCore*) noexcept;
void release(NamespaceCore*) noexcept;

/// What a callback hears whose socket is gone.
inline constexpr std::string_view disconnected_message = "socket has been disconnected";

/// How one event is sent to one client.
struct EmitOptions {
    std::chrono::milliseconds timeout{-1};  ///< for the acknowledgement; negative: the server's
    bool is_volatile = false;
    bool compress = true;
};

/// What the handles of one socket refer to: a client's membership in one namespace, from its CONNECT to its end.
///
/// | Stage | Begins with | Emits | Events come |
/// |---|---|---|---|
/// | admitting | CONNECT received; the middlewares are asked | no | no |
/// | connected | `admit` | yes | yes |
/// | leaving | `leave`: the rooms are still there | no | no |
/// | gone | rooms and handlers are dropped, acknowledgements have failed | no | no |
///
/// What the client said about itself may be read on any thread; everything else belongs to the loop.
class SocketCore final : public Counted {
 public:
    struct Start {
        NamespaceCore& nsp;
        Client& client;
        std::string id;
        Json auth;
    };
    explicit SocketCore(Start start);
    ~SocketCore();

    // Any thread.
    [[nodiscard]] const std::string& id() const noexcept { return id_; }
    [[nodiscard]] const Handshake& handshake() const noexcept { return *handshake_; }
    [[nodiscard]] const Json& auth() const noexcept { return auth_; }
    [[nodiscard]] NamespaceCore& nsp() const noexcept { return *nsp_; }
    [[nodiscard]] bool connected() const noexcept { return connected_.load(std::memory_order_acquire); }
    [[nodiscard]] net::LoopGate& gate() const noexcept;
    /// False when it is certain that nothing can be sent any more.
    [[nodiscard]] bool is_reachable() const noexcept;

    /// A handle of this socket that stays where it is for as long as the socket has handlers, and as long as anything
    /// that these handed over is still to be called. Assigning to it does nothing.
    [[nodiscard]] Socket& lasting_handle();
    [[nodiscard]] bool lends(const Socket& handle) const noexcept { return &handle == lasting_handle_.get(); }
    [[nodiscard]] net::Lender lender() noexcept;

    [[nodiscard]] Json& data() noexcept { return data_; }
    /// The program's object of a type; null once the socket is over.
    [[nodiscard]] void* state(const StateType& type);
    [[nodiscard]] engineio::Transport transport() const;
    [[nodiscard]] socketio::SocketHandle handle() noexcept;
    [[nodiscard]] static SocketCore& from(socketio::SocketHandle handle) noexcept;

    bool join(std::span<const std::string> rooms);
    bool leave_rooms(std::span<const std::string> rooms);
    [[nodiscard]] std::vector<std::string> rooms() const;

    void add_handler(std::string_view event, EventHandler handler, bool once);
    void add_any_handler(EventHandler handler, bool in_front);
    /// One for the next event only, that `waiter` stands for.
    void add_waiter(std::string_view event, const void* waiter, EventHandler handler);
    void remove_waiter(std::string_view event, const void* waiter);
    void remove_any_handlers();
    void remove_handlers(std::string_view event);

    /// Emits to this client. False, and the callback has failed or will: see `Socket::emit`.
    bool emit(const EncodedArguments& arguments, const EmitOptions& options, AckCallback callback);
    /// Sends what a broadcast says.
    bool deliver(const engine::Message& message, bool is_volatile);
    /// Waits for an acknowledgement; false, and the callback is left, when too many are outstanding.
    bool expect_ack(std::uint64_t id, std::chrono::milliseconds timeout, AckCallback&& callback);
    bool send_ack(std::uint64_t id, const EncodedArguments& arguments);
    /// Inside a catch block.
    void report_exception(std::string_view event) noexcept;
    /// Nobody can answer any more: the client gets an error.
    void fail_answer(std::uint64_t id);
    /// Any thread: fails a callback in a later turn.
    void fail_later(AckCallback callback, ErrorCode code, std::string message);
    bool disconnect(bool close);

    // The life of the socket, told by its client and by the middlewares.
    void admit();
    void refuse(std::string_view message, const Json& data);
    void receive_event(const socketio::Event& event);
    void receive_ack(const socketio::Event& event);
    /// The client is out of the namespace.
    void leave(DisconnectReason reason);
    /// The server goes away: nobody is told.
    void abandon();

 private:
    enum class Stage : std::uint8_t { admitting, connected, leaving, gone };

    struct Handlers {
        HandlerTable events;
        HandlerTable moments;  // disconnecting, disconnect
    };
    struct AckTable {
        AckTable(net::Loop& loop, std::size_t outstanding_max, Function<void()> on_expired)
            : pending(outstanding_max), timer(loop, std::move(on_expired)) {}
        socketio::PendingAcks<AckCallback> pending;
        net::Timer timer;
    };

    Handlers& handlers();
    void announce(std::string_view moment, std::optional<DisconnectReason> reason);
    void forget_handlers();
    void end_soon();
    void end();
    void release_kept() noexcept;
    void fail_overdue_acks();
    void fail_acks();
    void call_ack(AckCallback& callback, AckOutcome& outcome);

    const Reference<NamespaceCore> nsp_;
    Client* client_;  // null when it is gone
    const std::string id_;
    const std::shared_ptr<const Handshake> handshake_;
    const Json auth_;
    Json data_;
    TypedStates states_;
    std::atomic<unsigned> keepers_ = 0;  // functions to be called later that may refer to what was lent
    bool is_over_ = false;
    std::unique_ptr<Handlers> handlers_;
    std::unique_ptr<Socket> lasting_handle_;  // keeps this, until the socket is gone
    std::unique_ptr<AckTable> acks_;
    std::vector<std::string> rooms_to_join_;  // asked for by middlewares, before there is a membership
    Stage stage_ = Stage::admitting;
    std::atomic<bool> connected_ = false;
};

}  // namespace parley::server::detail
