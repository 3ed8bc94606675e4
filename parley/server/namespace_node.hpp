// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/base/shared_buffer.hpp"
#include "parley/contract/ack_callback.hpp"
#include "parley/engine/message.hpp"
#include "parley/net/timer.hpp"
#include "parley/server/broadcast_operator.hpp"
#include "parley/server/handler.hpp"
#include "parley/server/observer.hpp"
#include "parley/socketio/pending_acks.hpp"
#include "parley/socketio/relay.hpp"
#include "parley/socketio/room_table.hpp"

namespace parley::server::detail {

class NamespaceCore;
class ServerCore;

/// The sockets of one namespace on this loop, and the way to those elsewhere.
///
/// Whatever the program asks for is done here and then, unless it is local or nobody else is there, elsewhere. Belongs
/// to the loop.
class NamespaceNode final : public socketio::Node {
 public:
    /// Part of `nsp`.
    NamespaceNode(NamespaceCore& nsp, ServerCore& server);
    NamespaceNode(const NamespaceNode&) = delete;
    NamespaceNode& operator=(const NamespaceNode&) = delete;

    [[nodiscard]] socketio::RoomTable& rooms() noexcept { return rooms_; }

    /// From now on there are others; null: not any more.
    void set_relay(std::unique_ptr<socketio::Relay> relay) noexcept { relay_ = std::move(relay); }
    /// The server goes away: nobody is asked or told anything more.
    void abandon();

    // What the program asks for. Callbacks come in a later turn.
    void broadcast(const EncodedArguments& arguments, const BroadcastTarget& target, BroadcastCallback callback);
    void fetch_sockets(const BroadcastTarget& target, CallbackOfMany<RemoteSocket> callback);
    void change_rooms(const BroadcastTarget& target, std::span<const std::string> rooms, socketio::RoomChange change);
    void disconnect(const BroadcastTarget& target, socketio::DisconnectScope scope);

    // socketio::Node
    void deliver(const socketio::Broadcast& broadcast, std::shared_ptr<socketio::AckSink> acks) override;
    [[nodiscard]] std::vector<socketio::SocketInfo> list(const socketio::Selection& selection) override;
    void change_rooms(const socketio::Selection& selection, std::span<const std::string> rooms,
                      socketio::RoomChange change) override;
    void disconnect(const socketio::Selection& selection, socketio::DisconnectScope scope) override;
    void handle_server_side(const socketio::SharedArguments& said, std::shared_ptr<socketio::AckSink> answer) override;

 private:
    // An event for sockets of this loop; the views live during the call.
    struct Outgoing {
        std::string_view json;
        std::vector<SharedBuffer> attachments;
        bool is_volatile;
        bool compress;
        std::chrono::milliseconds ack_timeout;
        std::shared_ptr<socketio::AckSink> acks;
    };
    // When those who have been asked elsewhere are not waited for any longer.
    struct Deadlines {
        Deadlines(net::Loop& loop, Function<void()> on_expired);
        socketio::PendingAcks<Function<void()>> pending;
        net::Timer timer;
    };

    [[nodiscard]] socketio::Relay* elsewhere(const BroadcastTarget& target) const noexcept;
    [[nodiscard]] std::chrono::milliseconds timeout_of(const BroadcastTarget& target) const;
    void send(const socketio::Selection& selection, Outgoing event);
    void tell_broadcast(const engine::Message& message, BroadcastSummary summary, std::size_t sent) const;
    void tell_servers(const EncodedArguments& arguments, std::shared_ptr<socketio::AckCollector> answers);
    template <typename Answer>
    std::shared_ptr<socketio::Collector<Answer>> ask(const socketio::Relay* others, std::chrono::milliseconds timeout,
                                                     typename socketio::Collector<Answer>::Done done);
    void time_out_at(std::uint64_t question, TimePoint deadline, Function<void()> time_out);
    void handle_deadlines();

    NamespaceCore& nsp_;
    socketio::RoomTable rooms_;
    std::unique_ptr<socketio::Relay> relay_;
    std::unique_ptr<Deadlines> deadlines_;
    std::uint64_t questions_ = 0;  // that others were asked
};

}  // namespace parley::server::detail
