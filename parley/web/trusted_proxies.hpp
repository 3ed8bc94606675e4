// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "parley/base/error.hpp"
#include "parley/http/forwarded.hpp"
#include "parley/net/endpoint.hpp"

namespace parley::http {
class RequestHead;
}

namespace parley::web {

/// Who asked, and how: as this process sees it, or as the proxies in front say that it was.
struct ClientFacts {
    net::Endpoint peer;  ///< the port is 0 where it is not known
    bool is_secure = false;
    std::string_view host;  ///< empty: what the header Host says
};

/// Whom among those who connect this application believes that they ask for somebody else: what Express calls "trust
/// proxy".
///
/// The nearest one is whoever connected. As long as one is believed, the one for whom it asks is looked at next; the
/// first who is not is the client. What follows of the lists was written by that client, and is not looked at.
class TrustedProxies {
 public:
    /// Nobody.
    TrustedProxies() = default;

    /// `who` is a number of proxies that are always in between, or a list with commas of addresses, networks
    /// (`10.0.0.0/8`), and the words loopback, linklocal and uniquelocal; empty and `0` are nobody. The error is a
    /// sentence for whoever wrote it.
    [[nodiscard]] static Result<TrustedProxies> parse(std::string_view who, http::ForwardedHeaders which);

    [[nodiscard]] bool is_nobody() const noexcept { return hops_ == 0 && networks_.empty(); }

    /// `seen` is what this process sees.
    [[nodiscard]] ClientFacts client_of(const http::RequestHead& head, const ClientFacts& seen) const;

 private:
    struct Network {
        std::array<std::uint8_t, 16> octets{};
        bool is_ipv6 = false;
        unsigned bits = 0;  // of the prefix
    };

    [[nodiscard]] bool add(std::string_view name);
    [[nodiscard]] bool add_network(std::string_view text);
    /// Whether `node`, before which `hops` are believed already, is believed.
    [[nodiscard]] bool trusts(const net::Endpoint& node, std::size_t hops) const noexcept;

    std::size_t hops_ = 0;
    std::vector<Network> networks_;
    http::ForwardedHeaders which_ = http::ForwardedHeaders::x_forwarded;
};

}  // namespace parley::web
