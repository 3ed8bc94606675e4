// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/client/dial_options.hpp"
#include "parley/http/url.hpp"
#include "parley/net/loop.hpp"

namespace parley::client {

using OnDialed = Function<void(Result<std::unique_ptr<net::Stream>>)>;

/// An attempt to reach a server. Destroying it cancels; it may be destroyed in any callback, its own included.
class Dial {
 public:
    virtual ~Dial() = default;
    Dial(const Dial&) = delete;
    Dial& operator=(const Dial&) = delete;

 protected:
    Dial() = default;
};

/// Connects to the server of a URL: looks its name up, tries its addresses in order.
///
/// Belongs to its loop's thread and must be destroyed before the loop; the dials that it has begun may outlive it.
class Dialer {
 public:
    Dialer(net::Loop& loop, DialOptions options);

    /// `on_dialed` is told once, later, never from inside this call: a stream without a handler yet, or an error whose
    /// sentence names host, port and the reason. What it is told after a failure depends on nothing but that: any
    /// address may have refused, the name may not exist, the time may be up, or the URL wants a way that is not there.
    [[nodiscard]] std::unique_ptr<Dial> dial(const http::Url& url, OnDialed on_dialed) const;

 private:
    net::Loop& loop_;
    DialOptions options_;
};

}  // namespace parley::client
