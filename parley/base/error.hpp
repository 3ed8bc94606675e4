// SPDX-License-Identifier: MIT
#pragma once

#include <exception>
#include <expected>
#include <string>
#include <utility>

namespace parley {

/// What kind of thing went wrong; the message says the rest in words.
enum class ErrorCode {
    invalid_argument,   ///< the caller asked for something that cannot be
    invalid_input,      ///< text or bytes that do not parse
    limit_exceeded,     ///< something was larger, deeper or more than its limit
    address_in_use,     ///< the port is taken
    permission_denied,  ///< the operating system refused
    not_found,          ///< a file, a host or a name does not exist
    timed_out,          ///< a deadline passed
    disconnected,       ///< the other side is gone
    tls_failed,         ///< no proof of who the other side is, no version in common, or it speaks no TLS
    unavailable,        ///< any other failure of the environment
};

/// A failure as a value: a code to branch on and one sentence for a person.
struct Error {
    ErrorCode code{};
    std::string message;
};

/// A value, or the reason why there is none.
template <typename T>
using Result = std::expected<T, Error>;

/// The one exception of the library: set-up failed (port in use, bad option). `what()` tells a person what to do.
class SetupError : public std::exception {
 public:
    explicit SetupError(Error error) : error_(std::move(error)) {}
    [[nodiscard]] const char* what() const noexcept override { return error_.message.c_str(); }
    [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
    Error error_;
};

}  // namespace parley
