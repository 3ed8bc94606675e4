// SPDX-License-Identifier: MIT
#include "parley/http/response_fields.hpp"

#include <cstddef>
#include <functional>

#include "parley/base/text.hpp"
#include "parley/http/characters.hpp"

namespace parley::http {
namespace {

bool is_own_header(std::string_view name) {
    for (const std::string_view own : {"Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade",
                                       "Trailer", "Date", "X-Content-Type-Options"}) {
        if (equals_ignoring_case(name, own)) return true;
    }
    return false;
}

// What an answer says anyway, where it is so, may be asked for: programs that come from elsewhere do.
bool is_said_anyway(std::string_view name, std::string_view value) {
    const auto is = [&](std::string_view own, std::string_view said) {
        return equals_ignoring_case(name, own) && equals_ignoring_case(trim_ows(value), said);
    };
    return is("X-Content-Type-Options", "nosniff") || is("Connection", "keep-alive") ||
           is("Transfer-Encoding", "chunked");
}

bool is_field_value(std::string_view value) {
    return detail::find_control(value.data(), value.data() + value.size()) == value.data() + value.size();
}

// One line of `text`: where it begins, how long it is with its CRLF, and where its value begins.
struct Line {
    std::size_t begin = 0;
    std::size_t size = 0;
    std::size_t value_begin = 0;
};

std::optional<Line> find_line(std::string_view text, std::string_view name) {
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t size = text.find("\r\n", begin) + 2 - begin;
        const bool is_named = size > name.size() && text[begin + name.size()] == ':' &&
                              equals_ignoring_case(text.substr(begin, name.size()), name);
        if (is_named) return Line{begin, size, begin + name.size() + 2};
        begin += size;
    }
    return std::nullopt;
}

}  // namespace

bool ResponseFields::holds(std::string_view text) const noexcept {
    const std::less<const char*> is_before;
    return !is_before(text.data(), text_.data()) && is_before(text.data(), text_.data() + text_.size());
}

bool ResponseFields::add(std::string_view name, std::string_view value) {
    if (holds(name) || holds(value)) return add(std::string(name), std::string(value));
    if (!detail::is_token(name) || !is_field_value(value)) return false;
    if (is_own_header(name)) return is_said_anyway(name, value);
    const std::string_view trimmed = trim_ows(value);
    text_.reserve(text_.size() + name.size() + trimmed.size() + 4);
    text_.append(name).append(": ").append(trimmed).append("\r\n");
    return true;
}

bool ResponseFields::set(std::string_view name, std::string_view value) {
    if (!detail::is_token(name) || !is_field_value(value)) return false;
    if (is_own_header(name)) return is_said_anyway(name, value);
    // The new line is added first: `value` may be a view of an old one, and stays valid only until the removal.
    std::string line;
    line.append(name).append(": ").append(trim_ows(value)).append("\r\n");
    remove(name);
    text_.append(line);
    return true;
}

void ResponseFields::set(const ResponseFields& others) {
    for (std::string_view rest = others.text_; !rest.empty(); rest.remove_prefix(rest.find("\r\n") + 2))
        remove(rest.substr(0, rest.find(':')));
    text_.append(others.text_);
}

bool ResponseFields::remove(std::string_view name) {
    bool removed = false;
    while (const std::optional<Line> line = find_line(text_, name)) {
        text_.erase(line->begin, line->size);
        removed = true;
    }
    return removed;
}

std::optional<std::string_view> ResponseFields::find(std::string_view name) const noexcept {
    const std::optional<Line> line = find_line(text_, name);
    if (!line) return std::nullopt;
    return std::string_view(text_).substr(line->value_begin, line->begin + line->size - 2 - line->value_begin);
}

}  // namespace parley::http
