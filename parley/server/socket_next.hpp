// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "parley/base/octets.hpp"
#include "parley/base/reference.hpp"
#include "parley/json.hpp"

namespace parley {

namespace server::detail {
class AdmissionCore;
void retain(AdmissionCore*) noexcept;
void release(AdmissionCore*) noexcept;
}  // namespace server::detail

/// What a middleware of a namespace calls to let a socket in, or to refuse it: now or later, on any thread.
///
///     io.use([](Socket socket, SocketNext next) {
///         if (socket.auth()["token"] == "open sesame") return next();
///         next.refuse("not authorized");
///     });
///
/// A small copyable handle; only the first call counts. When the last copy goes away without a call, the socket is
/// refused: nobody waits for ever.
class SocketNext {
 public:
    SocketNext() = default;
    SocketNext(Reference<server::detail::AdmissionCore> core, unsigned step) : core_(std::move(core)), step_(step) {}

    /// On to the next middleware, or into the namespace behind the last one.
    void operator()() const;
    /// The client's `connect_error` gets `message` and, when it is not null, `data`.
    void refuse(TextView message, Json data = {}) const;

 private:
    Reference<server::detail::AdmissionCore> core_;
    unsigned step_ = 0;
};

}  // namespace parley
