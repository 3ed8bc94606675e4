// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

#include "parley/base/reference.hpp"
#include "parley/contract/handler.hpp"

/// The handlers of parley/contract where they are a client's: what they take for a socket, and where answers go.
namespace parley {
class ClientSocket;
namespace socketio {
struct Event;
}
}  // namespace parley

namespace parley::client {

class SocketCore;
void retain(SocketCore*) noexcept;
void release(SocketCore*) noexcept;

/// One event of the server on its way into its handlers.
class SocketInvocation final : public contract::Invocation {
 public:
    using Handle = ClientSocket;
    using Owned = Reference<SocketCore>;

    /// `event` is one that was received, or a moment; its views live as long as this.
    SocketInvocation(SocketCore& socket, const socketio::Event& event);

    [[nodiscard]] Owned socket() const { return Owned(&socket_); }
    /// A handle that lives as long as the client does: what a handler that takes `ClientSocket&` is given.
    [[nodiscard]] ClientSocket& lasting_socket() const;
    [[nodiscard]] contract::ArgumentReader arguments() const;
    [[nodiscard]] task::Home task_home() const;

 private:
    [[nodiscard]] Reference<contract::AckCore> make_ack() override;
    void send_answer(const contract::EncodedArguments& arguments) override;
    void tell_mismatch(std::string_view reason) override;
    void tell_exception() override;
    void tell_lost_answer() override;

    const socketio::Event& event_;
    SocketCore& socket_;
};

}  // namespace parley::client
