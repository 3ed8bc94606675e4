// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "parley/http/header_list.hpp"
#include "parley/http/query.hpp"

namespace parley {

/// The request that opened a connection: its URL, headers and query, and where it came from.
///
/// All sockets of one connection share it, and it stays as it was when the connection is upgraded or gone.
class Handshake {
 public:
    std::string url;      ///< the request target as it was sent
    std::string address;  ///< of the peer, without port
    http::QueryParameters query;
    std::chrono::system_clock::time_point issued;
    bool xdomain = false;  ///< it had an `Origin`
    bool secure = false;   ///< it came over TLS

    Handshake() = default;
    Handshake(Handshake&&) = default;
    Handshake& operator=(Handshake&&) = default;

    /// The headers in their order, their names in small letters. The views live as long as this object.
    [[nodiscard]] std::vector<http::Header> headers() const;

    /// The value of the first header of this name, in any case; empty when there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const noexcept;

    /// The value of a cookie, percent-decoded as `Response::cookie` encodes it; empty without one. Of several with this
    /// name the first, which is the most specific.
    [[nodiscard]] std::string cookie(std::string_view name) const;

    /// Copies the headers, in one allocation.
    void set_headers(http::HeaderList headers);

 private:
    // Each is `name:value` and a line feed, which stand in no name and in no value. Not a std::string: moving this must
    // not move the characters.
    std::vector<char> lines_;
};

}  // namespace parley
