// SPDX-License-Identifier: MIT
#pragma once

#include <cassert>
#include <cstddef>
#include <memory>
#include <optional>

#include "parley/base/intrusive_list.hpp"
#include "parley/base/memory_budget.hpp"
#include "parley/base/time.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/stream.hpp"
#include "parley/net/timer.hpp"

namespace parley::web {

class ConnectionTable;

/// One accepted TCP connection: what the stream calls. Speaks HTTP (HttpConnection) until an upgrade replaces it by one
/// that speaks WebSocket (WebSocketConnection) over the same stream. Owned by the application's ConnectionTable.
///
/// A turn of the loop may hold anything for one connection: its last bytes, a reset, its time, a function that was
/// posted about it. Whatever comes first may end it; so all that leads to it stands in one place, its presence, and
/// `leave` is the only way out: what has left has no stream, no timer, no turn and no place in the table, by which
/// anybody could still come. It is destroyed at the end of the turn, because it may be in the middle of its own work.
class Connection : public net::StreamHandler, private ListHook {
 public:
    Connection(ConnectionTable& table, std::unique_ptr<net::Stream> stream);
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection();

    /// The application stops: finish what is under way, say goodbye, then close.
    virtual void begin_shutdown() = 0;
    /// What `resume_this_turn` or `resume_next_turn` asked for.
    virtual void resume() = 0;
    /// The time that `wake_at` named has come.
    virtual void handle_timer() = 0;
    /// Much is kept for this peer, and memory is short: give it up now, by ending the connection.
    virtual void shed() = 0;
    /// The connection is being cut: tell whoever must know, and send nothing more.
    virtual void abandon() = 0;

 protected:
    [[nodiscard]] ConnectionTable& table() const { return table_; }
    [[nodiscard]] net::Loop& loop() const { return loop_; }
    [[nodiscard]] TimePoint now() const { return loop_.now(); }

    /// False once this has left.
    [[nodiscard]] bool is_present() const { return presence_.has_value(); }
    /// Only while this is present, as the next three.
    [[nodiscard]] net::Stream& stream() const {
        assert(presence_ && "a connection that has left has no stream");
        return *presence_->stream;
    }
    /// Asks for one `resume` at the end of this turn of the loop, or in the next one; nothing changes where one has
    /// been asked for already.
    void resume_this_turn();
    void resume_next_turn();
    /// Calls `handle_timer` at `time`, or earlier where an earlier time has been named: an armed timer that is too
    /// early is left alone, because looking again is cheaper than moving it with every message.
    void wake_at(TimePoint time) {
        if (time < presence_->wake_at) wake_earlier_at(time);
    }

    /// Does what the stream, the clock or the application asks for. An allocation in it that fails ends this connection
    /// and nothing else.
    template <typename Step>
    void contain(Step&& step) noexcept {
        try {
            step();
        } catch (const std::bad_alloc&) {
            end_without_memory();
        }
    }
    /// Cuts the connection: abandons what it is about, and leaves.
    void end() noexcept;
    /// The same where an allocation failed, and nothing can be said any more.
    void end_without_memory() noexcept;

    /// What a connection costs with its stream, when little is kept for the peer: the first octets are part of it, so
    /// that a short request or message is not counted in and out.
    static constexpr std::size_t idle_bytes = 2560;
    static constexpr std::size_t first_bytes = 512;
    /// Octets that are kept for this peer now.
    void retain(std::size_t octets) {
        const std::size_t retained = octets <= first_bytes ? idle_bytes : idle_bytes - first_bytes + octets;
        if (retained != presence_->retained) count_retained(retained);
    }
    /// The same, where this may end: when memory is used up, this is shed at once.
    void retain_or_shed(std::size_t octets) {
        retain(octets);
        if (octets >= MemoryBudget::shed_bytes_min) shed_when_full();
    }
    [[nodiscard]] MemoryBudget& memory() const;
    [[nodiscard]] ClosingLimits closing_limits() const final;

    /// Takes this connection out of the table, with all that leads to it. What it returns is its stream, which ends at
    /// once unless somebody takes it over.
    std::unique_ptr<net::Stream> leave();

 private:
    friend class ConnectionTable;
    friend class IntrusiveList<Connection>;

    // The hook is that of those who asked to be resumed.
    struct Presence : ListHook {
        Presence(Connection& its_connection, std::unique_ptr<net::Stream> its_stream);
        ~Presence();

        Connection& connection;
        std::unique_ptr<net::Stream> stream;
        net::Timer timer;
        TimePoint wake_at = no_deadline;
        std::size_t retained = idle_bytes;
    };

    void count_retained(std::size_t retained);
    void shed_when_full();
    void wake_earlier_at(TimePoint time);
    void handle_wake();

    ConnectionTable& table_;
    net::Loop& loop_;
    std::optional<Presence> presence_;
};

}  // namespace parley::web
