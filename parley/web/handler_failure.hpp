// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <string_view>

namespace parley {

/// A user's function that threw, or what it did that could not be done: where it stood and what it said. The views are
/// valid during the call that hands it out.
struct HandlerFailure {
    std::string_view where = {};        ///< as in `GET /users/7`
    std::string_view message = {};      ///< what the exception said
    std::exception_ptr exception = {};  ///< null if nothing was thrown (a header that HTTP cannot carry)
};

}  // namespace parley
