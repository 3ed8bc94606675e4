// SPDX-License-Identifier: MIT
#include "parley/http/url.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/http/authority.hpp"
#include "parley/http/characters.hpp"
#include "parley/http/ip_address.hpp"
#include "parley/http/query.hpp"

namespace parley::http {
namespace {

struct SchemeRow {
    UrlScheme scheme;
    std::string_view name;
    std::string_view origin_name;
    std::uint16_t port;
};

SchemeRow row_of(UrlScheme scheme) {
    switch (scheme) {
        case UrlScheme::https:
            return {UrlScheme::https, "https", "https", 443};
        case UrlScheme::ws:
            return {UrlScheme::ws, "ws", "http", 80};
        case UrlScheme::wss:
            return {UrlScheme::wss, "wss", "https", 443};
        case UrlScheme::http:
            break;
    }
    return {UrlScheme::http, "http", "http", 80};
}

std::optional<UrlScheme> find_scheme(std::string_view name) {
    for (const UrlScheme scheme : {UrlScheme::http, UrlScheme::https, UrlScheme::ws, UrlScheme::wss})
        if (equals_ignoring_case(row_of(scheme).name, name)) return scheme;
    return std::nullopt;
}

std::unexpected<Error> refuse(std::string message) {
    return std::unexpected(Error{ErrorCode::invalid_argument, std::move(message)});
}

// The length of a scheme at the front, without its colon (RFC 3986 §3.1 and §4.1); 0: a relative reference.
std::size_t scheme_size(std::string_view text) {
    const auto is_letter = [](char c) { return to_lower(c) >= 'a' && to_lower(c) <= 'z'; };
    if (text.empty() || !is_letter(text.front())) return 0;
    const auto end = std::ranges::find_if_not(
        text, [&](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '-' || c == '.'; });
    return end != text.end() && *end == ':' ? static_cast<std::size_t>(end - text.begin()) : 0;
}

// RFC 3986 §5.2.4, on a path that begins with a slash.
std::string without_dot_segments(std::string_view path) {
    std::string out;
    while (!path.empty()) {
        const std::size_t end = std::min(path.find('/', 1), path.size());
        const std::string_view segment = path.substr(1, end - 1);
        const bool is_last = end == path.size();
        path.remove_prefix(end);
        if (segment == "..") out.resize(out.empty() ? 0 : out.rfind('/'));
        if (segment != "." && segment != "..") {
            out.append("/").append(segment);
        } else if (is_last) {
            out.append("/");
        }
    }
    return out;
}

Result<void> check_characters(std::string_view text, const UrlLimits& limits) {
    if (text.size() > limits.url_bytes_max)
        return std::unexpected(Error{ErrorCode::limit_exceeded,
                                     "The URL is longer than " + std::to_string(limits.url_bytes_max) + " octets."});
    for (const char c : text) {
        const auto octet = static_cast<unsigned char>(c);
        if (octet == ' ') return refuse("The URL has a space in it: write %20.");
        if (octet < ' ' || octet == 0x7f) return refuse("The URL has a control character in it: write it as %XX.");
        if (octet > 0x7f)
            return refuse("The URL has a letter that is not ASCII: write its octets as %XX, and a host as xn--...");
    }
    return {};
}

Result<void> take_host(Url& url, std::string_view text) {
    const std::optional<Authority> authority = parse_authority(text);
    if (!authority) return refuse("The URL has no host that can be: write it like https://chat.example:8443/path.");
    std::string host(authority->host);
    std::ranges::transform(host, host.begin(), to_lower);
    if (host.starts_with('[')) {
        const std::optional<Ipv6Groups> groups = parse_ipv6_address(std::string_view(host).substr(1, host.size() - 2));
        if (!groups) return refuse("The URL has an address of a kind that nobody can connect to: write an IPv6 one.");
        url.host = short_form(*groups);
    } else if (ends_in_number(host) && !is_ipv4_address(host)) {
        return refuse("The URL has an IPv4 address that is not four decimal numbers: write it like 127.0.0.1.");
    } else {
        url.host = std::move(host);
    }
    url.port = authority->port.value_or(row_of(url.scheme).port);
    if (url.port == 0) return refuse("The URL has port 0, which nobody listens on: write one from 1 to 65535.");
    return {};
}

// Whatever else could stand there, a backslash above all, is what readers have disagreed about.
bool is_user_information(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return c == '%' || c == ':' || detail::is_character_of(detail::host_character, c); });
}

