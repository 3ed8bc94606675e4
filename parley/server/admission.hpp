// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <string_view>

#include "parley/base/counted.hpp"
#include "parley/base/reference.hpp"
#include "parley/json.hpp"
#include "parley/server/socket_core.hpp"
#include "parley/server/socket_next.hpp"

namespace parley::server::detail {

/// The way of one socket through the middlewares of its namespace: what the copies of `SocketNext` refer to.
///
/// Each decision names the step that it is about; of several only the first counts. Decisions come on any thread and
/// take effect on the loop.
class AdmissionCore final : public Counted {
 public:
    explicit AdmissionCore(SocketCore& socket) : socket_(&socket) {}
    /// Nobody can decide any more: the socket is refused.
    ~AdmissionCore();

    /// On the loop: asks the middleware `step`, or lets the socket in behind the last one.
    void proceed(unsigned step);

    void decide_next(unsigned step);
    void decide_refuse(unsigned step, std::string_view message, Json data);

 private:
    // Whether this is the first decision about `step`.
    bool take(unsigned step) noexcept { return undecided_.compare_exchange_strong(step, step + 1); }

    const Reference<SocketCore> socket_;
    std::atomic<unsigned> undecided_ = 0;  // the step that waits for its decision
    std::atomic<bool> is_over_ = false;
};

}  // namespace parley::server::detail
