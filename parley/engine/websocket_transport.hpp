// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "parley/base/shared_buffer.hpp"
#include "parley/engineio/packet.hpp"
#include "parley/web/mount.hpp"
#include "parley/web/websocket_connection.hpp"
#include "parley/websocket/message.hpp"

namespace parley::engine {

class Session;

/// One WebSocket that came to the engine: the transport of a session, the probe of an upgrade, or neither any more.
///
/// It owns itself, because a WebSocket whose session is over still says goodbye: it ends with its connection, and its
/// session only points to it until `release`.
class WebSocketTransport final : public web::WebSocketListener {
 public:
    struct Release {
        void operator()(WebSocketTransport* websocket) const { websocket->release(); }
    };
    /// One that no session has taken yet.
    using Accepted = std::unique_ptr<WebSocketTransport, Release>;
    /// Accepts the upgrade; null when there was nothing to accept, and the peer has had its answer.
    static Accepted accept(web::Upgrade& upgrade, const web::SharedWebSocketOptions& options);

    virtual ~WebSocketTransport() = default;
    WebSocketTransport(const WebSocketTransport&) = delete;
    WebSocketTransport& operator=(const WebSocketTransport&) = delete;

    void set_session(Session& session) noexcept { session_ = &session; }

    /// The session does not want it any more: it closes without a code, as the official server does.
    void release();

    [[nodiscard]] bool is_open() const { return connection_->is_open(); }
    [[nodiscard]] bool is_writable() const { return connection_->is_writable(); }

    /// Sends whole frames by reference.
    void send_frames(const SharedBuffer& frames) { connection_->send_encoded(frames); }
    void send_binary(std::string_view octets) { connection_->send_binary(octets); }
    /// Sends a packet that is not binary.
    void send_text(const engineio::Packet& packet) {
        connection_->send_text(engineio::to_char(packet.type), packet.data);
    }
    /// Sends a binary message as text, to a client that takes no binary.
    void send_base64(std::string_view octets);

    // web::WebSocketListener
    void on_message(websocket::Message message) override;
    void on_closed(std::uint16_t code, std::string_view reason, web::WebSocketCloseCause cause) override;

 private:
    WebSocketTransport() = default;

    web::WebSocketConnection* connection_ = nullptr;
    Session* session_ = nullptr;
};

}  // namespace parley::engine
