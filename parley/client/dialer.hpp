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

/// Makes what all connections with these options share: what TLS needs. The error is a sentence for whoever wrote
/// them. Nothing changes where that is there already.
Result<void> prepare_tls(DialOptions& options);

/// Connects to the server of a URL: looks its name up, tries its addresses in order, and speaks TLS where the URL wants
/// it.
///
/// Belongs to its loop's thread and must be destroyed before the loop; the dials that it has begun may outlive it.
class Dialer {
 public:
    Dialer(net::Loop& loop, DialOptions options);

    /// `on_dialed` is told once, later, never from inside this call: a stream whose handler is to be set at once, or an
    /// error whose sentence names host, port and the reason: any address may have refused, the name may not exist, the
    /// time may be up, or the server could not prove who it is.
    [[nodiscard]] std::unique_ptr<Dial> dial(const http::Url& url, OnDialed on_dialed);

 private:
    net::Loop& loop_;
    DialOptions options_;
};

}  // namespace parley::client
