// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parley/base/intrusive_list.hpp"
#include "parley/base/keyed_hash.hpp"
#include "parley/base/memory_budget.hpp"
#include "parley/engineio/options.hpp"
#include "parley/engineio/request.hpp"
#include "parley/engineio/unconfirmed_sessions.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/turn_task.hpp"
#include "parley/server/engine_session.hpp"
#include "parley/server/handshake_request.hpp"
#include "parley/web/mount.hpp"
#include "parley/web/websocket_connection.hpp"

namespace parley::server {

/// Who hears of new sessions.
class EngineObserver {
 public:
    /// Whether this handshake may open a session. The text refuses it: 403 with code 4 and the text as message, or
    /// "Forbidden" when it is empty.
    virtual std::optional<std::string> refuse_handshake(const HandshakeRequest& /*handshake*/) { return std::nullopt; }

    /// A session was opened. Set its listener here; it may be written to.
    virtual void on_session(EngineSession& session) = 0;

    /// The application begins to stop; the engine closes all sessions when this returns.
    virtual void on_stop() {}

    /// One of its handlers has destroyed the application; `on_detached` follows when the turn of the loop ends.
    virtual void on_retired() {}

    /// The application is gone, and with it the loop: drop every timer. There are no sessions any more.
    virtual void on_detached() {}

 protected:
    ~EngineObserver() = default;
};

/// What can be chosen about the WebSockets of an engine.
struct EngineWebSocketOptions {
    WebSocketLimits limits = {};
    Duration stall_timeout = std::chrono::seconds(15);  ///< nothing of what waits was taken: closed
};

/// What an engine has done so far.
struct EngineCounters {
    std::uint64_t sessions_refused = 0;    ///< there was no room for them: answered 503
    std::uint64_t sessions_made_room = 0;  ///< unconfirmed ones that were closed for others
    std::uint64_t requests_refused = 0;    ///< too many for one session: answered 429
};

/// An Engine.IO v4 server on an application: every request beneath its path, polling and WebSocket.
///
/// Mount it (`Application::mount`) on the application of the same loop. The order of checks, statuses and bodies are
/// those of the official server; engineio/request.hpp decides, this class carries out. Belongs to the loop.
class Engine final : public web::Mount, public MemoryHolder {
 public:
    /// Throws SetupError when the options make no sense. `observer` must outlive the engine.
    Engine(net::Loop& loop, engineio::Options options, EngineObserver& observer,
           const EngineWebSocketOptions& websocket_options = {});
    ~Engine() override;

    /// Sessions, those included that still say goodbye.
    [[nodiscard]] std::size_t session_count() const noexcept { return sessions_.size(); }
    [[nodiscard]] const engineio::Options& options() const noexcept { return options_; }
    [[nodiscard]] const EngineCounters& counters() const noexcept { return counters_; }

    /// Closes every session without waiting for polls: pending ones are answered `1`, WebSockets get a close frame. The
    /// listeners hear `on_closed` within this call, but for a session in the middle of telling its listener something.
    void close_all();

    /// Takes no requests any more.
    void retire() noexcept { is_retired_ = true; }

    /// Counts what is kept for sessions there, too. It must live until the engine is detached or destroyed.
    void set_memory(MemoryBudget& memory);

    // MemoryHolder
    void measure(SizeClasses& sizes) override;
    void shed(std::size_t bytes_min) override;

    // web::Mount
    [[nodiscard]] bool matches(std::string_view path) const override;
    [[nodiscard]] std::size_t body_bytes_max(const http::RequestHead& head) const override;
    [[nodiscard]] bool wants_body(const http::RequestHead& head) const override;
    void handle_request(Request& request, Response response) override;
    void handle_too_large(Request& request, Response response) override;
    void handle_upgrade(Request& request, web::Upgrade upgrade) override;
    void handle_stop() override;
    void handle_retire() override { observer_.on_retired(); }
    void handle_detach() override;

 private:
    friend class EngineSession;

    [[nodiscard]] net::Loop& loop() noexcept { return loop_; }
    [[nodiscard]] EngineSession* find(std::string_view sid);
    [[nodiscard]] std::optional<engineio::RequestError> check(const engineio::RequestFacts& facts,
                                                              const engineio::RequestQuery& query,
                                                              EngineSession* session);
    [[nodiscard]] std::shared_ptr<const HandshakeRequest> read_handshake(const Request& request) const;
    /// What the program and the protocol revision have against a handshake that is good so far.
    [[nodiscard]] std::optional<engineio::Answer> check_handshake(const engineio::RequestFacts& facts,
                                                                  const engineio::RequestQuery& query,
                                                                  const HandshakeRequest& handshake);
    /// Whether one more session may be opened from this address; another one may have to make room.
    [[nodiscard]] bool has_room(engineio::AddressGroup address, engineio::Transport transport);
    [[nodiscard]] bool make_room(engineio::Transport transport);
    EngineSession& open_session(const Request& request, const engineio::RequestQuery& query,
                                std::shared_ptr<const HandshakeRequest> handshake);

    void greet(EngineSession& session);

    /// From sessions: to be looked after at the end of this turn.
    void schedule(EngineSession& session);
    void finish_turn();
    /// From sessions: a POST is to be read on in the next turn.
    void resume_later(EngineSession& session);
    void resume_posts();

    using Sessions = std::unordered_map<std::string_view, std::unique_ptr<EngineSession>, KeyedHash, std::equal_to<>>;

    net::Loop& loop_;
    const engineio::Options options_;
    const std::string path_prefix_;
    EngineObserver& observer_;
    const web::SharedWebSocketOptions websocket_options_;
    MemoryBudget unbounded_{0};
    MemoryBudget* memory_ = &unbounded_;
    // Before the sessions, which have places in them.
    engineio::UnconfirmedSessions newcomers_;  // have not begun to poll since the handshake
    engineio::UnconfirmedSessions absent_;     // unconfirmed: between two polls
    Sessions sessions_;                        // by a view of the session's own id
    std::size_t leaving_ = 0;                  // of the sessions: those that made room in this turn
    EngineCounters counters_;
    bool is_retired_ = false;
    IntrusiveList<EngineTurnHook> scheduled_;
    IntrusiveList<EnginePostHook> resuming_;
    std::optional<net::TurnTask> turn_task_;   // nothing when the loop is gone
    std::optional<net::TurnTask> resumption_;  // the same
};

}  // namespace parley::server
