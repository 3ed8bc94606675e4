// SPDX-License-Identifier: MIT
#include "parley/client/proxy.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "parley/base/text.hpp"

namespace parley::client {
namespace {

constexpr std::uint16_t socks_port = 1080;

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!equals_ignoring_case(text.substr(0, prefix.size()), prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

std::string_view value_of(Environment environment, const char* name) {
    const char* const value = environment(name);
    return value == nullptr ? std::string_view() : std::string_view(value);
}

std::string_view first_of(Environment environment, std::initializer_list<const char*> names) {
    for (const char* const name : names) {
        if (const std::string_view value = value_of(environment, name); !value.empty()) return value;
    }
    return {};
}

std::string_view proxy_of_environment(const http::Url& url, Environment environment) {
    if (url.is_secure()) return first_of(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
    if (!value_of(environment, "REQUEST_METHOD").empty())
        return first_of(environment, {"http_proxy", "all_proxy", "ALL_PROXY"});
    return first_of(environment, {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"});
}

}  // namespace

Result<Proxy> parse_proxy(std::string_view text) {
    Proxy proxy;
    std::string_view rest = text;
    if (take_prefix(rest, "socks5h://") || take_prefix(rest, "socks5://")) {
        proxy.kind = Proxy::Kind::socks5;
    } else if (!take_prefix(rest, "http://") && text.find("://") != std::string_view::npos) {
        return std::unexpected(Error{ErrorCode::invalid_argument,
                                     "The proxy is of a kind that is not spoken here: write it like "
                                     "http://proxy.example:3128 or socks5://proxy.example:1080."});
    }
    Result<http::Url> url = http::parse_url("http://" + std::string(rest));
    if (!url) return std::unexpected(Error{url.error().code, "The proxy cannot be used. " + url.error().message});
    // Whether the port was written shows where another default changes it.
    const bool has_port = http::parse_url("https://" + std::string(rest))->port == url->port;
    if (proxy.kind == Proxy::Kind::socks5 && !has_port) url->port = socks_port;
    proxy.url = std::move(*url);
    return proxy;
}

bool is_without_proxy(const http::Url& url, std::string_view rule) noexcept {
    rule = trim_ows(rule);
    if (rule == "*") return true;
    const std::size_t colon = rule.rfind(':');
    const bool is_ipv6 = colon != rule.find(':') && !rule.starts_with('[');
    if (colon != std::string_view::npos && !is_ipv6 && rule.find(']', colon) == std::string_view::npos) {
        if (parse_decimal(rule.substr(colon + 1)) != url.port) return false;
        rule = rule.substr(0, colon);
    }
    if (rule.starts_with('[') && rule.ends_with(']')) rule = rule.substr(1, rule.size() - 2);
    if (rule.starts_with('.')) rule.remove_prefix(1);
    std::string_view host = url.host;
    if (host.ends_with('.')) host.remove_suffix(1);
    if (rule.empty() || host.size() < rule.size()) return false;
    const std::size_t before = host.size() - rule.size();
    return equals_ignoring_case(host.substr(before), rule) && (before == 0 || host[before - 1] == '.');
}

Result<std::optional<Proxy>> choose_proxy(const http::Url& url, const DialOptions& options, Environment environment) {
    std::string_view text = options.proxy;
    bool is_without =
        std::ranges::any_of(options.no_proxy, [&](const std::string& rule) { return is_without_proxy(url, rule); });
    if (text.empty() && options.uses_proxy_of_environment) {
        text = proxy_of_environment(url, environment);
        for_each_list_item(first_of(environment, {"no_proxy", "NO_PROXY"}),
                           [&](std::string_view rule) { is_without = is_without || is_without_proxy(url, rule); });
    }
    if (text.empty() || is_without) return std::nullopt;
    Result<Proxy> proxy = parse_proxy(text);
    if (!proxy) return std::unexpected(std::move(proxy.error()));
    return std::optional(std::move(*proxy));
}

}  // namespace parley::client
