// SPDX-License-Identifier: MIT
#include "parley/base/outbox.hpp"

#include <algorithm>
#include <new>
#include <utility>

namespace parley {

const Outbox::Piece& Outbox::piece(std::size_t index) const noexcept {
    return index == 0 ? first_ : more_[more_begin_ + index - 1];
}

const std::string& Outbox::tail(std::size_t index) const noexcept {
    return full_tails_ != nullptr && index < full_tails_->size() ? (*full_tails_)[index] : tail_;
}

void Outbox::push_piece(Piece piece) {
    size_ += piece.size;
    if (size_ == piece.size) {
        first_ = std::move(piece);
    } else {
        more_.push_back(std::move(piece));
    }
}

void Outbox::pop_piece() {
    if (more_begin_ == more_.size()) {
        first_ = Piece{};
        return;
    }
    first_ = std::exchange(more_[more_begin_], Piece{});
    ++more_begin_;
    // Keep what is behind from growing for ever on a connection that never drains.
    if (more_begin_ * 2 < more_.size()) return;
    more_.erase(more_.begin(), more_.begin() + static_cast<std::ptrdiff_t>(more_begin_));
    more_begin_ = 0;
}

// The tail is about to take `octets` more.
inline void Outbox::make_room(std::size_t octets) {
    if (tail_.size() + octets <= tail_.capacity() || tail_.size() < tail_bytes_full) return;
    std::string next;
    next.reserve(std::max(octets, tail_bytes_full));
    // Where there is no memory for it, nothing has changed.
    if (full_tails_ != nullptr) {
        full_tails_->emplace_back();
    } else {
        full_tails_ = std::make_unique<std::vector<std::string>>(1);
    }
    full_tails_->back() = std::exchange(tail_, std::move(next));
}

// The last `octets` octets of the tail have just been written: they belong to the outbox.
inline void Outbox::grow_tail(std::size_t octets) {
    if (octets == 0) return;
    Piece& last = last_piece();  // an empty first one when nothing waits
    const bool begins_tail = full_tails_ != nullptr && tail_.size() == octets;
    if (!last.shared.empty() || begins_tail) return push_piece({SharedBuffer{}, octets});
    last.size += octets;
    size_ += octets;
}

void Outbox::drop_uncommitted() {
    if (uncommitted_ == 0) return;
    tail_.resize(tail_.size() - uncommitted_);
    uncommitted_ = 0;
}

// A small shared buffer that waited alone joins the tail when something follows it.
void Outbox::join_small_first() {
    if (first_.shared.empty() || first_.size >= copied_below_bytes || piece_count() != 1) return;
    const Piece alone = std::exchange(first_, Piece{});
    size_ = 0;
    tail_.append(alone.shared.view().substr(alone.shared.size() - alone.size));
    grow_tail(alone.size);
}

void Outbox::append(std::string_view octets) {
    drop_uncommitted();
    if (octets.empty()) return;
    join_small_first();
    make_room(octets.size());
    tail_.append(octets);
    grow_tail(octets.size());
}

void Outbox::append(const SharedBuffer& buffer) {
    if (buffer.empty()) return;
    if (size_ == 0 || buffer.size() >= copied_below_bytes) {
        drop_uncommitted();
        push_piece({buffer, buffer.size()});
        return;
    }
    append(buffer.view());
}

char* Outbox::prepare(std::size_t size) {
    if (size > UINT32_MAX) throw std::bad_alloc();
    drop_uncommitted();
    join_small_first();
    make_room(size);
    const std::size_t end = tail_.size();
    // libstdc++ 12 hands its operation the capacity that it chose, not the size that was asked for.
    tail_.resize_and_overwrite(end + size, [all = end + size](char*, std::size_t) { return all; });
    uncommitted_ = static_cast<std::uint32_t>(size);
    return tail_.data() + end;
}

void Outbox::commit(std::size_t written) {
    written = std::min<std::size_t>(written, uncommitted_);
    uncommitted_ -= static_cast<std::uint32_t>(written);
    drop_uncommitted();
    grow_tail(written);
}

std::size_t Outbox::gather(std::span<std::string_view> pieces) const {
    const std::size_t count = std::min(pieces.size(), piece_count());
    std::size_t index = 0;  // of the tail
    std::size_t tail_at = tail_begin_;
    for (std::size_t i = 0; i < count; ++i) {
        const Piece& from = piece(i);
        if (from.shared.empty()) {
            const std::string_view octets = tail(index);
            pieces[i] = octets.substr(tail_at, from.size);
            tail_at += from.size;
            if (tail_at < octets.size()) continue;
            ++index;
            tail_at = 0;
        } else {
            pieces[i] = from.shared.view().substr(from.shared.size() - from.size);
        }
    }
    return count;
}

void Outbox::consume(std::size_t octets) {
    if (octets >= size_) {
        clear();
        return;
    }
    size_ -= octets;
    passed_ += octets;
    while (octets > 0) {
        const std::size_t taken = std::min(octets, first_.size);
        first_.size -= taken;
        octets -= taken;
        if (first_.shared.empty()) tail_begin_ += taken;
        if (first_.size == 0) pop_piece();
        if (full_tails_ == nullptr || tail_begin_ < full_tails_->front().size()) continue;
        full_tails_->erase(full_tails_->begin());
        if (full_tails_->empty()) full_tails_.reset();
        tail_begin_ = 0;
    }
    drop_sent_tail();
}

// A connection that always has something waiting must not keep all that it ever sent.
void Outbox::drop_sent_tail() {
    if (full_tails_ != nullptr || tail_begin_ < copied_below_bytes || tail_begin_ * 2 < tail_.size()) return;
    tail_.erase(0, tail_begin_);
    tail_begin_ = 0;
}

// An idle connection is to own next to nothing, but one that answers small messages should not allocate for each: a
// small tail stays.
void Outbox::clear() {
    passed_ += size_;
    size_ = 0;
    first_ = Piece{};
    if (more_.capacity() > 0) std::vector<Piece>().swap(more_);
    more_begin_ = 0;
    full_tails_.reset();
    if (tail_.capacity() > tail_bytes_kept) std::string().swap(tail_);
    tail_.clear();
    tail_begin_ = 0;
    uncommitted_ = 0;
}

void Outbox::trim() noexcept {
    if (size_ > 0) return;
    std::string().swap(tail_);
    uncommitted_ = 0;
}

}  // namespace parley
