// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/base/intrusive_list.hpp"
#include "parley/base/keyed_hash.hpp"
#include "parley/base/memory_budget.hpp"
#include "parley/engine/handshake.hpp"
#include "parley/engine/message.hpp"
#include "parley/engine/population.hpp"
#include "parley/engine/request.hpp"
#include "parley/engine/session.hpp"
#include "parley/engine/websocket_transport.hpp"
#include "parley/engineio/options.hpp"
#include "parley/engineio/request.hpp"
#include "parley/engineio/unconfirmed_sessions.hpp"
#include "parley/http/response_fields.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/turn_task.hpp"
#include "parley/web/handler.hpp"
#include "parley/web/mount.hpp"
#include "parley/web/route_table.hpp"
#include "parley/web/websocket_connection.hpp"

namespace parley::engine {

/// What the program says to a handshake: nothing against it, or why it is refused. That is 403 with code 4 and the text
/// as message, or "Forbidden" when it is empty.
struct HandshakeVerdict {
    std::optional<std::string> refusal = {};
};

/// What becomes of those for whom there is too little room, or too much of them.
enum class Fact : std::uint8_t {
    session_refused,    ///< there was no room for it: answered 503
    session_made_room,  ///< an unconfirmed one that was closed for another
    request_refused,    ///< too many for one session: answered 429
};

/// Who hears of new sessions.
class Observer {
 public:
    /// Whether this handshake may open a session. Nothing: that is said later, by `Engine::decide` with this ticket.
    virtual std::optional<HandshakeVerdict> judge_handshake(const std::shared_ptr<const Handshake>& /*handshake*/,
                                                            std::uint64_t /*ticket*/) {
        return HandshakeVerdict();
    }

    /// A session was opened. Set its listener here; it may be written to.
    virtual void on_session(Session& session) = 0;

    virtual void on_fact(Fact /*fact*/) noexcept {}

    /// The application begins to stop; the engine closes all sessions when this returns.
    virtual void on_stop() {}

    /// One of its handlers has destroyed the application; `on_detached` follows when the turn of the loop ends.
    virtual void on_retired() {}

    /// The application is gone, and with it the loop: drop every timer. There are no sessions any more.
    virtual void on_detached() {}

 protected:
    ~Observer() = default;
};

/// What can be chosen about the WebSockets of an engine.
struct WebSocketOptions {
    WebSocketLimits limits = {};
    Duration stall_timeout = std::chrono::seconds(15);  ///< nothing of what waits was taken: closed
    PerMessageDeflate per_message_deflate = {.enabled = false};
};

/// Which answers somebody wants to see the headers of: what begins a session, or every one of a transport's, which are
/// those of polls, of POSTs and the 101 of a WebSocket, but no refusal.
enum class HeadersMoment : std::uint8_t { initial, every };
using HeadersHandler = Function<void(http::ResponseFields&, Request&)>;

/// An Engine.IO v4 server on an application: every request beneath its path, polling and WebSocket.
///
/// Mount it (`Application::mount`) on the application of the same loop. The order of checks, statuses and bodies are
/// those of the official server; engineio/request.hpp decides, this class carries out. Belongs to the loop.
class Engine final : public web::Mount, public MemoryHolder {
 public:
    /// Throws SetupError when the options make no sense. `observer` must outlive the engine.
    Engine(net::Loop& loop, engineio::Options options, Observer& observer,
           const WebSocketOptions& websocket_options = {});
    ~Engine() override;

    /// Sessions, those included that still say goodbye.
    [[nodiscard]] std::size_t session_count() const noexcept { return sessions_.size(); }
    [[nodiscard]] const engineio::Options& options() const noexcept { return options_; }

    /// Calls `middleware` for every request but preflights before anything is decided about it, in the order of
    /// registration; it may answer, now or later.
    void use(web::Handler middleware);
    /// Calls `handler` before each of these answers leaves. What it throws is reported to the application.
    void on_headers(HeadersMoment moment, HeadersHandler handler);
    /// Decides about a handshake for which `judge_handshake` had no verdict. Nothing happens when its client has gone
    /// meanwhile, or it was decided before. Not from inside a call of the engine's.
    void decide(std::uint64_t ticket, const HandshakeVerdict& verdict);

    /// Closes every session without waiting for polls: pending ones are answered `1`, WebSockets get a close frame, and
    /// handshakes that wait for a verdict are answered 503. The listeners hear `on_closed` within this call, but for a
    /// session in the middle of telling its listener something.
    void close_all();

    /// Takes no requests any more.
    void retire() noexcept;

    /// This is one of several, number `index`: its ids say so, its bounds are those of all. Before there is a session.
    void join(std::shared_ptr<Population> population, std::size_t index);
    /// Ends a session that has not begun to poll, if there is one; another engine has opened one instead.
    void make_room_for_another();

    /// Counts what is kept for sessions there, too. It must live until the engine is detached or destroyed.
    void set_memory(MemoryBudget& memory);

