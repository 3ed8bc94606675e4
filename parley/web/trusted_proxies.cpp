// SPDX-License-Identifier: MIT
#include "parley/web/trusted_proxies.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/http/authority.hpp"
#include "parley/http/request_head.hpp"

namespace parley::web {
namespace {

/// The words of Express, and what they stand for (RFC 1122, 3927, 1918, 4291 and 4193).
struct Word {
    std::string_view name;
    std::array<std::string_view, 4> networks;
};
constexpr std::array words = {
    Word{"loopback", {"127.0.0.0/8", "::1/128", "::/128"}},  // the last one is who comes by a Unix-domain socket
    Word{"linklocal", {"169.254.0.0/16", "fe80::/10"}},
    Word{"uniquelocal", {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}},
};

/// An address and nothing else: no name, no scope, no space.
std::optional<net::Endpoint> parse_address(std::string_view text, std::uint16_t port = 0) {
    const auto is_part = [](char c) { return hex_value(c) >= 0 || c == '.' || c == ':'; };
    if (text.empty() || !std::ranges::all_of(text, is_part)) return std::nullopt;
    const Result<net::Endpoint> endpoint = net::Endpoint::parse(text, port);
    return endpoint ? std::optional(*endpoint) : std::nullopt;
}

/// The same with a port, perhaps (RFC 7239 §6), and IPv6 perhaps in brackets.
std::optional<net::Endpoint> parse_node(std::string_view text) {
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        port = text.substr(end + 1);
        text = text.substr(1, end - 1);
        if (!port.empty() && !port.starts_with(':')) return std::nullopt;
        if (!port.empty()) port.remove_prefix(1);
    } else if (std::ranges::count(text, ':') == 1) {
        const std::size_t colon = text.find(':');
        port = text.substr(colon + 1);
        text = text.substr(0, colon);
    }
    const std::uint64_t number = parse_decimal(port).value_or(0);  // a name for a port tells nothing
    return parse_address(text, static_cast<std::uint16_t>(number <= 65'535 ? number : 0));
}

bool begins_alike(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b, unsigned bits) noexcept {
    const std::size_t whole = bits / 8;
    if (!std::ranges::equal(a.first(whole), b.first(whole))) return false;
    const unsigned rest = bits % 8;
    return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

std::optional<bool> is_secure(std::string_view scheme) noexcept {
    if (equals_ignoring_case(scheme, "https") || equals_ignoring_case(scheme, "wss")) return true;
    if (equals_ignoring_case(scheme, "http") || equals_ignoring_case(scheme, "ws")) return false;
    return std::nullopt;
}

}  // namespace

Result<TrustedProxies> TrustedProxies::parse(std::string_view who, http::ForwardedHeaders which) {
    TrustedProxies proxies;
    proxies.which_ = which;
    if (const auto hops = parse_decimal(trim_ows(who)); hops && *hops <= http::ForwardedPath::hops_max) {
        proxies.hops_ = static_cast<std::size_t>(*hops);
        return proxies;
    }
    std::string unknown;
    for_each_list_item(who, [&](std::string_view name) {
        if (!proxies.add(name)) unknown = name;
        return unknown.empty();
    });
    if (unknown.empty()) return proxies;
    return std::unexpected(
        Error{ErrorCode::invalid_argument,
              "trust_proxy: \"" + unknown + "\" is nobody. Write how many proxies are in front, at most " +
                  std::to_string(http::ForwardedPath::hops_max) +
                  ", or a list of addresses (192.0.2.7), networks (10.0.0.0/8) and the words loopback, linklocal, "
                  "uniquelocal."});
}

bool TrustedProxies::add(std::string_view name) {
    const auto word = std::ranges::find(words, name, &Word::name);
    if (word == words.end()) return add_network(name);
    for (const std::string_view network : word->networks)
        if (!network.empty() && !add_network(network)) return false;
    return true;
}

bool TrustedProxies::add_network(std::string_view text) {
    const bool has_prefix = text.contains('/');
    const std::optional<net::Endpoint> address = parse_address(take_until(text, '/'));
    if (!address) return false;
    const std::uint64_t all = address->is_ipv6() ? 128 : 32;
    const std::optional<std::uint64_t> bits = has_prefix ? parse_decimal(text) : all;
    if (!bits || *bits > all) return false;
    networks_.push_back({address->octets(), address->is_ipv6(), static_cast<unsigned>(*bits)});
    return true;
}

bool TrustedProxies::trusts(const net::Endpoint& node, std::size_t hops) const noexcept {
    if (hops < hops_) return true;
    return std::ranges::any_of(networks_, [&](const Network& network) {
        return network.is_ipv6 == node.is_ipv6() && begins_alike(network.octets, node.octets(), network.bits);
    });
}

ClientFacts TrustedProxies::client_of(const http::RequestHead& head, const ClientFacts& seen) const {
    if (!trusts(seen.peer, 0)) return seen;
    const http::ForwardedPath path = http::forwarded_path(head, which_);
    ClientFacts client = seen;
    std::size_t trusted = 1;
    for (const std::string_view address : path.addresses) {
        const std::optional<net::Endpoint> node = parse_node(address);
        if (!node) break;  // "unknown", or hidden: then it is the proxy that says so
        client.peer = *node;
        if (!trusts(*node, trusted)) break;
        ++trusted;
    }
    client.is_secure = is_secure(http::ForwardedPath::said_by(path.schemes, trusted)).value_or(seen.is_secure);
    const std::string_view host = http::ForwardedPath::said_by(path.hosts, trusted);
    if (http::parse_authority(host)) client.host = host;
    return client;
}

}  // namespace parley::web
