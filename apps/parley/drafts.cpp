// SPDX-License-Identifier: MIT
#include "apps/parley/drafts.hpp"

#include <utility>

namespace parley {

bool Drafts::add(chat::Draft draft) {
    if (drafts_.size() >= drafts_max_) return false;
    drafts_.push_back(std::move(draft));
    return true;
}

void Drafts::remove(std::string_view key) {
    std::erase_if(drafts_, [key](const chat::Draft& draft) { return draft.key == key; });
}

const chat::Draft* Drafts::next() const {
    return is_under_way_ || drafts_.empty() ? nullptr : &drafts_.front();
}

}  // namespace parley
