// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "parley/base/backlog.hpp"
#include "parley/base/intrusive_list.hpp"
#include "parley/base/time.hpp"
#include "parley/engine/handshake.hpp"
#include "parley/engine/message.hpp"
#include "parley/engine/message_queue.hpp"
#include "parley/engineio/options.hpp"
#include "parley/engineio/packet.hpp"
#include "parley/engineio/session.hpp"
#include "parley/engineio/unconfirmed_sessions.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/timer.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"
#include "parley/websocket/message.hpp"

namespace parley::engine {

class Engine;
class Population;
class Session;
class WebSocketTransport;

/// Who hears what happens to one session. Calls come from the loop, never from inside a call into the session.
class SessionListener {
 public:
    /// A message arrived. Its data is a view into the receive buffer: valid during the call.
    virtual void on_message(engineio::Message message) = 0;

    /// The session left polling for its WebSocket.
    virtual void on_upgraded() {}

    /// The end, said exactly once. The session still answers questions during the call and is gone soon after it.
    virtual void on_closed(const engineio::Closed& closed) = 0;

 protected:
    ~SessionListener() = default;
};

// A session's places in two lists of its engine: to be looked after in this turn, to go on with a POST in the next.
struct TurnHook : ListHook {};
struct PostHook : ListHook {
    explicit PostHook(Session& its_session) : session(its_session) {}
    Session& session;
};

/// One Engine.IO session: messages in, messages out, whatever the transport.
///
/// It marries the machine (engineio::Session) to the responses and WebSockets of the application. The engine owns it:
/// the reference is good until `on_closed` of the listener has returned, or the engine is destroyed, which says
/// nothing. Belongs to the engine's loop.
class Session : private TurnHook {
 public:
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    /// The secret session id, 20 characters.
    [[nodiscard]] const std::string& id() const noexcept { return machine_.sid(); }

    /// The request that opened it; shared with whoever still needs it after the session.
    [[nodiscard]] const Handshake& handshake() const noexcept { return *handshake_; }
    [[nodiscard]] const std::shared_ptr<const Handshake>& shared_handshake() const noexcept { return handshake_; }

    [[nodiscard]] engineio::Transport transport() const noexcept { return machine_.transport(); }
    /// False from the moment when nothing more can be sent, which may be a little before `on_closed`.
    [[nodiscard]] bool is_open() const noexcept;

    /// Whether so little waits for this peer that a volatile message should be sent.
    [[nodiscard]] bool writable() const noexcept;

    /// Call it in `Observer::on_session`. The listener must live until `on_closed`, or until the engine is
    /// destroyed.
    void set_listener(SessionListener& listener) noexcept { listener_ = &listener; }

    /// Sends a message, whatever the transport: into the WebSocket's outbox, or where it waits for a poll. Nothing
    /// happens after the end.
    void send(const Message& message) { send(message, MessageKey::none); }

    /// Ends the session. What was sent leaves first; by polling, `discard` loses it unless a poll is pending.
    /// `on_closed` follows at the end of the turn, and no message before it.
    void close(bool discard = false);

    /// Does something for this session; an allocation in it that fails ends the session and nothing else. Whether none
    /// did.
    template <typename Step>
    bool contain(Step&& step) noexcept {
        try {
            step();
            return true;
        } catch (const std::bad_alloc&) {
            end_without_memory();
            return false;
        }
    }
    /// Ends the session, of which something is lost because memory is short. `on_closed` follows at the end of the
    /// turn.
    void end_without_memory() noexcept;

 private:
    friend class Engine;
    friend class WebSocketTransport;
    friend class IntrusiveList<TurnHook>;

    // What a session costs when nothing waits for it.
    static constexpr std::size_t idle_bytes = 2560;

    struct Start {
        std::string sid;
        engineio::Transport transport{};
        bool takes_binary = true;  ///< false: binary goes as base64 text over WebSocket too
        engineio::AddressGroup address = 0;
        std::shared_ptr<const Handshake> handshake;
    };

    // Among the sessions of its address.
    struct Place : engineio::UnconfirmedSessions::Place {
        Place(Session& its_session, engineio::AddressGroup its_address);
        ~Place();
        Session& session;
        const engineio::AddressGroup address;
        Population* const population;  // null where there is one engine
    };

    // What it needs while there is no WebSocket, and until the requests of before are answered.
    struct Polling : PostHook {
        using PostHook::PostHook;
        MessageQueue queue;
        Backlog backlog;  // of the queue
        std::optional<Response> poll;
        std::optional<Response> post;
    };

    Session(Engine& engine, Start start);

    // From the engine.
    [[nodiscard]] bool admit_request() noexcept;
    void handle_poll(Response response);
    void handle_poll_aborted();
    void handle_post(const Request& request, Response response);
    void attach(WebSocketTransport& websocket);
    void handle_upgrade(WebSocketTransport& websocket);
    void handle_passed_deadline();
    void resume_post();
    /// Others need its place: it ends, and counts no more.
    void make_room();
    /// What waits for it takes too much of memory that is short: it ends as a slow consumer.
    void shed();
    void note_retained();
    /// Drains the machine and carries out what came of it; the answer to a poll waits for the end of the turn.
    void settle();
    void catch_up();
    void answer_poll();
    [[nodiscard]] bool is_posting() const noexcept { return polling_ != nullptr && polling_->post; }
    [[nodiscard]] bool is_polled() const noexcept { return polling_ != nullptr && polling_->poll; }
    [[nodiscard]] std::size_t queued_bytes() const noexcept { return polling_ != nullptr ? polling_->queue.size() : 0; }
    [[nodiscard]] bool is_finished() const noexcept {
        return machine_.is_finished() && listener_ == nullptr && !is_posting();
    }

    // From its WebSockets.
    void handle_frame(WebSocketTransport& from, websocket::Message message);
    void handle_websocket_closed(WebSocketTransport& from, const engineio::Closed& closed);

    [[nodiscard]] net::Loop& loop() const noexcept;
    void send(const Message& message, MessageKey key);
    void enqueue(const Message& message, MessageKey key);
    void send_opening();
    [[nodiscard]] Wire wire() const noexcept { return {machine_.transport(), takes_binary_}; }
    void handle_event(const engineio::SessionEvent& event);
    void handle_upgraded();
    void note_presence();
    void handle_closed(const engineio::Closed& closed);
    void handle_timer();
    void settle_polling();
    void forget_polling();
    void move_queue_to_websocket();
    void forget_waiting(const engineio::Closed& closed);
    void release(WebSocketTransport*& websocket);
    void arm_timer();
    void schedule();

    Engine& engine_;
    engineio::Session machine_;
    std::shared_ptr<const Handshake> handshake_;
    SessionListener* listener_ = nullptr;
    WebSocketTransport* websocket_ = nullptr;  // the transport, when it is one
    WebSocketTransport* probe_ = nullptr;      // the WebSocket of an upgrade under way
    std::unique_ptr<Polling> polling_;         // null over WebSocket
    std::unique_ptr<Place> place_;             // null: nobody counts it but as a session
    net::Timer timer_;
    TimePoint armed_for_ = no_deadline;
    std::size_t retained_ = idle_bytes;  // as the memory budget knows it
    bool takes_binary_;
    bool is_greeted_ = false;  // the answer to its handshake has gone, or it needs none
    bool is_settling_ = false;
    bool is_leaving_ = false;    // it made room, and is destroyed at the end of the turn
    bool is_scheduled_ = false;  // the engine looks after it at the end of this turn
};

}  // namespace parley::engine
