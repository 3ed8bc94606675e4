// SPDX-License-Identifier: MIT
#include "parley/web/connection_table.hpp"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <algorithm>
#include <chrono>

#include "parley/net/loop.hpp"

namespace parley::web {

namespace {

// So many connections have gone that what they leave with the allocator is worth a walk over its heap.
constexpr std::size_t give_back_connections = 1000;
constexpr Duration give_back_delay = std::chrono::seconds(1);

}  // namespace

ConnectionTable::ConnectionTable(net::Loop& loop, MemoryBudget& memory, const ClosingLimits& closing)
    : loop_(loop),
      memory_(memory),
      closing_(closing),
      this_turn_task_(loop, [this] { resume(this_turn_); }),
      next_turn_task_(loop, [this] { resume(next_turn_); }),
      burial_(loop, [this] { finish_burial(); }),
      reclaim_(loop, [this] { reclaim(); }),
      give_back_(loop, [this] { give_back_memory(); }) {
    memory_.add(*this);
}

ConnectionTable::~ConnectionTable() {
    on_empty_ = nullptr;
    abandon_all();
}

void ConnectionTable::add(std::unique_ptr<Connection> connection) {
    Connection& added = *connection.release();
    present_.push_back(added);
    ++size_;
    if (load_ != nullptr) load_->fetch_add(1, std::memory_order_relaxed);
    size_peak_ = std::max(size_peak_, size_);
    added.stream().set_handler(added);
}

void ConnectionTable::bury(Connection& connection) {
    left_.push_back(connection);
    --size_;
    if (load_ != nullptr) load_->fetch_sub(1, std::memory_order_relaxed);
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
        presence->connection.contain([&connection = presence->connection] { connection.resume(); });
}

void ConnectionTable::measure(SizeClasses& sizes) {
    IntrusiveList<Connection> unasked;
    unasked.take_all(present_);
    while (Connection* const connection = unasked.pop_front()) {
        present_.push_back(*connection);
        sizes.add(connection->presence_->retained);
    }
}

void ConnectionTable::shed(std::size_t bytes_min) {
    IntrusiveList<Connection> unasked;
    unasked.take_all(present_);
    while (Connection* const connection = unasked.pop_front()) {
        present_.push_back(*connection);
        if (memory_.is_relieved() || connection->presence_->retained < bytes_min) continue;
        memory_.note_shed();
        connection->contain([connection] { connection->shed(); });
    }
}

// The handlers that are called may end any connection, and accept none: each is told once.
void ConnectionTable::begin_shutdown() {
    IntrusiveList<Connection> untold;
    untold.take_all(present_);
    while (Connection* const connection = untold.pop_front()) {
        present_.push_back(*connection);
        connection->contain([connection] { connection->begin_shutdown(); });
    }
}

void ConnectionTable::abandon_all() {
    while (Connection* const connection = present_.pop_front()) {
        present_.push_back(*connection);
        connection->end();
    }
    finish_burial();
}

void ConnectionTable::reclaim() {
    const std::uint64_t shed_before = memory_.shed_count();
    memory_.reclaim();
    if (memory_.shed_count() != shed_before) give_back_soon();
}

void ConnectionTable::give_back_soon() {
    if (!give_back_.is_running()) give_back_.start(give_back_delay);
}

void ConnectionTable::give_back_memory() {
    size_peak_ = size_;
#if defined(__GLIBC__)
    malloc_trim(0);
#endif
}

void ConnectionTable::finish_burial() {
    // A destructor may drop the last handle of something that ends another connection.
    while (Connection* const connection = left_.pop_front())
        delete connection;
    if (size_peak_ - size_ >= give_back_connections) give_back_soon();
    if (size_ == 0 && on_empty_) on_empty_();
}

}  // namespace parley::web
