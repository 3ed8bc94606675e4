// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/counted.hpp"
#include "parley/base/reference.hpp"
#include "parley/client/client_disconnect_reason.hpp"
#include "parley/client/connect_error.hpp"
#include "parley/client/ending.hpp"
#include "parley/client/handler.hpp"
#include "parley/client/retry_queue.hpp"
#include "parley/contract/ack_callback.hpp"
#include "parley/contract/handler_table.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/timer.hpp"
#include "parley/socketio/connection.hpp"
#include "parley/socketio/pending_acks.hpp"

namespace parley {
class ClientAuth;
class ClientSocket;
class Json;
}  // namespace parley

namespace parley::client {

class ClientCore;

/// What a callback hears whose connection is gone.
inline constexpr std::string_view disconnected_message = "socket has been disconnected";

/// How one event is sent.
struct EmitOptions {
    std::chrono::milliseconds timeout{-1};  ///< for the acknowledgement; negative: the client's
    bool is_volatile = false;
    bool compress = true;
};

/// What the handles of one namespace of a client refer to: its handlers, what waits to be sent, and what is waited for.
///
/// | Stage | Begins with | Emits | Events come |
/// |---|---|---|---|
/// | idle | nothing wanted, refused, or put out by the server | wait | no |
/// | waiting | `connect`: there is no session yet, or none any more | wait | no |
/// | joining | CONNECT sent | wait | are kept (they were missed before) |
/// | connected | CONNECT received | leave | yes |
///
/// Whoever calls this keeps it for the call: what it calls may end it.
///
/// The name, the id and whether it is connected may be asked on any thread; everything else belongs to the loop.
class SocketCore final : public Counted {
 public:
    SocketCore(ClientCore& client, std::string nsp);
    ~SocketCore();

    // Any thread.
    [[nodiscard]] const std::string& nsp() const noexcept { return nsp_; }
    [[nodiscard]] net::LoopGate& gate() const noexcept { return home_thread_.gate(); }
    /// Whether the caller may act at once.
    [[nodiscard]] bool is_here() const noexcept { return home_thread_.is_here(); }
    [[nodiscard]] bool connected() const noexcept { return is_connected_.load(std::memory_order_acquire); }
    [[nodiscard]] bool active() const noexcept { return is_active_.load(std::memory_order_acquire); }
    [[nodiscard]] bool recovered() const noexcept { return is_recovered_.load(std::memory_order_acquire); }
    [[nodiscard]] bool has_client() const noexcept { return has_client_.load(std::memory_order_acquire); }
    [[nodiscard]] std::string id() const;
    /// A number for each connection: what was asked on one is not answered on another.
    [[nodiscard]] std::uint64_t connection() const noexcept { return connection_; }

    [[nodiscard]] ClientSocket& lasting_handle();
    [[nodiscard]] bool lends(const ClientSocket& handle) const noexcept { return &handle == lasting_handle_.get(); }
    [[nodiscard]] net::Lender lender() noexcept;

    void add_handler(std::string_view event, contract::EventHandler handler, bool once);
    void add_any_handler(contract::EventHandler handler, bool in_front);
    /// One for the next event only, that `waiter` stands for.
    void add_waiter(std::string_view event, const void* waiter, contract::EventHandler handler);
    void remove_waiter(std::string_view event, const void* waiter);
    /// Calls `done` once, perhaps now: with null when it is connected, or why it will not be.
    void wait_for_connect(const void* waiter, Function<void(const Error*)> done);
    void remove_handlers(std::string_view event);
    void remove_any_handlers();
    void add_outgoing_handler(contract::EventHandler handler, bool in_front);
    void remove_outgoing_handlers();

    bool emit(const contract::EncodedArguments& arguments, const EmitOptions& options, contract::AckCallback callback);
    bool send_ack(std::uint64_t id, std::uint64_t connection, const contract::EncodedArguments& arguments);
    /// Any thread: fails a callback in a later turn.
    void fail_later(contract::AckCallback callback, ErrorCode code, std::string message);
    void connect();
    bool disconnect();
    /// What the program says of itself, for the attempt that asked. False: nobody waits for it.
    bool receive_auth(std::uint64_t attempt, const Json& auth);

    // Told by the client.
    /// There is a session: asks to be let into the namespace.
    void join();
    void receive(const socketio::DecodedPacket& packet);
    [[nodiscard]] bool is_joining() const noexcept { return stage_ == Stage::joining; }
    /// There is no session any more.
    void end_session(ClientDisconnectReason reason);
    void fail(const ConnectError& error);
    /// The client goes away: nobody is told.
    void abandon();

