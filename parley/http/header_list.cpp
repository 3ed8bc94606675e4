// SPDX-License-Identifier: MIT
#include "parley/http/header_list.hpp"

#include "parley/http/message_head.hpp"

namespace parley::http {

Header HeaderList::Iterator::operator*() const noexcept {
    return head_->header(index_);
}

std::size_t HeaderList::size() const noexcept {
    return head_->header_count();
}

Header HeaderList::operator[](std::size_t index) const noexcept {
    return head_->header(index);
}

}  // namespace parley::http
