// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/net/turn_task.hpp"
#include "parley/web/connection.hpp"

namespace parley::web {

/// The connections of an application. Whoever removes one may do so in the middle of its own work: it is destroyed when
/// the turn ends.
class ConnectionTable {
 public:
    explicit ConnectionTable(net::Loop& loop);
    /// Abandons all connections.
    ~ConnectionTable();

    /// Takes the connection and makes it the handler of its stream.
    void add(std::unique_ptr<Connection> connection);
    void remove(Connection& connection);
    void resume_soon(Connection& connection);

    /// Tells every connection that the application stops.
    void begin_shutdown();
    /// Cuts every connection.
    void abandon_all();

    [[nodiscard]] std::size_t size() const { return connections_.size(); }
    /// Calls `on_empty` whenever the last connection has gone.
    void set_empty_handler(Function<void()> on_empty) { on_empty_ = std::move(on_empty); }

 private:
    void bury();
    void resume_waiting();

    std::vector<std::unique_ptr<Connection>> connections_;
    std::vector<std::unique_ptr<Connection>> removed_;
    std::vector<Connection*> resuming_;
    net::TurnTask burial_;
    net::TurnTask resumption_;
    Function<void()> on_empty_;
};

}  // namespace parley::web
