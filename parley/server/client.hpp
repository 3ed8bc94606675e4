// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "parley/base/reference.hpp"
#include "parley/contract/arguments.hpp"
#include "parley/engine/session.hpp"
#include "parley/json.hpp"
#include "parley/net/timer.hpp"
#include "parley/server/socket_core.hpp"
#include "parley/socketio/connection.hpp"
#include "parley/socketio/packet.hpp"

namespace parley::server::detail {

class ServerCore;

/// One connected client: where Engine.IO and Socket.IO meet.
///
/// The session brings messages; the Socket.IO connection says what they mean; this hands each to its socket, and sends
/// what sockets say. Owned by the server, lives until its session is closed. Belongs to the loop.
class Client final : public engine::SessionListener {
 public:
    Client(ServerCore& server, engine::Session& session, std::uint64_t number);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    /// Which client of its server this is, counted from 1.
    [[nodiscard]] std::uint64_t number() const noexcept { return number_; }

    [[nodiscard]] const std::shared_ptr<const Handshake>& handshake() const;
    [[nodiscard]] engineio::Transport transport() const noexcept { return session_.transport(); }
    [[nodiscard]] bool is_open() const noexcept { return session_.is_open(); }
    [[nodiscard]] bool writable() const noexcept { return session_.writable(); }
    [[nodiscard]] const std::vector<Reference<SocketCore>>& sockets() const noexcept { return sockets_; }

    /// One that several get, of which their namespace tells the observer.
    void send(const engine::Message& message) { session_.send(message); }
    /// Sends an event or an acknowledgement; `packet` says which, `arguments` what it carries.
    void send(socketio::Packet packet, const EncodedArguments& arguments, bool compress = true);

    /// Answers the CONNECT of a socket. False when nobody waits for the answer any more.
    bool accept(SocketCore& socket);
    void refuse(SocketCore& socket, std::string_view message, const Json& data);
    /// Puts a socket out of its namespace; the connection stays.
    void disconnect_socket(SocketCore& socket);
    /// Puts all sockets out of their namespaces and closes the connection.
    void disconnect();
    /// All sockets end with this reason; the peer is told nothing.
    void end_sockets(DisconnectReason reason);
    /// The server goes away.
    void abandon();

    // engine::SessionListener
    void on_message(engineio::Message message) override;
    void on_upgraded() override;
    void on_closed(const engineio::Closed& closed) override;

 private:
    void handle_events();
    void handle(const socketio::Event& event);
    void handle_connect(const socketio::Event& event);
    void handle_deadline();
    void send_text(std::string_view text, bool compress = true);
    void tell_sent(std::string_view message) const noexcept;
    void forget(const SocketCore& socket);
    void arm_timer();

    ServerCore& server_;
    engine::Session& session_;
    const std::uint64_t number_;
    socketio::Connection connection_;
    std::vector<Reference<SocketCore>> sockets_;  // those that wait to be admitted, too
    std::unique_ptr<net::Timer> timer_;           // while there is a deadline: an idle client has none
    TimePoint armed_for_ = no_deadline;
};

}  // namespace parley::server::detail
