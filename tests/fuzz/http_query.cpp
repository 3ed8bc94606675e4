// SPDX-License-Identifier: MIT
// Percent-encoding, queries and cookies: what is encoded decodes to itself, and nothing that is written can be taken
// for more than it is.
#include "parley/http/query.hpp"

#include <algorithm>
#include <string>

#include "parley/http/cookie.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;

namespace {

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
}

void check_percent(std::string_view text) {
    std::string encoded;
    http::append_percent_encoded(encoded, text);
    require(http::percent_decode(encoded) == text, "what is encoded decodes to itself");
    require(encoded.find_first_of("/?#&=+ ;,\"") == std::string::npos && !has_control(encoded),
            "and separates nothing");
    if (const auto decoded = http::percent_decode(text))
        require(decoded->size() <= text.size(), "decoding never grows");
}

void check_query(std::string_view text) {
    const http::QueryParameters parameters(text);
    std::string again;
    for (const http::QueryParameter& item : parameters.items()) {
        if (!again.empty()) again += '&';
        http::append_percent_encoded(again, item.key);
        again += '=';
        http::append_percent_encoded(again, item.value);
        require(parameters.find(item.key).has_value(), "a parameter is found by its key");
    }
    const http::QueryParameters second(again);
    require(std::ranges::equal(parameters.items(), second.items(),
                               [](const auto& a, const auto& b) { return a.key == b.key && a.value == b.value; }),
            "parameters that are written again are the same");
}

void check_cookies(fuzz::Input& input) {
    http::Cookie cookie;
    const std::uint8_t flags = input.octet();
    cookie.name = input.until('\n');
    cookie.value = input.until('\n');
    cookie.path = input.until('\n');
    cookie.domain = input.until('\n');
    cookie.http_only = (flags & 1) != 0;
    cookie.secure = (flags & 2) != 0;
    cookie.partitioned = (flags & 4) != 0;
    cookie.same_site = static_cast<http::SameSite>(flags >> 3 & 3);
    if ((flags & 32) != 0) cookie.max_age = std::chrono::seconds(flags);
    if ((flags & 64) != 0) cookie.expires = std::chrono::sys_seconds(std::chrono::seconds(flags));
    const Result<std::string> line = http::serialize_cookie(cookie);
    if (!line) return;
    require(!has_control(*line), "a Set-Cookie header is one line");
    const std::string_view pair = std::string_view(*line).substr(0, line->find(';'));
    const auto value = http::find_cookie(pair, cookie.name);
    require(value.has_value(), "a cookie that is sent back is found");
    require(http::percent_decode(*value) == cookie.value, "with its value");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const fuzz::Copy copy({reinterpret_cast<const char*>(data), size});
    const std::string_view text = copy.view();
    check_percent(text);
    check_query(text);
    for (const std::string_view name : {"sid", "a", ""}) {
        const auto value = http::find_cookie(text, name);
        if (value && !value->empty()) {
            require(value->data() >= text.data() && value->data() + value->size() <= text.data() + text.size(),
                    "a cookie is a view of its header");
        }
    }
    fuzz::Input input(data, size);
    check_cookies(input);
    return 0;
}
