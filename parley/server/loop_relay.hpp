// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "parley/server/server_group.hpp"
#include "parley/socketio/relay.hpp"

namespace parley::server::detail {

/// The way from a namespace on one loop to the same one on the other loops of its server. Loop-affine, and so is what
/// it is given: on the other loops it is only handed on.
class LoopRelay final : public socketio::Relay {
 public:
    /// On the loop with this `index`. The group outlives this.
    LoopRelay(ServerGroup& group, std::size_t index, std::string_view namespace_name);

    [[nodiscard]] std::size_t nodes() const override { return group_.cores.size() - 1; }
    void publish(const socketio::Broadcast& broadcast, std::shared_ptr<socketio::AckCollector> acks) override;
    void list(const socketio::Selection& selection, std::shared_ptr<socketio::SocketCollector> sockets) override;
    void change_rooms(const socketio::Selection& selection, std::span<const std::string> rooms,
                      socketio::RoomChange change) override;
    void disconnect(const socketio::Selection& selection, socketio::DisconnectScope scope) override;
    /// The other loops are of this server: there is no other one to be told.
    void server_side_emit(const socketio::SharedArguments& event,
                          std::shared_ptr<socketio::AckCollector> answers) override;

 private:
    /// Has every other node do `act`, which takes the node, soon.
    template <typename Act>
    void at_others(const Act& act);
    /// The same for a question: `ask` takes the node and where it leaves its answers.
    template <typename Answer, typename Ask>
    void ask_others(std::shared_ptr<socketio::Collector<Answer>> answers, const Ask& ask);

    ServerGroup& group_;
    const std::size_t index_;
    const std::shared_ptr<const std::string> name_;
};

}  // namespace parley::server::detail
