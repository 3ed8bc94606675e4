// SPDX-License-Identifier: MIT
#include "parley/http/forwarded.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"
#include "parley/http/request_head.hpp"

namespace parley::http {
namespace {

constexpr std::size_t hops_max = ForwardedPath::hops_max;

/// Calls `visit` with the value of each header of this name, the last one first, until it returns false.
template <typename Visit>
void for_each_line_backwards(const RequestHead& head, std::string_view name, Visit&& visit) {
    for (std::size_t i = head.header_count(); i > 0; --i) {
        const Header header = head.header(i - 1);
        if (equals_ignoring_case(header.name, name) && !visit(header.value)) return;
    }
}

/// The items of a list that goes over all lines of this name, the last one first.
std::vector<std::string_view> items_backwards(const RequestHead& head, std::string_view name) {
    std::vector<std::string_view> items;
    for_each_line_backwards(head, name, [&](std::string_view line) {
        for (bool has_more = true; has_more && items.size() < hops_max;) {
            const std::size_t comma = line.rfind(',');
            has_more = comma != std::string_view::npos;
            items.push_back(trim_ows(has_more ? line.substr(comma + 1) : line));
            if (has_more) line = line.substr(0, comma);
        }
        return items.size() < hops_max;
    });
    return items;
}

struct Element {
    std::string_view address;
    std::string_view scheme;
    std::string_view host;
};

void skip_space(std::string_view& rest) {
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t'))
        rest.remove_prefix(1);
}

std::string_view take_token(std::string_view& rest) {
    const auto end = std::ranges::find_if_not(rest, [](char c) { return detail::is_token(std::string_view(&c, 1)); });
    const std::string_view token = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    rest.remove_prefix(token.size());
    return token;
}

/// Token or quoted-string (RFC 9110 §5.6.4). What has an escape in it is none that means something here: empty.
std::optional<std::string_view> take_value(std::string_view& rest) {
    if (!rest.starts_with('"')) {
        const std::string_view token = take_token(rest);
        return token.empty() ? std::nullopt : std::optional(token);
    }
    bool has_escape = false;
    for (std::size_t at = 1; at < rest.size(); ++at) {
        if (rest[at] == '"') {
            const std::string_view text = rest.substr(1, at - 1);
            rest.remove_prefix(at + 1);
            return has_escape ? std::string_view() : text;
        }
        if (rest[at] == '\\') {
            has_escape = true;
            ++at;
        }
    }
    return std::nullopt;
}

/// One forwarded-element (RFC 7239 §4), up to its comma.
std::optional<Element> take_element(std::string_view& rest) {
    Element element;
    for (;;) {
        skip_space(rest);
        if (!rest.empty() && rest.front() != ';' && rest.front() != ',') {
            const std::string_view name = take_token(rest);
            if (name.empty() || !rest.starts_with('=')) return std::nullopt;
            rest.remove_prefix(1);
            const std::optional<std::string_view> value = take_value(rest);
            if (!value) return std::nullopt;
            if (equals_ignoring_case(name, "for")) element.address = *value;
            if (equals_ignoring_case(name, "proto")) element.scheme = *value;
            if (equals_ignoring_case(name, "host")) element.host = *value;
            skip_space(rest);
        }
        if (rest.empty() || rest.front() == ',') return element;
        if (rest.front() != ';') return std::nullopt;
        rest.remove_prefix(1);
    }
}

/// Adds the elements of one line, the last one first; false: it is not well-formed.
bool add_line(ForwardedPath& path, std::string_view line) {
    std::array<Element, hops_max> last;  // the newest of them, in a ring
    std::size_t count = 0;
    for (bool has_more = true; has_more;) {
        const std::optional<Element> element = take_element(line);
        if (!element) return false;
        last[count++ % hops_max] = *element;
        has_more = line.starts_with(',');
        if (has_more) line.remove_prefix(1);
    }
    const std::size_t kept = std::min({count, hops_max, hops_max - path.addresses.size()});
    for (std::size_t i = 0; i < kept; ++i) {
        const Element& element = last[(count - 1 - i) % hops_max];
        path.addresses.push_back(element.address);
        path.schemes.push_back(element.scheme);
        path.hosts.push_back(element.host);
    }
    return path.addresses.size() < hops_max;
}

}  // namespace

std::string_view ForwardedPath::said_by(const std::vector<std::string_view>& list, std::size_t count) noexcept {
    if (list.empty() || count == 0) return {};
    return list[std::min(count, list.size()) - 1];
}

ForwardedPath forwarded_path(const RequestHead& head, ForwardedHeaders which) {
    ForwardedPath path;
    if (which == ForwardedHeaders::forwarded) {
        for_each_line_backwards(head, "Forwarded", [&](std::string_view line) { return add_line(path, line); });
        return path;
    }
    path.addresses = items_backwards(head, "X-Forwarded-For");
    path.schemes = items_backwards(head, "X-Forwarded-Proto");
    path.hosts = items_backwards(head, "X-Forwarded-Host");
    return path;
}

}  // namespace parley::http
