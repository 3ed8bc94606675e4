// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "parley/base/reference.hpp"
#include "parley/contract/handler.hpp"

/// The handlers of parley/contract where they are a server's: what they take for a socket, and where answers go.
namespace parley {
class Socket;
namespace socketio {
struct Event;
}
}  // namespace parley

namespace parley::server::detail {

using namespace contract;  // whose words are the server's own

class ServerCore;
struct ServerSideQuestion;
class SocketCore;
void retain(SocketCore*) noexcept;
void release(SocketCore*) noexcept;

/// One event on its way into its handlers: of a socket, or of another server, and then there is no socket.
class SocketInvocation final : public Invocation {
 public:
    using Handle = Socket;
    using Owned = Reference<SocketCore>;

    /// `event` is an `event_received`, whose views live as long as this.
    SocketInvocation(SocketCore& socket, const socketio::Event& event);
    SocketInvocation(ServerSideQuestion& question, const socketio::Event& event);

    /// The socket that received the event.
    [[nodiscard]] Owned socket() const { return Owned(socket_); }
    /// A handle of it that lives as long as its handlers do: what a handler that takes `Socket&` is given, so that
    /// handlers which it registers may capture it by reference.
    [[nodiscard]] Socket& lasting_socket() const;
    [[nodiscard]] ArgumentReader arguments() const;
    [[nodiscard]] task::Home task_home() const;

 private:
    [[nodiscard]] Reference<AckCore> make_ack() override;
    void send_answer(const EncodedArguments& arguments) override;
    void tell_mismatch(std::string_view reason) override;
    void tell_exception() override;
    void tell_lost_answer() override;

    [[nodiscard]] ServerCore& server() const;

    const socketio::Event& event_;
    SocketCore* socket_ = nullptr;
    ServerSideQuestion* question_ = nullptr;
};

}  // namespace parley::server::detail
