// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <string>

#include "parley/base/octets.hpp"
#include "parley/http/response_fields.hpp"

namespace parley {

/// An exception that says what the request is answered: `throw HttpError(404, "no such user")`.
///
/// Thrown by a handler, a middleware or what they call, on the application's thread. Error handlers see it as
/// `HandlerFailure::status` and `message`; without one its message is the answer below 500, and the status's own phrase
/// from 500 on, where the message is the program's business. Below 500 the fault is the client's: `on_error` is not
/// told.
///
/// Source: RFC 9110 §15.5 and §15.6.
class HttpError : public std::exception {
 public:
    /// `status` is 400 to 599, any other becomes 500. Without a message it is the status's phrase, as in `Not Found`.
    explicit HttpError(int status);
    HttpError(int status, TextView message);

    [[nodiscard]] int status() const noexcept { return status_; }
    [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }

    /// Sets a header of the answer, as 401 needs one: `throw HttpError(401).set("WWW-Authenticate", "Basic")`. One that
    /// HTTP cannot carry is left out.
    HttpError& set(TextView name, TextView value);
    /// The headers that were set.
    [[nodiscard]] const http::ResponseFields& headers() const noexcept { return headers_; }

 private:
    int status_;
    std::string message_;
    http::ResponseFields headers_;
};

}  // namespace parley
