// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/socketio/broadcast.hpp"
#include "parley/socketio/collector.hpp"
#include "parley/socketio/socket_info.hpp"

// One idea at three distances: the other loops of this process, other processes, other machines. Whatever is done to
// the sockets of a namespace is done by its node here and by the nodes elsewhere, to which a relay is the way; a node
// that is alone has none. What a relay takes is a value or a copy of one, so it may travel.

namespace parley::socketio {

using SocketCollector = Collector<SocketInfo>;

enum class RoomChange : std::uint8_t { join, leave };

/// What ends: a socket's membership in its namespace, or its whole connection with all of its namespaces.
enum class DisconnectScope : std::uint8_t { socket, connection };

/// One namespace on one loop, as relays see it: what others ask for is done to its own sockets. Loop-affine.
class Node {
 public:
    virtual ~Node() = default;

    /// Sends an event to those of its sockets that are meant. `acks`, where they are asked, is told how many are, and
    /// then their answers; null otherwise.
    virtual void deliver(const Broadcast& broadcast, std::shared_ptr<AckSink> acks) = 0;

    [[nodiscard]] virtual std::vector<SocketInfo> list(const Selection& selection) = 0;
    virtual void change_rooms(const Selection& selection, std::span<const std::string> rooms, RoomChange change) = 0;
    virtual void disconnect(const Selection& selection, DisconnectScope scope) = 0;

    /// Calls the program's handlers of what another node said to the programs. `answer` is told whether they answer,
    /// one or none, and then what; null where nobody waits.
    virtual void handle_server_side(const SharedArguments& event, std::shared_ptr<AckSink> answer) = 0;
};

/// The way to the nodes of a namespace elsewhere. Nothing happens within a call; what was called first happens first at
/// each of them, and what they answer comes in a later turn. Belongs to the loop of its node, which outlives it.
///
/// A collector expects a word of each of `nodes()`: of one that leaves or cannot be reached `Collector::lose` says it.
/// Whoever asks gives up by itself after a time.
class Relay {
 public:
    virtual ~Relay() = default;

    /// How many nodes there are besides the one here.
    [[nodiscard]] virtual std::size_t nodes() const = 0;

    /// `Node::deliver`, elsewhere. `acks` is null where nobody is asked.
    virtual void publish(const Broadcast& broadcast, std::shared_ptr<AckCollector> acks) = 0;

    /// `Node::list`, elsewhere: each node expects as many answers as it has sockets.
    virtual void list(const Selection& selection, std::shared_ptr<SocketCollector> sockets) = 0;

    virtual void change_rooms(const Selection& selection, std::span<const std::string> rooms, RoomChange change) = 0;
    virtual void disconnect(const Selection& selection, DisconnectScope scope) = 0;

    /// `Node::handle_server_side`, elsewhere. `answers` is null where nobody waits.
    virtual void server_side_emit(const SharedArguments& event, std::shared_ptr<AckCollector> answers) = 0;
};

/// Makes the relay of one namespace, or none. The relay goes before `node` does.
using MakeRelay = Function<std::unique_ptr<Relay>(std::string_view namespace_name, Node& node)>;

}  // namespace parley::socketio
