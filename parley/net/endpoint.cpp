// SPDX-License-Identifier: MIT
#include "parley/net/endpoint.hpp"

#include <arpa/inet.h>
#include <net/if.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace parley::net {
namespace {

constexpr std::array<std::uint8_t, 12> v4_mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

// RFC 4007 §11: an interface's number, or its name on this machine. 0: there is no such interface.
std::uint32_t scope_from(std::string_view zone) {
    std::uint32_t number = 0;
    const auto [end, error] = std::from_chars(zone.data(), zone.data() + zone.size(), number);
    if (error == std::errc{} && end == zone.data() + zone.size()) return number;
    return if_nametoindex(std::string(zone).c_str());
}

Error not_an_address(std::string_view text) {
    return {ErrorCode::invalid_argument,
            "\"" + std::string(text) + "\" is not an IP address. Write one like 127.0.0.1, 0.0.0.0, :: or ::1."};
}

}  // namespace

Result<Endpoint> Endpoint::parse(std::string_view address, std::uint16_t port) {
    const std::string_view text = address;
    if (address.empty()) return any(port);
    if (address == "localhost") return loopback(port);
    if (address.front() == '[' && address.back() == ']') address = address.substr(1, address.size() - 2);

    std::array<std::uint8_t, 4> v4{};
    if (address.size() == text.size() && inet_pton(AF_INET, std::string(address).c_str(), v4.data()) == 1) {
        return ipv4(v4, port);
    }
    std::uint32_t scope = 0;
    if (const std::size_t percent = address.find('%'); percent != std::string_view::npos) {
        scope = scope_from(address.substr(percent + 1));
        if (scope == 0) return std::unexpected(not_an_address(text));
        address = address.substr(0, percent);
    }
    std::array<std::uint8_t, 16> v6{};
    if (inet_pton(AF_INET6, std::string(address).c_str(), v6.data()) != 1) return std::unexpected(not_an_address(text));
    return ipv6(v6, port, scope);
}

Endpoint Endpoint::any(std::uint16_t port) {
    return ipv6({}, port);
}

Endpoint Endpoint::loopback(std::uint16_t port) {
    return ipv4({127, 0, 0, 1}, port);
}

Endpoint Endpoint::ipv4(std::array<std::uint8_t, 4> octets, std::uint16_t port) {
    Endpoint endpoint;
    std::ranges::copy(octets, endpoint.octets_.begin());
    endpoint.port_ = port;
    endpoint.is_ipv6_ = false;
    return endpoint;
}

Endpoint Endpoint::ipv6(const std::array<std::uint8_t, 16>& octets, std::uint16_t port, std::uint32_t scope_id) {
    if (std::equal(v4_mapped_prefix.begin(), v4_mapped_prefix.end(), octets.begin())) {
        return ipv4({octets[12], octets[13], octets[14], octets[15]}, port);
    }
    Endpoint endpoint;
    endpoint.octets_ = octets;
    endpoint.scope_id_ = scope_id;
    endpoint.port_ = port;
    return endpoint;
}

Endpoint Endpoint::with_port(std::uint16_t port) const {
    Endpoint copy = *this;
    copy.port_ = port;
    return copy;
}

std::string Endpoint::address() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    inet_ntop(is_ipv6_ ? AF_INET6 : AF_INET, octets_.data(), text.data(), text.size());
    std::string result = text.data();
    if (scope_id_ != 0) result += "%" + std::to_string(scope_id_);
    return result;
}

std::string Endpoint::to_string() const {
    return (is_ipv6_ ? "[" + address() + "]" : address()) + ":" + std::to_string(port_);
}

}  // namespace parley::net
