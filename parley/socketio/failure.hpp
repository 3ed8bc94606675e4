// SPDX-License-Identifier: MIT
#pragma once

#include <expected>
#include <string_view>

namespace parley::socketio {

/// Why a connection cannot go on. Whatever the kind, the answer is to close the whole Engine.IO session.
enum class FailureKind {
    malformed,      ///< the packet does not parse; the reference tells each socket with an `error` event first
    limit,          ///< the packet parses, but something in it is larger, deeper or more than its limit
    invalid_state,  ///< a good packet at a time when the protocol does not allow it
    timeout,        ///< the peer did not do in time what it had to do
};

/// The failure of a connection as a value.
struct Failure {
    FailureKind kind{};
    /// In words, for a log or an `error` event; a literal that never contains what the peer sent.
    std::string_view reason{};
};

/// A packet that breaks the protocol. `reason` is a literal.
[[nodiscard]] inline std::unexpected<Failure> malformed(std::string_view reason) {
    return std::unexpected(Failure{FailureKind::malformed, reason});
}

/// A packet beyond one of the limits. `reason` is a literal.
[[nodiscard]] inline std::unexpected<Failure> over_limit(std::string_view reason) {
    return std::unexpected(Failure{FailureKind::limit, reason});
}

}  // namespace parley::socketio
