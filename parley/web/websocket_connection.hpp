// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "parley/base/backlog.hpp"
#include "parley/base/shared_buffer.hpp"
#include "parley/base/time.hpp"
#include "parley/web/connection.hpp"
#include "parley/websocket/close_cause.hpp"
#include "parley/websocket/connection.hpp"

namespace parley::web {

/// The limits of one WebSocket connection.
struct WebSocketConnectionOptions {
    websocket::Connection::Options machine;       ///< inbound: message size, fragments, rates
    std::size_t outbound_bytes_soft = 64 * 1024;  ///< more waiting: `is_writable()` is false
    /// More waiting behind what filled the empty outbox in one turn: a slow consumer, closed.
    std::size_t outbound_bytes_max = 1024 * 1024;
    std::size_t turn_bytes_max = 64 * 1024 * 1024;      ///< what one turn says beyond them, or one message, counts, too
    Duration stall_timeout = std::chrono::seconds(15);  ///< nothing of what waits was taken: a slow consumer, closed
    Duration close_timeout =
        std::chrono::seconds(5);                ///< for the goodbye to a slow consumer, then the connection is cut
    Duration ping_interval = Duration::zero();  ///< silence after which to ping; zero: never
    Duration ping_timeout = std::chrono::seconds(20);           ///< further silence after which the connection is cut
    std::shared_ptr<websocket::DeflatePool> deflate = nullptr;  ///< null: no compression is agreed to
};

/// Many connections share them, and each keeps them for as long as it needs them.
using SharedWebSocketOptions = std::shared_ptr<const WebSocketConnectionOptions>;

using parley::WebSocketCloseCause;

/// What happens on a WebSocket connection, told to whoever accepted it.
class WebSocketListener {
 public:
    /// A message. Its views are valid during the call.
    virtual void on_message(websocket::Message message) = 0;
    /// The last call, exactly once, never from inside a member of the connection; the connection must not be used
    /// afterwards. `code` is 1005 if the peer gave none and 1006 if it said no goodbye (RFC 6455 §7.1.5).
    virtual void on_closed(std::uint16_t code, std::string_view reason, WebSocketCloseCause cause) = 0;

 protected:
    ~WebSocketListener() = default;
};

/// One upgraded TCP connection: the WebSocket machine, its stream, and the bound on what waits to be sent.
///
/// Senders append to the stream's outbox, which leaves once at the end of the turn; they return false, and do nothing,
/// after the closing began. Pointers are valid until `on_closed`. Loop-affine.
class WebSocketConnection final : public Connection {
 public:
    WebSocketConnection(ConnectionTable& table, std::unique_ptr<net::Stream> stream, SharedWebSocketOptions options,
                        WebSocketListener& listener);

    bool send_text(std::string_view text, websocket::Compress compress = websocket::Compress::yes);
    /// One text message of `prefix` and `text`, without joining them first.
    bool send_text(char prefix, std::string_view text, websocket::Compress compress = websocket::Compress::yes);
    bool send_binary(std::string_view octets, websocket::Compress compress = websocket::Compress::yes);
    /// Whole frames that many connections share; they are referred to, not copied.
    bool send_encoded(const SharedBuffer& frames);
    bool ping(std::string_view payload = {});

    /// Begins the closing handshake; `on_closed` follows when it is over. A code that cannot be sent becomes 1000
    /// without a reason; a reason is cut to 123 octets, and left out if it is not UTF-8.
    void close(std::uint16_t code = 1000, std::string_view reason = {});
    /// Cuts the connection: `on_closed` follows soon, with `closed_by_us`.
    void terminate();

    /// Octets that wait to be taken by the kernel.
    [[nodiscard]] std::size_t buffered_bytes() const;
    /// Gives back what is kept for the next small message, and a compressor that has had nothing to do: there has been
    /// none for a while.
    void trim() noexcept {
        if (is_present()) stream().outbox().trim();
        if (machine_.deflate() != nullptr) machine_.deflate()->trim();
    }
    /// False when more than the soft limit waits: a good moment to leave out what is dispensable.
    [[nodiscard]] bool is_writable() const {
        return is_open() && buffered_bytes() <= options_->outbound_bytes_soft && !memory().is_scarce();
    }
    /// True until the closing begins, on whichever side.
    [[nodiscard]] bool is_open() const { return stage_ == Stage::open; }

    /// The handshake has agreed to compression. Before the first message, in either direction.
    void use_deflate(std::unique_ptr<websocket::DeflateExtension> deflate) noexcept {
        machine_.use_deflate(std::move(deflate));
    }
    /// Null: nothing is compressed.
    [[nodiscard]] websocket::DeflateExtension* deflate() const noexcept { return machine_.deflate(); }

    /// Bytes that came behind the upgrade request; they are copied, and received soon, before any others.
    void start(std::span<char> early_bytes);

    // net::StreamHandler
    void on_data(std::span<char> bytes) override {
        contain([&] { receive(bytes); });
    }
    std::span<char> receive_window() override;
    void on_end() override {
        contain([this] { receive_end(); });
    }
    void on_drained() override {
        if (behind_ > 0) note_caught_up();
    }
    void on_closed(std::optional<Error> /*error*/) override {
        contain([this] { handle_lost(); });
    }

    // Connection
    void begin_shutdown() override { close(1001, "going away"); }
    void resume() override;
    void handle_timer() override;
    void abandon() override;
    void shed() override;

 private:
    enum class Stage : std::uint8_t {
        open,
        closing,        ///< our Close frame is sent, or the peer's has come
        slow_consumer,  ///< to be ended soon: too much waits
        terminating,    ///< to be ended soon: `terminate()` was called
        ended,          ///< the listener has been told; what waits may still leave
    };

    void receive(std::span<char> bytes);
    void receive_end();
    void handle_lost();

    [[nodiscard]] bool is_receiving() const { return stage_ == Stage::open || stage_ == Stage::closing; }
    void drain_events();
    void pause();
    /// Calls `append`, which puts something into the outbox if this is open and the peer not too far behind. A message
    /// that is lost because memory is ends the connection: what comes behind it would not be what was said.
    template <typename Append>
    bool send(Append&& append);
    /// Whether this is open and the peer not too far behind; one that is begins to be ended.
    bool may_send();
    bool may_send_behind(std::size_t behind);
    void note_caught_up();
    void after_send();

    void finish(std::uint16_t code, std::string_view reason, WebSocketCloseCause cause);
    void cut(std::uint16_t code, std::string_view reason, WebSocketCloseCause cause);
    void tell(std::uint16_t code, std::string_view reason, WebSocketCloseCause cause);

    [[nodiscard]] TimePoint deadline() const;
    [[nodiscard]] bool pings() const;
    [[nodiscard]] TimePoint silence_deadline() const;
    void schedule_timer();

    std::uint32_t behind_ = 0;  // octets, when something was last sent; nothing when the outbox is empty
    Stage stage_ = Stage::open;
    bool is_pinged_ = false;
    bool is_paused_ = false;  // what the machine has kept unread is gone on with in the next turn
    const SharedWebSocketOptions options_;
    WebSocketListener* listener_;
    websocket::Connection machine_;
    Backlog backlog_;
    TimePoint last_received_;
    TimePoint end_deadline_ = no_deadline;
};

}  // namespace parley::web
