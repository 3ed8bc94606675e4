// SPDX-License-Identifier: MIT
#include "parley/web/connection_table.hpp"

#include "parley/net/loop.hpp"

namespace parley::web {

ConnectionTable::ConnectionTable(net::Loop& loop)
    : loop_(loop),
      this_turn_task_(loop, [this] { resume(this_turn_); }),
      next_turn_task_(loop, [this] { resume(next_turn_); }),
      burial_(loop, [this] { finish_burial(); }) {}

ConnectionTable::~ConnectionTable() {
    on_empty_ = nullptr;
    abandon_all();
}

void ConnectionTable::add(std::unique_ptr<Connection> connection) {
    Connection& added = *connection.release();
    present_.push_back(added);
    ++size_;
    added.stream().set_handler(added);
}

void ConnectionTable::bury(Connection& connection) {
    left_.push_back(connection);
    --size_;
    burial_.schedule();
}

void ConnectionTable::resume_this_turn(Connection::Presence& presence) {
    this_turn_.push_back(presence);
    this_turn_task_.schedule();
}

void ConnectionTable::resume_next_turn(Connection::Presence& presence) {
    next_turn_.push_back(presence);
    next_turn_task_.schedule_next_turn();
}

// Who asks again meanwhile has its turn in the next list; who leaves meanwhile is in none.
void ConnectionTable::resume(Resumptions& asked) {
    Resumptions waiting;
    waiting.take_all(asked);
    while (Connection::Presence* const presence = waiting.pop_front())
        presence->connection.resume();
}

// The handlers that are called may end any connection, and accept none: each is told once.
void ConnectionTable::begin_shutdown() {
    IntrusiveList<Connection> untold;
    untold.take_all(present_);
    while (Connection* const connection = untold.pop_front()) {
        present_.push_back(*connection);
        connection->begin_shutdown();
    }
}

void ConnectionTable::abandon_all() {
    while (Connection* const connection = present_.pop_front()) {
        present_.push_back(*connection);
        connection->abandon();
        if (connection->is_present()) connection->leave();
    }
    finish_burial();
}

void ConnectionTable::finish_burial() {
    burial_.cancel();
    // A destructor may drop the last handle of something that ends another connection.
    while (Connection* const connection = left_.pop_front())
        delete connection;
    if (size_ == 0 && on_empty_) on_empty_();
}

}  // namespace parley::web
