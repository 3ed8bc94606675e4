// SPDX-License-Identifier: MIT
#include "parley/http/request_head.hpp"

namespace parley::http {

std::string_view RequestHead::path() const noexcept {
    // An absolute target may leave its path out: `http://host?query`.
    return path_.size == 0 ? std::string_view("/") : text(path_);
}

}  // namespace parley::http
