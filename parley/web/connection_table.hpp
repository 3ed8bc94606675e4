// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <memory>

#include "parley/base/function.hpp"
#include "parley/base/intrusive_list.hpp"
#include "parley/net/turn_task.hpp"
#include "parley/web/connection.hpp"

namespace parley::web {

/// The connections of an application. It owns them, those included that have left in this turn of the loop. Nothing
/// here allocates, so that an end cannot fail.
class ConnectionTable {
 public:
    explicit ConnectionTable(net::Loop& loop);
    /// Abandons all connections.
    ~ConnectionTable();
    ConnectionTable(const ConnectionTable&) = delete;
    ConnectionTable& operator=(const ConnectionTable&) = delete;

    [[nodiscard]] net::Loop& loop() const { return loop_; }

    /// Takes the connection and makes it the handler of its stream.
    void add(std::unique_ptr<Connection> connection);

    /// Tells every connection that the application stops.
    void begin_shutdown();
    /// Cuts every connection.
    void abandon_all();

    [[nodiscard]] std::size_t size() const { return size_; }
    /// Calls `on_empty` at the end of each turn in which the last connection has gone.
    void set_empty_handler(Function<void()> on_empty) { on_empty_ = std::move(on_empty); }

 private:
    friend class Connection;
    using Resumptions = IntrusiveList<Connection::Presence>;

    // From a connection.
    void resume_this_turn(Connection::Presence& presence);
    void resume_next_turn(Connection::Presence& presence);
    void bury(Connection& connection);

    static void resume(Resumptions& asked);
    void finish_burial();

    net::Loop& loop_;
    IntrusiveList<Connection> present_;
    IntrusiveList<Connection> left_;
    std::size_t size_ = 0;
    Resumptions this_turn_;
    Resumptions next_turn_;
    net::TurnTask this_turn_task_;
    net::TurnTask next_turn_task_;
    net::TurnTask burial_;
    Function<void()> on_empty_;
};

}  // namespace parley::web