    // What went wrong in a handler.
    void report_mismatch(std::string_view event, std::string_view message) noexcept;
    void report_exception(std::string_view event) noexcept;
    void report_lost_answer(std::string_view event) noexcept;

 private:
    enum class Stage : std::uint8_t { idle, waiting, joining, connected };

    // An event that waits for its connection, or to be told.
    struct Waiting {
        std::size_t data_at = 0;  // where in `text` its payload begins
        std::string text;         // of the packet; of a received one its payload
        std::vector<std::string> attachments;
        std::optional<std::uint64_t> ack_id;
        std::string event_name = {};
        std::size_t arguments_at = 0;
        bool compress = true;
        [[nodiscard]] std::size_t bytes() const noexcept;
    };
    struct AckTable {
        AckTable(net::Loop& loop, std::size_t outstanding_max, Function<void()> on_expired)
            : pending(outstanding_max), timer(loop, std::move(on_expired)) {}
        socketio::PendingAcks<contract::AckCallback> pending;
        net::Timer timer;
    };

    void wait_for_refusal(const void* waiter, const std::shared_ptr<Function<void(const Error*)>>& done);
    void set_stage(Stage stage);
    void ask_for_auth(ClientAuth& auth);
    void forget_auth() noexcept;
    void cancel_auth();
    void send_connect(const Json& auth);
    void send_old_connect(const Json& auth);
    void enter_old_main_namespace();
    void handle_joined(std::string id, bool is_recovered);
    void announce_error(const ConnectError& error);
    void receive_connect(const socketio::DecodedPacket& packet);
    void receive_refusal(const socketio::DecodedPacket& packet);
    void receive_event(const socketio::DecodedPacket& packet);
    void receive_ack(const socketio::DecodedPacket& packet);
    void call_handlers(const socketio::Event& event);
    void note_offset(const socketio::Event& event);
    template <typename... Values>
    void announce(std::string_view moment, const Values&... values);
    bool emit_once(const contract::EncodedArguments& arguments, const EmitOptions& options,
                   contract::AckCallback callback);
    bool emit_again_and_again(const contract::EncodedArguments& arguments, const EmitOptions& options,
                              contract::AckCallback callback);
    void send_retries();
    void handle_try(std::uint64_t number, contract::AckOutcome& outcome);
    void tell_outgoing(std::string_view json, std::span<const BytesView> attachments);
    [[nodiscard]] static std::vector<std::string> copies(std::span<const BytesView> attachments);
    void flush();
    [[nodiscard]] bool has_room_for(std::size_t bytes) const;
    bool keep_to_send(Waiting packet);
    bool expect_ack(std::uint64_t id, std::chrono::milliseconds timeout, contract::AckCallback&& callback);
    void fail_overdue_acks();
    void fail_acks();
    void call_ack(contract::AckCallback& callback, contract::AckOutcome& outcome);
    [[nodiscard]] std::uint64_t first_waiting_ack() const;

    ClientCore* client_;  // null when it is gone
    const HomeThread home_thread_;
    const std::string nsp_;
    contract::HandlerTable handlers_;
    contract::HandlerTable moments_;                    // connect, connect_error, disconnect
    std::unique_ptr<contract::HandlerTable> outgoing_;  // null: nobody asked
    std::unique_ptr<RetryQueue> retries_;               // null: nothing was to be sent again
    std::unique_ptr<ClientSocket> lasting_handle_;
    std::unique_ptr<AckTable> acks_;
    std::uint64_t next_ack_id_ = 0;
    std::uint64_t connection_ = 0;
    std::deque<Waiting> to_send_;
    std::size_t to_send_bytes_ = 0;
    std::deque<Waiting> missed_;  // came before the CONNECT
    std::size_t missed_bytes_ = 0;
    std::string recovery_id_;  // the session that the server may give back: its `pid`, and the last offset
    std::string offset_;
    mutable std::mutex id_mutex_;
    std::string id_;
    std::unique_ptr<net::Timer> auth_timer_;  // null: `auth` was never asked to answer later
    std::uint64_t auth_attempt_ = 0;          // which is asked for just now; 0: none
    std::uint64_t auth_attempts_ = 0;
    Stage stage_ = Stage::idle;
    std::atomic<bool> is_connected_ = false;
    std::atomic<bool> is_active_ = false;
    std::atomic<bool> is_recovered_ = false;
    std::atomic<bool> has_client_ = true;
};

}  // namespace parley::client
