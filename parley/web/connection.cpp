// SPDX-License-Identifier: MIT
#include "parley/web/connection.hpp"

#include <utility>

#include "parley/web/connection_table.hpp"

namespace parley::web {

Connection::Presence::Presence(Connection& its_connection, std::unique_ptr<net::Stream> its_stream)
    : connection(its_connection),
      stream(std::move(its_stream)),
      timer(its_connection.loop(), [this] { connection.handle_wake(); }) {
    connection.memory().count(0, retained);
}

Connection::Presence::~Presence() {
    connection.memory().count(retained, 0);
}

MemoryBudget& Connection::memory() const {
    return table_.memory();
}

ClosingLimits Connection::closing_limits() const {
    return table_.closing();
}

Connection::Connection(ConnectionTable& table, std::unique_ptr<net::Stream> stream)
    : table_(table), loop_(table.loop()) {
    presence_.emplace(*this, std::move(stream));
}

Connection::~Connection() = default;

void Connection::resume_this_turn() {
    if (!presence_->is_linked()) table_.resume_this_turn(*presence_);
}

void Connection::resume_next_turn() {
    if (!presence_->is_linked()) table_.resume_next_turn(*presence_);
}

void Connection::wake_earlier_at(TimePoint time) {
    presence_->wake_at = time;
    presence_->timer.start_at(time);
}

void Connection::handle_wake() {
    presence_->wake_at = no_deadline;
    contain([this] { handle_timer(); });
}

void Connection::end_without_memory() noexcept {
    loop_.note_allocation_failure();
    end();
}

void Connection::end() noexcept {
    if (!is_present()) return;
    loop_.contain([this] { abandon(); });
    if (is_present()) leave();
}

void Connection::count_retained(std::size_t retained) {
    memory().count(presence_->retained, retained);
    presence_->retained = retained;
    if (memory().is_critical()) table_.reclaim_soon();
}

void Connection::shed_when_full() {
    if (!memory().is_full()) return;
    memory().note_shed();
    shed();
}

std::unique_ptr<net::Stream> Connection::leave() {
    assert(presence_ && "a connection leaves once");
    std::unique_ptr<net::Stream> stream = std::move(presence_->stream);
    presence_.reset();
    table_.bury(*this);
    return stream;
}

}  // namespace parley::web
