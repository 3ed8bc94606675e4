// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>
#include <unordered_map>

#include "parley/base/intrusive_list.hpp"
#include "parley/base/keyed_hash.hpp"

namespace parley::engineio {

/// The part of a peer's address that one client can be told by: an IPv4 address, or the first 64 bits of an IPv6 one,
/// because whoever has one address of such a network has all of them (RFC 4291 §2.5.1).
using AddressGroup = std::uint64_t;

/// The sessions of which nothing shows just now that their client is there, by address.
///
/// A polling session holds no connection between two polls, and a client that sends a handshake and goes away has held
/// one for a moment only: such sessions cost their client nothing, so their number is bounded. When it is reached the
/// oldest of the most crowded address is the one to go: whoever makes many pays for them, and an honest client is back
/// within a round trip. Every operation is O(1).
class UnconfirmedSessions {
    struct Crowd;

 public:
    /// What a session keeps here. Destroying it leaves; a place must not outlive the table.
    class Place : private ListHook {
     public:
        Place() = default;
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;
        ~Place() { leave(); }

        /// Whether something shows that the client is there. A new place is not confirmed.
        void confirm() { set_confirmed(true); }
        void unconfirm() { set_confirmed(false); }
        [[nodiscard]] bool is_confirmed() const noexcept { return is_confirmed_; }

        /// Goes over to another table, from wherever it is, unconfirmed.
        void move_to(UnconfirmedSessions& table);

        void leave();

     private:
        friend class UnconfirmedSessions;
        friend class IntrusiveList<Place>;
        void set_confirmed(bool confirmed);

        UnconfirmedSessions* table_ = nullptr;  // null: nowhere
        AddressGroup group_ = 0;
        Crowd* crowd_ = nullptr;
        bool is_confirmed_ = false;
    };

    explicit UnconfirmedSessions(KeyedHash hash) : crowds_(0, GroupHash{hash}) {}

    /// Puts `place`, which is nowhere, among those of `group`, unconfirmed.
    void enter(Place& place, AddressGroup group);

    /// Places that are not confirmed.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    /// Places of one address, confirmed or not.
    [[nodiscard]] std::size_t count(AddressGroup group) const;

    /// The place that has been unconfirmed the longest, of the address that has the most of them; null when there is
    /// none.
    [[nodiscard]] Place* oldest_of_most_crowded();

 private:
    struct GroupHash {
        KeyedHash hash;
        std::size_t operator()(AddressGroup group) const noexcept {
            return hash(std::string_view(reinterpret_cast<const char*>(&group), sizeof(group)));
        }
    };
    struct Crowd : ListHook {
        AddressGroup group = 0;
        std::size_t members = 0;
        std::size_t unconfirmed = 0;
        IntrusiveList<Place> places;  // the unconfirmed, the oldest first
    };

    void grow_to(std::size_t rank);
    void rank(Crowd& crowd, std::size_t unconfirmed);

    std::unordered_map<AddressGroup, Crowd, GroupHash> crowds_;
    std::deque<IntrusiveList<Crowd>> ranks_;  // by the number of the unconfirmed
    std::size_t rank_count_ = 0;              // of `ranks_`, which would have to divide for it
    std::size_t highest_ = 0;                 // rank that is not empty
    std::size_t size_ = 0;
};

}  // namespace parley::engineio
