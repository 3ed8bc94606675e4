// SPDX-License-Identifier: MIT
#include "parley/web/connection_table.hpp"

#include <utility>

#include "parley/net/loop.hpp"

namespace parley::web {

Connection::Connection(ConnectionTable& table, std::unique_ptr<net::Stream> stream)
    : table_(table), stream_(std::move(stream)) {}

Connection::~Connection() = default;

void Connection::remove() {
    stream_.reset();
    table_.remove(*this);
}

void Connection::resume_soon() {
    if (std::exchange(is_resuming_, true)) return;
    table_.resume_soon(*this);
}

ConnectionTable::ConnectionTable(net::Loop& loop)
    : burial_(loop, [this] { bury(); }), resumption_(loop, [this] { resume_waiting(); }) {}

ConnectionTable::~ConnectionTable() {
    on_empty_ = nullptr;
    abandon_all();
}

void ConnectionTable::add(std::unique_ptr<Connection> connection) {
    connection->index_ = connections_.size();
    connections_.push_back(std::move(connection));
    Connection& added = *connections_.back();
    added.stream().set_handler(added);
}

void ConnectionTable::remove(Connection& connection) {
    if (connection.is_resuming_) std::erase(resuming_, &connection);
    const std::size_t index = connection.index_;
    removed_.push_back(std::move(connections_[index]));
    if (index + 1 < connections_.size()) {
        connections_[index] = std::move(connections_.back());
        connections_[index]->index_ = index;
    }
    connections_.pop_back();
    burial_.schedule();
    if (connections_.empty() && on_empty_) on_empty_();
}

void ConnectionTable::resume_soon(Connection& connection) {
    resuming_.push_back(&connection);
    resumption_.schedule_next_turn();
}

void ConnectionTable::resume_waiting() {
    // Who asks again meanwhile has its turn in the next one: the list is new, and so is its post. Who is removed
    // meanwhile has no stream any more, and lives until the end of this turn.
    const std::vector<Connection*> waiting = std::exchange(resuming_, {});
    for (Connection* const connection : waiting) {
        connection->is_resuming_ = false;
        if (connection->has_stream()) connection->resume();
    }
}

void ConnectionTable::begin_shutdown() {
    // Backwards: one that removes itself is replaced by one that has been told already.
    for (std::size_t i = connections_.size(); i > 0; --i)
        if (i <= connections_.size()) connections_[i - 1]->begin_shutdown();
}

void ConnectionTable::abandon_all() {
    while (!connections_.empty()) {
        Connection& connection = *connections_.back();
        connection.abandon();
        connection.remove();
    }
    bury();
}

void ConnectionTable::bury() {
    // A destructor may drop the last handle of something that removes another connection.
    while (!removed_.empty()) {
        const std::vector<std::unique_ptr<Connection>> batch = std::exchange(removed_, {});
    }
}

}  // namespace parley::web
