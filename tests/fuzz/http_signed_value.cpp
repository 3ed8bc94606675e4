// SPDX-License-Identifier: MIT
// Signed values, as cookies of sessions are: nothing is taken that was not signed here, and what was comes back.
#include "parley/http/signed_value.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "parley/base/base64.hpp"
#include "parley/base/hmac_sha256.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;
using std::chrono::sys_seconds;

namespace {

const std::vector<std::string> keys = {std::string(32, 'n'), std::string(32, 'o')};
constexpr std::string_view purpose = "session";

// A signature of ours under what was never given out.
std::string with_signature(std::string_view signed_part) {
    const auto code = hmac_sha256(keys[1], std::string("7:session:").append(signed_part));
    std::string text = base64_encode({reinterpret_cast<const char*>(code.data()), code.size()});
    text.resize(text.find('='));
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return std::string(signed_part).append(".").append(text);
}

void check_foreign(std::string_view text, sys_seconds now) {
    const fuzz::Copy copy(text);
    const Result<std::string> value = http::verify_value(copy.view(), purpose, keys, now);
    require(!value && !value.error().message.empty(), "what is not signed is refused with a sentence");
}

void check_malformed(std::string_view signed_part, sys_seconds now) {
    const std::string text = with_signature(signed_part);
    const Result<std::string> value = http::verify_value(text, purpose, keys, now);
    if (!value) return;
    const std::size_t dot = signed_part.rfind('.');
    require(dot != std::string_view::npos && base64_decode(signed_part.substr(0, dot)) == *value,
            "what is taken has a value and a time");
}

void check_own(std::string_view octets, sys_seconds expires, fuzz::Chances chances) {
    const std::string text =
        http::sign_value({.purpose = purpose, .value = octets, .expires = expires}, keys[chances.below(2)]);
    const Result<std::string> value = http::verify_value(text, purpose, keys, expires - std::chrono::seconds(1));
    if (text.size() > http::signed_value_bytes_max) return require(!value, "what no cookie holds is refused");
    require(value == std::string(octets), "what was signed comes back");
    const Result<std::string> late = http::verify_value(text, purpose, keys, expires);
    require(!late && late.error().code == ErrorCode::timed_out, "until its time");
    require(!http::verify_value(text, "reset", keys, sys_seconds()), "for what it was signed");
    std::string changed = text;
    char& c = changed[chances.below(changed.size())];
    c = c == 'A' ? 'B' : 'A';
    check_foreign(changed, sys_seconds());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t kind = input.octet();
    const sys_seconds time(std::chrono::seconds(1 + input.octet() * 256 + input.octet()));
    if (kind % 3 == 0) {
        check_foreign(input.rest(), time);
    } else if (kind % 3 == 1) {
        check_malformed(input.rest(), time);
    } else {
        check_own(input.rest(), time, fuzz::Chances(kind));
    }
    return 0;
}
