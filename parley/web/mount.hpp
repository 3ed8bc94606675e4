// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "parley/http/request_head.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"
#include "parley/web/websocket_connection.hpp"
#include "parley/websocket/handshake.hpp"

namespace parley::web {

class ApplicationState;

/// A request to become a WebSocket, to be accepted or refused once, at once or later.
///
/// Move-only; one that goes away undecided is refused with 500. When the peer has gone meanwhile, deciding does
/// nothing.
class Upgrade {
 public:
    explicit Upgrade(Response response) noexcept : response_(std::move(response)) {}
    Upgrade(Upgrade&&) noexcept = default;
    Upgrade& operator=(Upgrade&&) noexcept = default;
    Upgrade(const Upgrade&) = delete;
    Upgrade& operator=(const Upgrade&) = delete;

    /// Whether a request with this head is one.
    [[nodiscard]] static bool is_wanted(const http::RequestHead& head) {
        return head.wants_upgrade() && head.lists("Upgrade", "websocket");
    }

    [[nodiscard]] bool is_open() const { return response_.is_open(); }
    /// Calls `handler` if the peer goes away before the decision.
    void on_abort(Function<void()> handler) const { response_.on_abort(std::move(handler)); }

    /// Judges the handshake: false if it is wrong (the peer was then answered 400, 405 or 426) or the peer gone.
    /// `accept` asks too; ask before a program's own code sees the request.
    [[nodiscard]] bool check();

    /// Chooses the subprotocol that `accept` agrees to: the first of the peer's list that `supported` has, as a view
    /// into it; empty without one. Only after `check`.
    std::string_view choose_subprotocol(std::span<const std::string> supported);

    /// Answers 101, with the headers that were set of the response beside the handshake's own, and returns the
    /// connection, which talks to `listener` from the end of this turn on. Null if `check` says no. `listener` must
    /// live until `on_closed`.
    WebSocketConnection* accept(SharedWebSocketOptions options, WebSocketListener& listener);

    /// Answers with an HTTP status instead, and closes the connection.
    void refuse(int status, std::string_view content_type, std::string_view body);

 private:
    [[nodiscard]] std::unique_ptr<websocket::DeflateExtension> agree_on_deflate(websocket::DeflatePool* pool);

    Response response_;
    std::optional<websocket::HandshakeAnswer> handshake_;  // once it has been judged
};

/// What takes the WebSocket upgrades of some paths.
class UpgradeHandler {
 public:
    UpgradeHandler() = default;
    UpgradeHandler(const UpgradeHandler&) = delete;
    UpgradeHandler& operator=(const UpgradeHandler&) = delete;
    /// Unmounts it.
    virtual ~UpgradeHandler();

    /// Whether requests for this path (not decoded) come here.
    [[nodiscard]] virtual bool matches(std::string_view path) const = 0;
    virtual void handle_upgrade(Request& request, Upgrade upgrade) = 0;

    /// The application begins to stop: answer what is held, say goodbye.
    virtual void handle_stop() {}
    /// One of its handlers has destroyed the application, which is not to be called any more. Its connections are cut,
    /// and `handle_detach` follows, when the turn of the loop ends.
    virtual void handle_retire() {}
    /// The application is gone; its connections have been cut (`on_closed` was called for each) and nothing of it may
    /// be used any more.
    virtual void handle_detach() {}

 private:
    friend class ApplicationState;
    ApplicationState* home_ = nullptr;  // while it is mounted
};

/// What answers all requests of some paths, asked before the routes and middlewares.
class Mount : public UpgradeHandler {
 public:
    /// How long a body may be, asked when the head is complete; a longer one is answered 413.
    [[nodiscard]] virtual std::size_t body_bytes_max(const http::RequestHead& head) const = 0;
    /// Whether a long body is worth waiting for, asked when the head is complete. If not, the request is handled at
    /// once, without its body, and the connection closes behind the answer.
    [[nodiscard]] virtual bool wants_body(const http::RequestHead& /*head*/) const { return true; }
    /// Which of the application's loops has what a request with this head is about, asked when the head is complete;
    /// its connection moves there. Nothing: any loop will do.
    [[nodiscard]] virtual std::optional<std::size_t> home(const http::RequestHead& /*head*/) const {
        return std::nullopt;
    }
    /// A request whose body is longer than `body_bytes_max`; it was not read. Answered 413 unless overridden, and the
    /// connection closes behind the answer.
    virtual void handle_too_large(Request& request, Response response);
    /// A complete request. The response may be kept and completed later.
    virtual void handle_request(Request& request, Response response) = 0;
};

}  // namespace parley::web
