// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"

namespace parley::net {

/// An IP address and a port: where to listen, where to connect to, who is at the other end.
///
/// A small value without memory of its own. An IPv4 address that arrived through an IPv6 socket ("::ffff:1.2.3.4") is
/// the plain IPv4 address, so the same machine always looks the same.
class Endpoint {
 public:
    /// Every address of this machine (IPv6 and IPv4), a port chosen by the operating system.
    Endpoint() = default;

    /// Reads a numeric address: "127.0.0.1", "::1", "[::1]", "fe80::1%2". "localhost" is 127.0.0.1 (RFC 6761 §6.3) and
    /// the empty text is every address of this machine. Anything else is an error: names are for `Loop::resolve`.
    static Result<Endpoint> parse(std::string_view address, std::uint16_t port);

    /// Every address of this machine, IPv6 and IPv4.
    static Endpoint any(std::uint16_t port);

    /// 127.0.0.1.
    static Endpoint loopback(std::uint16_t port);

    static Endpoint ipv4(std::array<std::uint8_t, 4> octets, std::uint16_t port);
    static Endpoint ipv6(const std::array<std::uint8_t, 16>& octets, std::uint16_t port, std::uint32_t scope_id = 0);

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] bool is_ipv6() const noexcept { return is_ipv6_; }

    /// The same address with another port.
    [[nodiscard]] Endpoint with_port(std::uint16_t port) const;

    /// The address in network byte order: all 16 octets of an IPv6 address, the first 4 of an IPv4 one.
    [[nodiscard]] const std::array<std::uint8_t, 16>& octets() const noexcept { return octets_; }
    [[nodiscard]] std::uint32_t scope_id() const noexcept { return scope_id_; }

    /// The address alone: "127.0.0.1", "::1".
    [[nodiscard]] std::string address() const;

    /// Address and port: "127.0.0.1:3000", "[::1]:3000".
    [[nodiscard]] std::string to_string() const;

    friend bool operator==(const Endpoint&, const Endpoint&) = default;

 private:
    std::array<std::uint8_t, 16> octets_{};
    std::uint32_t scope_id_ = 0;
    std::uint16_t port_ = 0;
    bool is_ipv6_ = true;
};

}  // namespace parley::net
