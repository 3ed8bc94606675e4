// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/report.hpp"

namespace parley::simulation {

/// The books of a run: who is there, what was said to whom, what arrived. Whatever does not add up is a violation.
///
/// A member is a Socket.IO socket in its namespace, or a raw WebSocket; its id is the server's. What the program says
/// to it stands in a queue until it arrives: so an order that changed, something told twice, lost, or told to somebody
/// who had left the room, is seen by the first message that is not the next one.
class Ledger {
 public:
    Ledger(Report& report, std::size_t loops) : report_(report), has_elsewhere_(loops > 1) {}

    /// One number for each thing that is said or asked, over the whole run.
    std::uint64_t next_token() { return ++tokens_; }

    // ---- the server's side

    void join(const std::string& id, std::string_view place, std::size_t loop);
    /// The program is about to hear that it leaves: nothing reaches it any more.
    void begin_leaving(const std::string& id);
    void leave(const std::string& id);
    /// Nobody of these places will be told anything any more: their server was destroyed.
    void abandon(std::string_view place);
    [[nodiscard]] bool is_in(const std::string& id) const;
    /// Its whole connection is to be closed; not where it is leaving already.
    void cut(const std::string& id);
    [[nodiscard]] bool is_cut(const std::string& id) const;
    [[nodiscard]] std::size_t size(std::string_view place) const;
    /// The loop that it lives on; of the unknown, the first.
    [[nodiscard]] std::size_t loop_of(const std::string& id) const;

    void enter_room(const std::string& id, const std::string& room);
    void leave_room(const std::string& id, const std::string& room);
    [[nodiscard]] std::set<std::string> rooms(const std::string& id) const;

    /// Message number `n` of this member has arrived; they are numbered from 0 without a gap.
    void hear(const std::string& id, std::uint64_t n);
    [[nodiscard]] std::uint64_t heard(const std::string& id) const;

    struct Selection {
        std::string_view place;
        std::string room = {};    ///< empty: everybody
        std::string except = {};  ///< not this member
        std::size_t loop = 0;     ///< those who live there

        [[nodiscard]] Selection on(std::size_t another_loop) const { return {place, room, except, another_loop}; }
    };
    /// Whom that is, also those who are about to leave.
    [[nodiscard]] std::set<std::string> select(const Selection& to) const;
    void say(const std::string& id, std::uint64_t token, bool is_volatile = false);
    /// The same of somebody who may have left meanwhile.
    void say_if_there(const std::string& id, std::uint64_t token, bool is_volatile = false);
    void say_to_many(const Selection& to, std::uint64_t token, bool is_volatile = false);

    // ---- the other side

    void receive(const std::string& id, std::uint64_t token);
    /// What was said and neither arrived nor might be left out.
    [[nodiscard]] std::size_t waiting(const std::string& id) const;
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

    // ---- what must happen exactly once: callbacks of acknowledgements, scheduled calls

    void expect(std::uint64_t token, std::string_view what);
    void happen(std::uint64_t token);
    /// It may happen no more; false when it has happened.
    bool forbid(std::uint64_t token);
    /// It need not happen.
    void excuse(std::uint64_t token) { events_[token].is_excused = true; }
    void excuse_all();
    /// What should have happened by now; empty when there is nothing.
    [[nodiscard]] std::string complaint() const;

    /// No member is there any more.
    void check_empty(std::string_view when);

 private:
    struct Told {
        std::uint64_t token;
        bool is_volatile;
    };
    struct Member {
        std::string place;
        std::size_t loop = 0;
        bool is_in = true;
        bool is_leaving = false;
        bool is_cut = false;
        bool is_abandoned = false;
        std::uint64_t heard = 0;
        std::deque<Told> told;
        std::set<std::string> rooms;
    };
    struct Event {
        std::string what;
        int happened = 0;
        bool is_forbidden = false;
        bool is_excused = false;
    };

    [[nodiscard]] static bool is_selected(const Selection& to, const std::string& id, const Member& member);
    Member* find(const std::string& id);
    [[nodiscard]] const Member* find(const std::string& id) const;

    Report& report_;
    bool has_elsewhere_;  // what was on its way to another loop when the server was destroyed may arrive
    std::map<std::string, Member> members_;
    std::map<std::uint64_t, Event> events_;
    std::uint64_t tokens_ = 0;
    std::uint64_t left_out_ = 0;
};

}  // namespace parley::simulation
