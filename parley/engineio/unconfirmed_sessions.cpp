// SPDX-License-Identifier: MIT
#include "parley/engineio/unconfirmed_sessions.hpp"

namespace parley::engineio {

void UnconfirmedSessions::enter(Place& place, AddressGroup group) {
    Crowd& crowd = crowds_[group];
    crowd.group = group;
    ++crowd.members;
    place.table_ = this;
    place.crowd_ = &crowd;
    place.group_ = group;
    place.is_confirmed_ = true;
    place.unconfirm();
}

void UnconfirmedSessions::Place::leave() {
    if (table_ == nullptr) return;
    confirm();
    if (--crowd_->members == 0) table_->crowds_.erase(crowd_->group);
    table_ = nullptr;
}

void UnconfirmedSessions::Place::move_to(UnconfirmedSessions& table) {
    if (table_ == &table) return;
    leave();
    table.enter(*this, group_);
}

void UnconfirmedSessions::Place::set_confirmed(bool confirmed) {
    if (table_ == nullptr || confirmed == is_confirmed_) return;
    if (!confirmed && crowd_->unconfirmed + 1 >= table_->rank_count_) table_->grow_to(crowd_->unconfirmed + 1);
    is_confirmed_ = confirmed;
    if (confirmed) {
        unlink();
        table_->rank(*crowd_, crowd_->unconfirmed - 1);
    } else {
        crowd_->places.push_back(*this);
        table_->rank(*crowd_, crowd_->unconfirmed + 1);
    }
}

void UnconfirmedSessions::grow_to(std::size_t rank) {
    for (; rank_count_ <= rank; ++rank_count_)
        ranks_.emplace_back();
}

// The number has changed by one, so the highest rank has, too, by one at most.
void UnconfirmedSessions::rank(Crowd& crowd, std::size_t unconfirmed) {
    size_ = size_ - crowd.unconfirmed + unconfirmed;
    crowd.unconfirmed = unconfirmed;
    crowd.unlink();
    if (unconfirmed > 0) ranks_[unconfirmed].push_back(crowd);
    if (unconfirmed > highest_) {
        highest_ = unconfirmed;
    } else if (highest_ > 0 && ranks_[highest_].empty()) {
        --highest_;
    }
}

std::size_t UnconfirmedSessions::count(AddressGroup group) const {
    const auto found = crowds_.find(group);
    return found == crowds_.end() ? 0 : found->second.members;
}

UnconfirmedSessions::Place* UnconfirmedSessions::oldest_of_most_crowded() {
    if (highest_ == 0) return nullptr;
    return ranks_[highest_].front()->places.front();
}

}  // namespace parley::engineio
