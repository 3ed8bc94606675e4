// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/handler_slot.hpp"
#include "parley/base/reference.hpp"
#include "parley/client/backoff.hpp"
#include "parley/client/client_failure.hpp"
#include "parley/client/ending.hpp"
#include "parley/client/engine.hpp"
#include "parley/client/failure_reporter.hpp"
#include "parley/client/options.hpp"
#include "parley/client/socket_core.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/timer.hpp"
#include "parley/socketio/decoder.hpp"

namespace parley::client {

/// One client: its session, which comes and goes, and its namespaces, which stay. What the official client calls a
/// Manager. Where Engine.IO and Socket.IO meet on this side.
///
/// | State | What there is | Begins with |
/// |---|---|---|
/// | closed | nothing | no namespace is wanted, or there is nothing more to try |
/// | connecting | a session that is not open yet | `open`, the end of a delay |
/// | open | a session | the server's greeting |
/// | waiting | a timer | a session that could not be opened, or was lost |
/// | closing | a session that says goodbye | no namespace is wanted any more |
///
/// Belongs to the loop.
class ClientCore final : public Ending, private EngineListener {
 public:
    /// Throws SetupError for a URL or options that cannot be.
    static Owned<ClientCore> make(net::Loop& loop, LoopOwner owner, std::string_view url, ClientOptions options);

    [[nodiscard]] ClientOptions& options() noexcept { return options_; }
    [[nodiscard]] const HomeThread& home_thread() const noexcept { return home_thread_; }
    /// The namespace that the URL names.
    [[nodiscard]] const std::string& default_namespace() const noexcept { return default_namespace_; }
    /// Any thread.
    [[nodiscard]] Reference<SocketCore> of(std::string_view nsp);

    /// Joins the namespace that the URL names.
    void begin();
    /// A namespace wants a session.
    void open();
    /// A namespace wants none any more.
    void handle_left();
    void disconnect_all();
    [[nodiscard]] bool is_open() const noexcept { return engine_ != nullptr && engine_->is_open(); }
    [[nodiscard]] bool is_writable() const noexcept { return engine_ != nullptr && engine_->is_writable(); }
    [[nodiscard]] std::optional<Transport> transport() const noexcept;
    /// The id of the session; empty without one.
    [[nodiscard]] std::string_view session_id() const noexcept;
    /// Whether the server is of Socket.IO 1 or 2 (protocol 4 and before), and lets everybody into "/" unasked.
    [[nodiscard]] bool is_old() const noexcept { return options_.engineio_revision == 3; }
    enum class MainNamespace : std::uint8_t {
        awaited,  ///< the server will let the client in
        entered,  ///< it has, and nobody was there
        taken,    ///< the socket there has heard of it
    };
    /// Of an old server: what became of its first CONNECT of "/", which is the caller's now.
    [[nodiscard]] MainNamespace take_main_namespace() noexcept;
    /// One packet of a namespace. False: there is no session, or too much waits.
    bool send(std::string_view text, std::span<const std::string_view> attachments = {}, bool compress = true);

    /// Whether there is another attempt behind one that fails now.
    [[nodiscard]] bool tries_again() const noexcept {
        return options_.reconnection && attempts_ < options_.reconnection_attempts;
    }
    /// Whether nothing is wanted and nothing under way; `on_finished` is told when that comes true.
    [[nodiscard]] bool is_finished() const noexcept;
    Function<void()> on_finished;

    HandlerSlot<void(std::uint32_t)> on_reconnect_attempt;
    HandlerSlot<void(std::uint32_t)> on_reconnect;
    HandlerSlot<void(const ConnectError&)> on_reconnect_error;
    HandlerSlot<void()> on_reconnect_failed;
    HandlerSlot<void()> on_ping;

    [[nodiscard]] FailureReporter& failures() noexcept { return failures_; }
    void report(const ClientFailure& failure) noexcept { failures_.report(*gate(), failure); }
    /// Calls a function of the program; what it throws is reported.
    template <typename Call>
    void contain(std::string_view where, Call&& call) noexcept {
        failures_.contain(*gate(), where, std::forward<Call>(call));
    }

 private:
    ClientCore(net::Loop& loop, LoopOwner owner, const http::Url& url, ClientOptions options);
    void abandon() noexcept override;

    void start_engine();
    void wait_to_reconnect(Duration at_least);
    void handle_delay_over();
    void end_session(ClientDisconnectReason reason);
    void handle_packet(const socketio::DecodedPacket& packet);
    void handle_decoded(socketio::PacketDecoder::Status status);
    void tell_if_finished();
    [[nodiscard]] bool is_wanted() const;
    [[nodiscard]] std::vector<Reference<SocketCore>> sockets() const;
    template <typename Visit>
    void for_each_active(Visit&& visit);

    // EngineListener
    void on_engine_open() override;
    void on_engine_message(const engineio::Message& message) override;
    void on_engine_ping() override;
    void on_engine_upgrade() override;
    void on_engine_failed(ConnectError error) override;
    void on_engine_closed(const engineio::Closed& closed) override;

    const HomeThread home_thread_;
    ClientOptions options_;
    EngineOptions engine_options_;
    socketio::Options packet_options_;
    const std::string default_namespace_;
    mutable std::mutex sockets_mutex_;  // for who asks for one on another thread
    std::vector<Reference<SocketCore>> sockets_;
    Reference<SocketCore> last_receiver_;
    Engine::Owner engine_;
    std::optional<socketio::PacketDecoder> decoder_;
    Backoff backoff_;
    net::Timer timer_;  // until the next attempt; or for attachments
    TimePoint opened_at_{};
    std::uint32_t attempts_ = 0;
    MainNamespace main_namespace_ = MainNamespace::awaited;
    bool is_reconnecting_ = false;
    bool is_parse_error_ = false;
    bool used_websocket_ = false;
    bool is_over_ = false;
    FailureReporter failures_;
};

}  // namespace parley::client
