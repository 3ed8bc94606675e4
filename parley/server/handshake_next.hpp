// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "parley/base/octets.hpp"
#include "parley/base/reference.hpp"

namespace parley {

namespace server::detail {
class HandshakeDecision;
void retain(HandshakeDecision*) noexcept;
void release(HandshakeDecision*) noexcept;
}  // namespace server::detail

/// What `ServerOptions::allow_request` calls to let a client in, or to refuse it: now or later, on any thread.
///
///     .allow_request = [&](const Handshake& handshake, HandshakeNext next) {
///         database.find_user(handshake.cookie("id"), [next](bool found) { found ? next() : next.refuse("who?"); });
///     }
///
/// A small copyable handle; only the first call counts. When the last copy goes away without a call, the client is
/// refused; as long as there is one, the client waits, however long its program does. The `Handshake` lives as long as
/// any copy. Once the client has gone nothing happens, and when the server stops those who wait are answered 503.
class HandshakeNext {
 public:
    HandshakeNext() = default;
    explicit HandshakeNext(Reference<server::detail::HandshakeDecision> decision) : decision_(std::move(decision)) {}

    /// Lets the client in, if there is room for it.
    void operator()() const;
    /// Answers 403 (400 to a WebSocket, as the official server does) with `message`, or `Forbidden` when it is empty.
    void refuse(TextView message = "") const;

 private:
    Reference<server::detail::HandshakeDecision> decision_;
};

}  // namespace parley
