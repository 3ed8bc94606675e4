// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>

#include "parley/base/function.hpp"
#include "parley/base/intrusive_list.hpp"
#include "parley/base/memory_budget.hpp"
#include "parley/net/closing_limits.hpp"
#include "parley/net/timer.hpp"
#include "parley/net/turn_task.hpp"
#include "parley/web/announcer.hpp"
#include "parley/web/connection.hpp"
#include "parley/web/observer.hpp"

namespace parley::web {

/// The connections of an application. It owns them, those included that have left in this turn of the loop. Nothing
/// here allocates, so that an end cannot fail.
class ConnectionTable final : public MemoryHolder {
 public:
    /// `closing` is how each of them is closed; it outlives the table, as `loop` and `memory` do.
    ConnectionTable(net::Loop& loop, MemoryBudget& memory, const ClosingLimits& closing);
    /// Abandons all connections.
    ~ConnectionTable() override;
    ConnectionTable(const ConnectionTable&) = delete;
    ConnectionTable& operator=(const ConnectionTable&) = delete;

    /// Counts its connections there, too, from now on. Before the first one.
    void count_in(std::atomic<std::ptrdiff_t>& load) noexcept { load_ = &load; }

    /// Who hears of peers that fall behind; it outlives the table. Before the first connection.
    void set_observer(const Announcer<ApplicationObserver>& observer) noexcept { observer_ = &observer; }
    void tell_backlog(std::size_t octets) const noexcept {
        if (observer_ != nullptr) observer_->tell(&ApplicationObserver::on_backlog, octets);
    }

    [[nodiscard]] net::Loop& loop() const { return loop_; }
    [[nodiscard]] MemoryBudget& memory() const { return memory_; }
    [[nodiscard]] const ClosingLimits& closing() const { return closing_; }
    /// Gives up what must be given up, at the end of this turn.
    void reclaim_soon() { reclaim_.schedule(); }

    // MemoryHolder
    void measure(SizeClasses& sizes) override;
    void shed(std::size_t bytes_min) override;

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
    void reclaim();
    void give_back_soon();
    void give_back_memory();

    net::Loop& loop_;
    MemoryBudget& memory_;
    const ClosingLimits& closing_;
    std::atomic<std::ptrdiff_t>* load_ = nullptr;
    const Announcer<ApplicationObserver>* observer_ = nullptr;
    IntrusiveList<Connection> present_;
    IntrusiveList<Connection> left_;
    std::size_t size_ = 0;
    Resumptions this_turn_;
    Resumptions next_turn_;
    net::TurnTask this_turn_task_;
    net::TurnTask next_turn_task_;
    net::TurnTask burial_;
    net::TurnTask reclaim_;
    net::Timer give_back_;
    std::size_t size_peak_ = 0;  // since memory was last given back to the system
    Function<void()> on_empty_;
};

}  // namespace parley::web
