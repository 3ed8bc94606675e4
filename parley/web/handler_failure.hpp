// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <string_view>

namespace parley {

class HttpError;

/// A user's function that threw, or what it did that could not be done: where it stood and what it said. The views are
/// valid during the call that hands it out.
///
/// To an error handler it is any answer that is none of a handler's: also 404 for a path that nobody answers, 413 for a
/// body that is too long, 400 for a path that cannot be decoded.
///
/// What a task of an application throws (parley/task.hpp) comes to `on_error` with `task` as its place.
struct HandlerFailure {
    std::string_view where = {};        ///< as in `GET /users/7`
    std::string_view message = {};      ///< what the exception said, or the phrase of the status
    std::exception_ptr exception = {};  ///< null if nothing was thrown (a header that HTTP cannot carry)
    int status = 500;                   ///< to answer with
    const HttpError* error = nullptr;   ///< what was thrown, if it was an `HttpError`
};

}  // namespace parley
