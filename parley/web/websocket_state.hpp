// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "parley/base/handler_slot.hpp"
#include "parley/base/typed_states.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/web/websocket_connection.hpp"
#include "parley/web/websocket_server.hpp"

namespace parley::web {

/// What the `WebSocket` handles of one connection share: its listener, and the way to it from any thread. Owned by the
/// handles (the server's list has one) and, until it is closed, by the connection.
class WebSocketState final : public WebSocketListener {
 public:
    WebSocketState(WebSocketServerState& server, const Request& request, std::uint64_t id, std::string subprotocol);
    WebSocketState(const WebSocketState&) = delete;
    WebSocketState& operator=(const WebSocketState&) = delete;

    void retain() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }
    void release() noexcept {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
    }
    [[nodiscard]] WebSocket handle() { return WebSocket(*this); }
    /// The handle that the handlers get: it lasts as long as they do and what they hand over, so that all this may
    /// capture it by reference. Not counted.
    [[nodiscard]] WebSocket& lasting_handle() { return lasting_handle_; }
    [[nodiscard]] net::Lender lender() noexcept;
    [[nodiscard]] bool lends(const WebSocket& handle) const { return &handle == &lasting_handle_; }
    [[nodiscard]] static WebSocketState& of(const WebSocket& socket) { return *socket.state_; }

    // Any thread.
    [[nodiscard]] net::LoopGate& gate() const { return *gate_; }
    /// False, and reported, for text that is not UTF-8.
    bool send_text(std::string_view text, WebSocketSendOptions options);
    bool send_binary(std::string_view octets, WebSocketSendOptions options) {
        return send(octets, Kind::binary, options);
    }
    bool ping(std::string_view payload);
    void close(std::uint16_t code, std::string_view reason);
    void terminate();
    [[nodiscard]] bool is_open() const { return is_open_.load(std::memory_order_acquire); }

    const std::uint64_t id;
    const std::string url;
    const std::string remote_address;
    const std::string subprotocol;

    // The loop's thread.
    /// From now on there is a connection to send to.
    void attach(WebSocketConnection& connection);
    /// The server is gone: nobody is told anything any more.
    void detach_server() { server_ = nullptr; }
    [[nodiscard]] WebSocketConnection* connection() const { return connection_; }
    void set_message_handler(Function<void(WebSocket&, WebSocketMessage)> handler);
    void set_close_handler(Function<void(WebSocket&, std::uint16_t, std::string_view)> handler);

    /// The program's own.
    [[nodiscard]] Json& data();
    /// Its object of a type; null once the end was told.
    [[nodiscard]] void* state(const StateType& type);

    /// Where the server's list has this one.
    std::size_t index = 0;

    // WebSocketListener
    void on_message(websocket::Message message) override;
    void on_closed(std::uint16_t code, std::string_view reason, WebSocketCloseCause cause) override;

 private:
    struct Handlers {
        HandlerSlot<void(WebSocket&, WebSocketMessage)> on_message;
        HandlerSlot<void(WebSocket&, std::uint16_t, std::string_view)> on_close;
    };

    struct Belongings {
        Json data;
        TypedStates states;
    };

    ~WebSocketState();
    Handlers& handlers();
    Belongings& belongings();
    void forget_states() noexcept;
    enum class Kind : bool { text, binary };
    bool send(std::string_view octets, Kind kind, WebSocketSendOptions options);
    void end_soon();
    void end();
    void tell_closed(std::uint16_t code, std::string_view reason);
    template <typename Work>
    bool post(Work&& work);
    void report_invalid_text();

    std::atomic<std::uint32_t> references_ = 0;
    std::atomic<bool> is_open_ = false;
    const std::shared_ptr<net::LoopGate> gate_;
    WebSocketServerState* server_;
    WebSocketConnection* connection_ = nullptr;
    std::unique_ptr<Handlers> handlers_;      // few connections have their own
    std::unique_ptr<Belongings> belongings_;  // nor this
    std::uint32_t keepers_ = 0;               // functions to be called later that may refer to what was lent
    bool is_over_ = false;
    WebSocket lasting_handle_;
};

}  // namespace parley::web
