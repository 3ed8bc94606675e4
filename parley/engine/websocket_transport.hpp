// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include "parley/engine/message.hpp"
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

    /// Gives back what an idle connection need not own.
    void trim() noexcept { connection_->trim(); }
    /// Sends a message: by reference where it has forms, else written into the outbox.
    void send(const Message& message, const Wire& wire) {
        if (connection_->deflate() != nullptr) {
            send_compressed(message, wire);
        } else if (message.forms != nullptr) {
            connection_->send_encoded(message.forms->frames(message.packets, wire));
        } else {
            for (const engineio::Packet& packet : message.packets)
                write(packet, wire);
        }
    }

    // web::WebSocketListener
    void on_message(websocket::Message message) override;
    void on_closed(std::uint16_t code, std::string_view reason, web::WebSocketCloseCause cause) override;

 private:
    WebSocketTransport() = default;

    void send_compressed(const Message& message, const Wire& wire);
    void write(const engineio::Packet& packet, const Wire& wire) {
        const auto compress = packet.compress ? websocket::Compress::yes : websocket::Compress::no;
        if (!packet.is_binary) {
            connection_->send_text(engineio::to_char(packet.type), packet.data, compress);
        } else if (wire.takes_binary) {
            connection_->send_binary(packet.data, compress);
        } else {
            write_base64(packet);
        }
    }
    void write_base64(const engineio::Packet& packet);

    web::WebSocketConnection* connection_ = nullptr;
    Session* session_ = nullptr;
};

}  // namespace parley::engine
