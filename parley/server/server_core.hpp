// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "parley/base/counter.hpp"
#include "parley/base/handler_slot.hpp"
#include "parley/contract/handler_table.hpp"
#include "parley/engine/engine.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/net/turn_task.hpp"
#include "parley/server/bundle_mount.hpp"
#include "parley/server/client.hpp"
#include "parley/server/namespace_core.hpp"
#include "parley/server/server.hpp"
#include "parley/server/server_group.hpp"
#include "parley/server/tally.hpp"
#include "parley/socketio/limits.hpp"
#include "parley/socketio/reassembly_budget.hpp"

namespace parley::server::detail {

/// A server behind its handle, on one of the loops of its application: the engine there, the clients, the namespaces.
/// Belongs to the loop. The one of the handle is on the first loop.
class ServerCore final : public engine::Observer {
 public:
    /// On every loop of `app`, or of an application of its own when there is none. Throws SetupError when the options
    /// make no sense, and nothing has been made.
    static ServerCore* make(Application* app, ServerOptions options);
    ServerCore(const ServerCore&) = delete;
    ServerCore& operator=(const ServerCore&) = delete;
    ~ServerCore();

    [[nodiscard]] ServerGroup& group() const noexcept { return *group_; }
    [[nodiscard]] const std::shared_ptr<ServerGroup>& shared_group() const noexcept { return group_; }
    [[nodiscard]] std::size_t index() const noexcept { return index_; }
    [[nodiscard]] const ServerOptions& options() const noexcept { return group_->options; }
    [[nodiscard]] const socketio::Options& connection_options() const noexcept { return connection_options_; }
    [[nodiscard]] bool has_application() const noexcept { return app_ != nullptr; }
    /// Only while there is one.
    [[nodiscard]] Application& application() noexcept { return *app_; }
    /// What the callback of an acknowledgement hears. Made in advance, because an end must not need memory.
    [[nodiscard]] const Error& timed_out() const noexcept { return timed_out_; }
    [[nodiscard]] const Error& disconnected() const noexcept { return disconnected_; }
    [[nodiscard]] net::Loop& loop() noexcept { return loop_; }
    [[nodiscard]] net::LoopGate& gate() noexcept { return *gate_; }
    [[nodiscard]] const std::shared_ptr<net::LoopGate>& shared_gate() const noexcept { return gate_; }
    [[nodiscard]] Tally& tally() noexcept { return tally_; }
    [[nodiscard]] const Tally& tally() const noexcept { return tally_; }
    [[nodiscard]] engine::Engine& engine() noexcept { return engine_; }
    /// Any thread.
    [[nodiscard]] std::size_t client_count() const noexcept { return client_count_; }

    /// The namespace of this name, which begins with a slash; null when nobody has asked for it with `of`.
    [[nodiscard]] NamespaceCore* find_namespace(std::string_view name) const;
    /// The one that is there or is made, here at once and soon on the other loops.
    [[nodiscard]] NamespaceCore& of(std::string_view name);
    /// There are servers elsewhere: makes the way to them for each namespace, those that are there already included.
    void set_relays(socketio::MakeRelay make_relay);

    /// Room for one packet on its way to one client, to be filled and sent at once.
    [[nodiscard]] std::string& empty_packet();
    /// Runs a callback of the program, now or in a later turn; what it throws is reported.
    void call(Function<void()> callback) noexcept;
    void call_later(Function<void()> callback);

    void set_error_handler(Function<void(const EventFailure&)> handler) { error_handler_ = std::move(handler); }
    /// Within a catch block.
    void report_exception(SocketCore* socket, std::string_view event) noexcept;
    void report_mismatch(SocketCore* socket, std::string_view event, std::string_view message) noexcept;
    void report_answer(SocketCore& socket, std::string_view message) noexcept;
    void report_lost_answer(SocketCore* socket, std::string_view event) noexcept;
    void report_bad_packet(SocketCore* socket, std::string_view message) noexcept;

    /// Tells once for each name that handlers for it are perhaps never called: that it is a slip of a moment, or a
    /// moment of a namespace that was asked of a socket.
    void tell_if_misspelt(std::string_view event, bool is_of_socket);

    void remove(Client& client);
    /// Of the first: ends everybody on all loops, and the run.
    void close();

    /// The handle goes away: now, or inside a turn, where a handler of this server may be what destroys it, at its end.
    static void destroy(ServerCore* first);

    // engine::Observer
    std::optional<engine::HandshakeVerdict> judge_handshake(const std::shared_ptr<const Handshake>& handshake,
                                                            std::uint64_t ticket) override;
    void on_session(engine::Session& session) override;
    void on_fact(engine::Fact fact) noexcept override;
    void on_stop() override;
    void on_retired() override { forget_application(); }
    void on_detached() override;

 private:
    ServerCore(std::shared_ptr<ServerGroup> group, web::ApplicationState& part);
    void mount();
    NamespaceCore& make_namespace(const std::string& full_name);
    void forget_application() noexcept;
    void report(const EventFailure& failure) noexcept;
    void report_current(Socket socket, std::string_view event) noexcept;
    void end_clients();
    void retire();

    const Error timed_out_{ErrorCode::timed_out, "operation has timed out"};
    const Error disconnected_{ErrorCode::disconnected, std::string(disconnected_message)};
    const std::shared_ptr<ServerGroup> group_;
    const std::size_t index_;  // in it
    std::unique_ptr<Application> own_app_;
    Application* app_ = nullptr;   // of the first one; null when it is gone
    web::ApplicationState* part_;  // of the application, on this loop; null when it is gone
    bool is_retired_ = false;      // the handle is gone; what runs just now comes to its end
    bool is_detached_ = false;     // the application is gone, and the loop perhaps
    net::Loop& loop_;
    const std::shared_ptr<net::LoopGate> gate_;
    NameTable<Reference<NamespaceCore>> namespaces_;
    socketio::MakeRelay make_relay_;
    socketio::ReassemblyBudget reassembly_budget_;  // of all clients
    const socketio::Options connection_options_;
    // By number: an order of addresses would not replay.
    std::unordered_map<std::uint64_t, std::unique_ptr<Client>> clients_;
    std::uint64_t clients_made_ = 0;
    HandlerSlot<void(const EventFailure&)> error_handler_;
    Tally tally_;
    Counter client_count_;
    std::string packet_;
    std::vector<std::string> told_names_;  // a few
    engine::Engine engine_;
    std::optional<BundleMount> bundle_;
    std::optional<net::TurnTask> end_;  // of a retired server
};

}  // namespace parley::server::detail
