// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/handler_slot.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/every_loop.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/turn_task.hpp"
#include "parley/web/application_group.hpp"
#include "parley/web/application_state.hpp"
#include "parley/web/broadcast_frames.hpp"
#include "parley/web/error_reporter.hpp"
#include "parley/web/mount.hpp"
#include "parley/web/path_pattern.hpp"
#include "parley/web/websocket_server.hpp"
#include "parley/web/websocket_state.hpp"

namespace parley::web {

class WebSocketServerState;

/// A WebSocket server on all the loops of its application.
struct WebSocketServerGroup {
    std::shared_ptr<ApplicationGroup> application;
    std::vector<WebSocketServerState*> parts;  // the first is that of the handle
    net::LoopGates gates;                      // of the parts; open until the handle goes
    std::atomic<std::uint64_t> last_id = 0;
    std::mutex mutex;  // for who reads the list of a part from elsewhere than its loop, and for its changes
};

/// What a `WebSocketServer` is made of, on one of the loops of its application: its handlers, its connections, its
/// place.
class WebSocketServerState final : public UpgradeHandler {
 public:
    /// On any path, of an application of its own.
    static WebSocketServerState* make(WebSocketServerOptions options);
    static WebSocketServerState* make(Application& application, std::string_view path, WebSocketServerOptions options);
    ~WebSocketServerState() override;
    /// The handle goes away: now, or inside a turn, where a handler of this server may be what destroys it, at its end.
    static void destroy(WebSocketServerState* first);

    /// Sets one of these on every loop. `member` is the program's word for it.
    template <typename Signature>
    void set_handler(const char* member, HandlerSlot<Signature> WebSocketServerState::* slot,
                     Function<Signature> handler) {
        static_cast<void>(is_here(member));
        net::give_to_every_loop(group_->gates, std::move(handler),
                                [group = group_.get(), slot](std::size_t i, Function<Signature> given) {
                                    group->parts[i]->*slot = std::move(given);
                                });
    }
    /// Whether what belongs to the program's threads may be done here; else a debug build ends with a sentence.
    bool is_here(const char* member) const noexcept;

    HandlerSlot<WebSocketVerdict(const Request&)> verify;
    HandlerSlot<void(WebSocket&, const Request&)> on_connection;
    HandlerSlot<void(WebSocket&, WebSocketMessage)> on_message;
    HandlerSlot<void(WebSocket&, std::uint16_t, std::string_view)> on_close;
    void set_error_hook(Function<void(const HandlerFailure&)> hook);

    [[nodiscard]] bool has_application() const { return application_ != nullptr; }
    /// Only while there is one.
    [[nodiscard]] Application& application() { return *application_; }
    [[nodiscard]] const std::shared_ptr<net::LoopGate>& gate() const { return gate_; }
    /// Any thread: how many connections there are on all loops.
    [[nodiscard]] std::size_t size() const;
    /// Any thread: all of them.
    [[nodiscard]] std::vector<WebSocket> sockets() const;

    /// Any thread.
    void broadcast(websocket::Opcode opcode, std::string_view data, WebSocketSendOptions options);

    // From a connection.
    void forget(WebSocketState& socket);
    /// Tells the application's observer.
    template <typename Hook, typename... Given>
    void tell_observer(Hook hook, const Given&... given) const noexcept {
        if (part_ != nullptr) part_->observer.tell(hook, given...);
    }
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
    void handle_retire() override { forget_application(); }
    void handle_detach() override;

 private:
    WebSocketServerState(std::shared_ptr<WebSocketServerGroup> group, ApplicationState& application,
                         std::optional<PathPattern> path, WebSocketServerOptions options);
    static WebSocketServerState* make(Application& application, const std::optional<PathPattern>& path,
                                      const WebSocketServerOptions& options);
    void retire();
    void cut();
    void forget_application() noexcept;
    void send_to_all(const BroadcastMessage& message);
    void report_current(std::string_view where);
    [[nodiscard]] bool is_origin_allowed(const Request& request) const;

    const std::shared_ptr<WebSocketServerGroup> group_;
    const std::size_t index_;  // in the group
    const WebSocketServerOptions options_;
    const SharedWebSocketOptions connection_options_;
    const std::optional<PathPattern> path_;  // none: any
    std::unique_ptr<Application> own_application_;
    Application* application_ = nullptr;  // of the first part; null when it has gone
    ApplicationState* part_;              // of the application; null when it has gone
    net::Loop& loop_;
    bool is_detached_ = false;  // the loop may have gone, too
    const std::shared_ptr<net::LoopGate> gate_;
    std::unique_ptr<ErrorReporter> errors_;  // with a hook of its own
    std::vector<WebSocket> sockets_;
    std::optional<net::TurnTask> end_;  // once the handle is gone; what runs just now comes to its end
};

/// What is said of text that cannot be sent as such.
inline constexpr std::string_view not_utf8 =
    "the text is not UTF-8, so it was not sent: octets go with send_binary(), and a message that came, text or binary, "
    "with send(WebSocketMessage)";

}  // namespace parley::web
