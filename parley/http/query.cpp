// SPDX-License-Identifier: MIT
#include "parley/http/query.hpp"

#include <cstddef>
#include <utility>

#include "parley/base/text.hpp"

namespace parley::http {
namespace {

bool is_escape(std::string_view text, std::size_t at) {
    return text[at] == '%' && text.size() - at >= 3 && hex_value(text[at + 1]) >= 0 && hex_value(text[at + 2]) >= 0;
}

std::string decode_form(std::string_view text) {
    std::size_t plain = 0;
    while (plain < text.size() && text[plain] != '%' && text[plain] != '+')
        ++plain;
    std::string out(text.substr(0, plain));
    if (plain == text.size()) return out;
    out.reserve(text.size());
    for (std::size_t i = plain; i < text.size(); ++i) {
        if (is_escape(text, i)) {
            out.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
            i += 2;
        } else {
            out.push_back(text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

bool stands_for_itself(char c) {
    const char lower = to_lower(c);
    return is_digit(c) || (lower >= 'a' && lower <= 'z') ||
           std::string_view("-_.!~*'()").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> percent_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        if (!is_escape(text, i)) return std::nullopt;
        out.push_back(static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
        i += 2;
    }
    return out;
}

void append_percent_encoded(std::string& out, std::string_view octets) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : octets) {
        if (stands_for_itself(c)) {
            out.push_back(c);
            continue;
        }
        const auto octet = static_cast<unsigned char>(c);
        out.push_back('%');
        out.push_back(digits[octet >> 4]);
        out.push_back(digits[octet & 15]);
    }
}

QueryParameters::QueryParameters(std::string_view raw) {
    while (!raw.empty()) {
        std::string_view value = take_until(raw, '&');
        if (value.empty()) continue;
        const std::string_view key = take_until(value, '=');
        parameters_.push_back({decode_form(key), decode_form(value)});
    }
}

std::optional<std::string_view> QueryParameters::find(std::string_view key) const noexcept {
    for (auto parameter = parameters_.rbegin(); parameter != parameters_.rend(); ++parameter) {
        if (parameter->key == key) return parameter->value;
    }
    return std::nullopt;
}

}  // namespace parley::http
