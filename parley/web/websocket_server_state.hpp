// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/handler_slot.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/turn_task.hpp"
#include "parley/web/error_reporter.hpp"
#include "parley/web/mount.hpp"
#include "parley/web/path_pattern.hpp"
#include "parley/web/websocket_server.hpp"
#include "parley/web/websocket_state.hpp"

namespace parley::web {

/// What a `WebSocketServer` is made of: its handlers, its connections, its place on an application.
class WebSocketServerState final : public UpgradeHandler {
 public:
    /// On any path, of an application of its own.
    explicit WebSocketServerState(WebSocketServerOptions options);
    WebSocketServerState(Application& application, std::string_view path, WebSocketServerOptions options);
    ~WebSocketServerState() override;
    /// The handle goes away: now, or inside a turn, where a handler of this server may be what destroys it, at its end.
    static void destroy(WebSocketServerState* state);

    /// Sets one of these, on the loop's thread. `member` is the program's word for it.
    template <typename Signature>
    void set_handler(const char* member, HandlerSlot<Signature> WebSocketServerState::* slot,
                     Function<Signature> handler) {
        net::keep(*gate_, handler);
        if (net::may_call(*gate_, member)) {
            this->*slot = std::move(handler);
            return;
        }
        gate_->post([this, alive = std::weak_ptr<const bool>(alive_), slot, handler = std::move(handler)]() mutable {
            if (!alive.expired()) this->*slot = std::move(handler);
        });
    }
    HandlerSlot<WebSocketVerdict(const Request&)> verify;
    HandlerSlot<void(WebSocket&, const Request&)> on_connection;
    HandlerSlot<void(WebSocket&, WebSocketMessage)> on_message;
    HandlerSlot<void(WebSocket&, std::uint16_t, std::string_view)> on_close;
    void set_error_hook(Function<void(const HandlerFailure&)> hook);

    [[nodiscard]] bool has_application() const { return application_ != nullptr; }
    /// Only while there is one.
    [[nodiscard]] Application& application() { return *application_; }
    [[nodiscard]] const std::shared_ptr<net::LoopGate>& gate() const { return gate_; }
    [[nodiscard]] const std::vector<WebSocket>& sockets() const { return sockets_; }

    /// Any thread.
    void broadcast(std::string_view data, bool is_binary);

    // From a connection.
    void forget(WebSocketState& socket);
    /// Calls a user's function; what it throws is reported.
    template <typename Call>
    bool contain(std::string_view where, Call&& call) {
        try {
            call();
            return true;
        } catch (...) {
            report_current(where);
            return false;
        }
    }

    /// Reports what the program asked for and cannot be. Any thread.
    void report(std::string_view where, std::string_view message);

    // UpgradeHandler
    [[nodiscard]] bool matches(std::string_view path) const override;
    void handle_upgrade(Request& request, Upgrade upgrade) override;
    void handle_retire() override { application_ = nullptr; }
    void handle_detach() override;

 private:
    void retire();
    void cut();
    void send_to_all(const SharedBuffer& frame);
    void report_current(std::string_view where);
    [[nodiscard]] bool is_origin_allowed(const Request& request) const;

    const WebSocketServerOptions options_;
    const SharedWebSocketOptions connection_options_;
    const std::optional<PathPattern> path_;  // none: any
    std::unique_ptr<Application> own_application_;
    Application* application_;  // null when it has gone
    net::Loop& loop_;
    bool is_detached_ = false;  // the loop may have gone, too
    std::shared_ptr<net::LoopGate> gate_;
    std::unique_ptr<ErrorReporter> errors_;  // with a hook of its own
    std::vector<WebSocket> sockets_;
    std::uint64_t next_id_ = 1;
    std::shared_ptr<const bool> alive_ = std::make_shared<bool>(true);
    std::optional<net::TurnTask> end_;  // once the handle is gone; what runs just now comes to its end
};

/// What is said of text that cannot be sent as such.
inline constexpr std::string_view not_utf8 =
    "the text is not UTF-8, so it was not sent: octets go with send_binary(), and a message that came, text or binary, "
    "with send(WebSocketMessage)";

}  // namespace parley::web
