// SPDX-License-Identifier: MIT
#include "parley/engine/websocket_transport.hpp"

#include <algorithm>
#include <string>

#include "parley/engine/session.hpp"
#include "parley/engineio/payload.hpp"
#include "parley/websocket/close_code.hpp"

namespace parley::engine {

namespace {

engineio::Closed closed_because(web::WebSocketCloseCause cause) {
    switch (cause) {
        case web::WebSocketCloseCause::protocol_error:
            return {engineio::CloseReason::transport_error, "WebSocket protocol error"};
        case web::WebSocketCloseCause::slow_consumer:
            return {engineio::CloseReason::slow_consumer, "too much waits for the WebSocket"};
        case web::WebSocketCloseCause::timed_out:
            return {engineio::CloseReason::transport_error, "WebSocket timeout"};
        case web::WebSocketCloseCause::closed_by_peer:
        case web::WebSocketCloseCause::closed_by_us:
        case web::WebSocketCloseCause::connection_lost:
            break;
    }
    return {engineio::CloseReason::transport_close, "WebSocket closed"};
}

}  // namespace

WebSocketTransport::Accepted WebSocketTransport::accept(web::Upgrade& upgrade,
                                                        const web::SharedWebSocketOptions& options) {
    std::unique_ptr<WebSocketTransport> websocket(new WebSocketTransport);
    websocket->connection_ = upgrade.accept(options, *websocket);
    if (websocket->connection_ == nullptr) return nullptr;
    return Accepted(websocket.release());
}

void WebSocketTransport::release() {
    session_ = nullptr;
    connection_->close(static_cast<std::uint16_t>(websocket::CloseCode::no_status));
}

void WebSocketTransport::write_base64(const engineio::Packet& packet) {
    std::string record;
    engineio::append_record(record, packet);
    connection_->send_text(record, packet.compress ? websocket::Compress::yes : websocket::Compress::no);
}

// What is compressed in view of what was said before is compressed for each; all else goes by reference.
void WebSocketTransport::send_compressed(const Message& message, const Wire& wire) {
    const websocket::DeflateExtension& deflate = *connection_->deflate();
    const bool is_worth = std::ranges::any_of(
        message.packets, [&](const engineio::Packet& packet) { return is_worth_compressing(packet, deflate); });
    if (message.forms == nullptr || (is_worth && !deflate.is_shared())) {
        for (const engineio::Packet& packet : message.packets)
            write(packet, wire);
    } else if (is_worth) {
        connection_->send_encoded(message.forms->compressed_frames(message.packets, wire, deflate));
    } else {
        connection_->send_encoded(message.forms->frames(message.packets, wire));
    }
}

void WebSocketTransport::on_message(websocket::Message message) {
    if (session_ != nullptr) session_->handle_frame(*this, message);
}

void WebSocketTransport::on_closed(std::uint16_t, std::string_view, web::WebSocketCloseCause cause) {
    const std::unique_ptr<WebSocketTransport> self(this);
    if (session_ != nullptr) session_->handle_websocket_closed(*this, closed_because(cause));
}

}  // namespace parley::engine