    // MemoryHolder
    void measure(SizeClasses& sizes) override;
    void shed(std::size_t bytes_min) override;

    // web::Mount
    [[nodiscard]] bool matches(std::string_view path) const override;
    [[nodiscard]] std::size_t body_bytes_max(const http::RequestHead& head) const override;
    [[nodiscard]] bool wants_body(const http::RequestHead& head) const override;
    [[nodiscard]] std::optional<std::size_t> home(const http::RequestHead& head) const override;
    void handle_request(Request& request, Response response) override;
    void handle_too_large(Request& request, Response response) override;
    void handle_upgrade(Request& request, web::Upgrade upgrade) override;
    void handle_stop() override;
    void handle_retire() override { observer_.on_retired(); }
    void handle_detach() override;

 private:
    friend class Session;

    [[nodiscard]] net::Loop& loop() noexcept { return loop_; }
    [[nodiscard]] Session* find(std::string_view sid);
    [[nodiscard]] std::optional<engineio::RequestError> check(const engineio::RequestFacts& facts,
                                                              const engineio::RequestQuery& query, Session* session);
    // The way of a request: through the middlewares, to its session, or to a new one.
    void receive(Arrival arrival);
    void take(Arrival arrival);
    void begin_handshake(Arrival arrival);
    void finish_handshake(Arrival arrival, std::shared_ptr<const Handshake> handshake, const HandshakeVerdict& verdict);
    void end_waiting();
    [[nodiscard]] std::shared_ptr<const Handshake> read_handshake(const Request& request) const;
    /// Whether one more session may be opened for this request; another one may have to make room.
    [[nodiscard]] bool has_room(const Arrival& arrival);
    [[nodiscard]] bool make_room(bool is_polling);
    bool end_session_at(engineio::UnconfirmedSessions::Place* place);
    void tell_population() noexcept {
        if (population_ != nullptr) population_->tell(index_, sessions_.size() - leaving_, newcomers_.size());
    }
    Session& open_session(const Arrival& arrival, std::shared_ptr<const Handshake> handshake);
    /// Null when the peer has had another answer.
    [[nodiscard]] WebSocketTransport::Accepted accept(const Arrival& arrival, HeadersMoment moment);

    void greet(Session& session);

    /// From sessions: their heartbeat, of which each form is made once.
    [[nodiscard]] Message ping() noexcept { return {std::span(&engineio::Session::ping, 1), ping_forms_}; }
    /// From sessions: an answer of a transport's.
    void send_transport_answer(const Response& response, const engineio::Answer& answer, HeadersMoment moment) {
        begin_answer(response, answer);
        if (!headers_hooks_.empty()) tell_headers(response, moment);
        finish_answer(response, answer);
    }
    void tell_headers(const Response& response, HeadersMoment moment);
    void call_headers_hooks(const Response& response, HeadersMoment moment);

    /// From sessions: to be looked after at the end of this turn.
    void schedule(Session& session);
    void finish_turn();
    /// From sessions: a POST is to be read on in the next turn.
    void resume_later(PostHook& post);
    void resume_posts();

    using Sessions = std::unordered_map<std::string_view, std::unique_ptr<Session>, KeyedHash, std::equal_to<>>;
    // A handshake without a verdict.
    struct Waiting {
        Arrival arrival;
        std::shared_ptr<const Handshake> handshake;
    };
    struct HeadersHook {
        HeadersMoment moment;
        HeadersHandler handler;
    };

    net::Loop& loop_;
    const engineio::Options options_;
    const std::string path_prefix_;
    Observer& observer_;
    const web::SharedWebSocketOptions websocket_options_;
    MemoryBudget unbounded_{0};
    MemoryBudget* memory_ = &unbounded_;
    // Before the sessions, which have places in them.
    std::shared_ptr<Population> population_;              // null: this is alone
    std::size_t index_ = 0;                               // in it
    engineio::UnconfirmedSessions newcomers_;             // have not begun to poll since the handshake
    engineio::UnconfirmedSessions absent_;                // unconfirmed: between two polls
    Sessions sessions_;                                   // by a view of the session's own id
    std::size_t leaving_ = 0;                             // of the sessions: those that made room in this turn
    std::unordered_map<std::uint64_t, Waiting> waiting_;  // by ticket
    std::uint64_t tickets_ = 0;
    MessageForms ping_forms_;
    std::shared_ptr<web::RouteTable> middlewares_;             // null without one
    std::vector<std::unique_ptr<HeadersHook>> headers_hooks_;  // one may register another: nothing moves
    bool is_retired_ = false;
    IntrusiveList<TurnHook> scheduled_;
    IntrusiveList<PostHook> resuming_;
    std::optional<net::TurnTask> turn_task_;   // nothing when the loop is gone
    std::optional<net::TurnTask> resumption_;  // the same
};

}  // namespace parley::engine
