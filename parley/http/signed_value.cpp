// SPDX-License-Identifier: MIT
#include "parley/http/signed_value.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "parley/base/base64.hpp"
#include "parley/base/hmac_sha256.hpp"
#include "parley/base/text.hpp"

namespace parley::http {
namespace {

std::string base64_url(std::string_view octets) {
    std::string text = base64_encode(octets);
    while (text.ends_with('='))
        text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

// The lengths say where each part ends, so that no two pairs of them are signed alike.
std::string code_of(std::string_view signed_part, std::string_view purpose, std::string_view key) {
    std::string octets = std::to_string(purpose.size());
    octets.append(":").append(purpose).append(":").append(signed_part);
    const auto code = hmac_sha256(key, octets);
    return base64_url({reinterpret_cast<const char*>(code.data()), code.size()});
}

std::unexpected<Error> invalid(const char* message) {
    return std::unexpected(Error{ErrorCode::invalid_input, message});
}

}  // namespace

std::string sign_value(const SignedValue& value, std::string_view key) {
    std::string text = base64_url(value.value);
    text.append(".").append(std::to_string(value.expires.time_since_epoch().count()));
    const std::string code = code_of(text, value.purpose, key);
    return text.append(".").append(code);
}

Result<std::string> verify_value(std::string_view text, std::string_view purpose, std::span<const std::string> keys,
                                 std::chrono::sys_seconds now) {
    if (text.size() > signed_value_bytes_max) return invalid("the signed value is longer than any that was given out");
    const std::size_t code_dot = text.rfind('.');
    if (code_dot == std::string_view::npos) return invalid("the signed value has no signature");
    const std::string_view signed_part = text.substr(0, code_dot);
    const std::string_view code = text.substr(code_dot + 1);
    bool is_genuine = false;  // each key is tried: how many there are is no secret, which one fits is nobody's business
    for (const std::string& key : keys)
        is_genuine = equals_in_constant_time(code, code_of(signed_part, purpose, key)) || is_genuine;
    if (!is_genuine) return invalid("the signature of the signed value is not ours");

    const std::size_t dot = signed_part.rfind('.');
    if (dot == std::string_view::npos) return invalid("the signed value has no time");
    const std::optional<std::uint64_t> expires = parse_decimal(signed_part.substr(dot + 1));
    if (!expires) return invalid("the time of the signed value is none");
    if (now.time_since_epoch().count() >= static_cast<std::int64_t>(std::min<std::uint64_t>(*expires, INT64_MAX)))
        return std::unexpected(Error{ErrorCode::timed_out, "the signed value has expired"});
    return base64_decode(signed_part.substr(0, dot));
}

}  // namespace parley::http