Result<void> take_user_information(Url& url, std::string_view text) {
    if (!is_user_information(text))
        return refuse("The URL has a character in its user or password that no URL has there: write it as %XX.");
    const std::string_view user = take_until(text, ':');
    std::optional<std::string> decoded_user = percent_decode(user);
    std::optional<std::string> decoded_password = percent_decode(text);
    if (!decoded_user || !decoded_password)
        return refuse("The URL has a % in its user or password that begins no escape: write %25.");
    url.user_information = UserInformation{std::move(*decoded_user), std::move(*decoded_password)};
    return {};
}

// What stands behind the "//", up to the path.
Result<void> take_authority(Url& url, std::string_view text) {
    // RFC 3986 §3.2.1 allows no '@' in a user or password. Readers who took the first and those who took the last one
    // for the end have sent passwords to the wrong host.
    const std::size_t at = text.find('@');
    if (at == std::string_view::npos) return take_host(url, text);
    if (text.find('@', at + 1) != std::string_view::npos)
        return refuse("The URL has an @ in its user or password: write %40.");
    if (const auto taken = take_user_information(url, text.substr(0, at)); !taken) return taken;
    return take_host(url, text.substr(at + 1));
}

Result<void> take_target(Url& url, std::string_view text) {
    if (!detail::is_request_target(text))
        return refuse("The URL has a character in its path or query that no URL has: write it as %XX.");
    const std::string_view path = take_until(text, '?');
    url.path = path.empty() ? "/" : without_dot_segments(path);
    return {};
}

// Behind a scheme, or in its place on a base: "//host/path?query".
Result<Url> with_authority(UrlScheme scheme, std::string_view text) {
    Url url;
    url.scheme = scheme;
    const std::size_t authority_size = std::min(text.find_first_of("/?", 2), text.size());
    if (const auto taken = take_authority(url, text.substr(2, authority_size - 2)); !taken)
        return std::unexpected(taken.error());
    text.remove_prefix(authority_size);
    const std::size_t question = text.find('?');
    if (question != std::string_view::npos) url.query = text.substr(question + 1);
    if (const auto taken = take_target(url, text); !taken) return std::unexpected(taken.error());
    return url;
}

Result<Url> absolute(std::string_view text) {
    constexpr std::string_view example = "begin it with http://, https://, ws:// or wss://.";
    const std::size_t size = scheme_size(text);
    if (size == 0) return refuse("The URL has no scheme: " + std::string(example));
    const std::optional<UrlScheme> scheme = find_scheme(text.substr(0, size));
    const std::string_view rest = text.substr(size + 1);
    if (!scheme || !rest.starts_with("//"))
        return refuse("The URL is none that can be connected to: " + std::string(example));
    return with_authority(*scheme, rest);
}

std::string_view without_fragment(std::string_view text) {
    return text.substr(0, text.find('#'));
}

}  // namespace

std::string Url::host_and_port() const {
    const bool is_ipv6 = host.find(':') != std::string::npos;
    std::string text = is_ipv6 ? "[" + host + "]:" : host + ":";
    append_decimal(text, port);
    return text;
}

std::string Url::host_header() const {
    std::string text = host_and_port();
    if (port == row_of(scheme).port) text.resize(text.rfind(':'));
    return text;
}

std::string Url::target() const {
    return query ? path + "?" + *query : path;
}

std::string Url::origin() const {
    return std::string(row_of(scheme).origin_name) + "://" + host_header();
}

std::string Url::to_string() const {
    return std::string(row_of(scheme).name) + "://" + host_header() + target();
}

Result<Url> parse_url(std::string_view text, const UrlLimits& limits) {
    if (const auto checked = check_characters(text, limits); !checked) return std::unexpected(checked.error());
    return absolute(without_fragment(text));
}

Result<Url> resolve_url(const Url& base, std::string_view reference, const UrlLimits& limits) {
    if (const auto checked = check_characters(reference, limits); !checked) return std::unexpected(checked.error());
    const std::string_view text = without_fragment(reference);
    if (scheme_size(text) > 0) return absolute(text);
    if (text.starts_with("//")) return with_authority(base.scheme, text);

    Url url = base;
    url.user_information.reset();
    const std::size_t question = text.find('?');
    if (question != std::string_view::npos) url.query = text.substr(question + 1);
    if (text.empty()) return url;
    std::string target(text);
    if (question == 0) {
        target.insert(0, base.path);
    } else {
        if (question == std::string_view::npos) url.query.reset();
        if (!text.starts_with('/')) target.insert(0, base.path.substr(0, base.path.rfind('/') + 1));
    }
    if (const auto taken = take_target(url, target); !taken) return std::unexpected(taken.error());
    if (url.to_string().size() > limits.url_bytes_max) return parse_url(url.to_string(), limits);
    return url;
}

}  // namespace parley::http
