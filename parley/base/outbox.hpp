// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/shared_buffer.hpp"

namespace parley {

/// The bytes that wait to leave on one connection, in order.
///
/// Machines and handlers append; the loop sends once per turn (`gather`, `consume`). Small writes are copied into one
/// contiguous tail; shared buffers are referred to, not copied, unless they are small and something waits before them:
/// then one contiguous send is cheaper than a gathered one. Where much waits, the tail is left as it is and another one
/// begun: what waits is not moved for what follows. An empty outbox owns at most `tail_bytes_kept`.
class Outbox {
 public:
    /// What an empty outbox may keep for its next small write.
    static constexpr std::size_t tail_bytes_kept = 256;

    /// Shared buffers below this many octets join the contiguous tail when they are not alone.
    static constexpr std::size_t copied_below_bytes = 2048;

    /// A tail of so much that has no room for what follows is full.
    static constexpr std::size_t tail_bytes_full = 256 * 1024;

    /// Copies `octets` to the end.
    void append(std::string_view octets);

    /// Puts `buffer` at the end. A buffer that is alone or large is referred to, which allocates nothing.
    void append(const SharedBuffer& buffer);

    /// Room for `size` octets at the end, to be written in place; `commit(written)` makes the first `written` of them
    /// part of the outbox. The pointer is valid until the next call of any other member; without a commit the room is
    /// given up by the next append. Throws `std::bad_alloc` from 4 GiB on, too.
    [[nodiscard]] char* prepare(std::size_t size);
    void commit(std::size_t written);

    /// Octets that wait.
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    /// Octets that have left this outbox in its life. Who remembers `passed() + size()` after an append can see later
    /// whether what it appended is gone.
    [[nodiscard]] std::uint64_t passed() const noexcept { return passed_; }

    /// The first pieces to send, in order, as many as `pieces` takes; returns how many were filled. The views are valid
    /// until the next call that changes the outbox.
    std::size_t gather(std::span<std::string_view> pieces) const;

    /// Forgets the first `octets` octets: they have been sent.
    void consume(std::size_t octets);

    /// Forgets everything.
    void clear();

    /// Gives back what an empty outbox keeps for its next small write; nothing happens while something waits.
    void trim() noexcept;

 private:
    // One run of octets: all of `shared` but what is sent, or, when that is empty, the next `size` octets of the tails.
    struct Piece {
        SharedBuffer shared;
        std::size_t size = 0;
    };

    [[nodiscard]] std::size_t piece_count() const noexcept { return size_ == 0 ? 0 : 1 + more_.size() - more_begin_; }
    [[nodiscard]] const Piece& piece(std::size_t index) const noexcept;
    [[nodiscard]] Piece& last_piece() noexcept { return more_begin_ == more_.size() ? first_ : more_.back(); }
    void push_piece(Piece piece);
    void pop_piece();
    void join_small_first();
    void make_room(std::size_t octets);
    void grow_tail(std::size_t octets);
    void drop_uncommitted();
    void drop_sent_tail();

    [[nodiscard]] const std::string& tail(std::size_t index) const noexcept;

    Piece first_;
    std::vector<Piece> more_;  // the pieces behind the first; those before `more_begin_` are sent
    std::uint32_t more_begin_ = 0;
    std::uint32_t uncommitted_ = 0;  // octets at the end of `tail_` that `prepare` gave out
    // The octets of all pieces that are not shared, one behind the other: in tails that are full, of which there are
    // none as a rule, and in the last one. No piece lies in two.
    std::unique_ptr<std::vector<std::string>> full_tails_;
    std::string tail_;
    std::size_t tail_begin_ = 0;  // in the first of them: what lies before it is sent
    std::size_t size_ = 0;
    std::uint64_t passed_ = 0;
};

}  // namespace parley
