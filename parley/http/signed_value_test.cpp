// SPDX-License-Identifier: MIT
#include "parley/http/signed_value.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace parley::http {
namespace {

using std::chrono::sys_seconds;

constexpr sys_seconds at(std::int64_t seconds) {
    return sys_seconds(std::chrono::seconds(seconds));
}

const std::string key = "a key that nobody knows, or can guess";
const std::string old_key = "the key that was used until yesterday";

std::string sign(std::string_view value, std::string_view with = key) {
    return sign_value({.purpose = "session", .value = value, .expires = at(1000)}, with);
}

ErrorCode error_of(std::string_view text, std::string_view purpose = "session", std::int64_t now = 999) {
    const Result<std::string> value = verify_value(text, purpose, std::vector{key}, at(now));
    REQUIRE_FALSE(value);
    CHECK_FALSE(value.error().message.empty());
    return value.error().code;
}

TEST_CASE("a signed value comes back as it was, of any octets, and a cookie can carry it") {
    std::string all;
    for (int c = 0; c < 256; ++c)
        all.push_back(static_cast<char>(c));
    for (const std::string& value : {std::string(), std::string("x"), std::string(R"({"user":"ada"})"), all}) {
        const std::string text = sign(value);
        CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
              std::string::npos);
        const Result<std::string> back = verify_value(text, "session", std::vector{key}, at(999));
        REQUIRE(back);
        CHECK(*back == value);
    }
    // Made apart, with Python's hmac.
    CHECK(sign("x") == "eA.1000.22X74K-HpO1KeLHF3S4hbdmV7jxGvaNTIH5Lt1hy7pU");
}

TEST_CASE("a signed value is valid until its time, and then says so") {
    const std::string text = sign("x");
    CHECK(verify_value(text, "session", std::vector{key}, at(999)));
    CHECK(error_of(text, "session", 1000) == ErrorCode::timed_out);
    CHECK(error_of(text, "session", 2000) == ErrorCode::timed_out);
}

TEST_CASE("keys rotate: what an old one signed is taken for as long as it is there") {
    const std::string text = sign("x", old_key);
    CHECK(verify_value(text, "session", std::vector{key, old_key}, at(0)));
    CHECK(verify_value(text, "session", std::vector{old_key, key}, at(0)));
    CHECK(error_of(text) == ErrorCode::invalid_input);
    CHECK_FALSE(verify_value(text, "session", {}, at(0)));
}

TEST_CASE("whatever is changed in a signed value, it is refused") {
    const std::string text = sign("a value");
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (const char c : {'A', '0', '.', '-', ' '}) {
            std::string changed = text;
            if (changed[i] == c) continue;
            changed[i] = c;
            CHECK(error_of(changed) == ErrorCode::invalid_input);
        }
        CHECK(error_of(text.substr(0, i)) == ErrorCode::invalid_input);
        CHECK(error_of(text.substr(i + 1)) == ErrorCode::invalid_input);
    }
    CHECK(error_of(text + "A") == ErrorCode::invalid_input);
    CHECK(error_of(text + "=") == ErrorCode::invalid_input);
    CHECK(error_of("") == ErrorCode::invalid_input);
    CHECK(error_of("..") == ErrorCode::invalid_input);
    // A later time in the place of the signed one.
    std::string later = text;
    later.replace(later.find(".1000."), 6, ".9000.");
    CHECK(error_of(later, "session", 1000) == ErrorCode::invalid_input);
}

TEST_CASE("what is signed for one purpose is refused for another") {
    CHECK(error_of(sign("x"), "reset") == ErrorCode::invalid_input);
    CHECK(error_of(sign("x"), "") == ErrorCode::invalid_input);
    // Where a purpose ends is part of what is signed.
    const std::string text = sign_value({.purpose = "a", .value = "x", .expires = at(1000)}, key);
    CHECK(error_of("b:" + text, "a") == ErrorCode::invalid_input);
}

TEST_CASE("what is longer than a cookie is not looked at") {
    const std::string fits(signed_value_bytes_max * 3 / 4 - 100, 'x');
    CHECK(verify_value(sign(fits), "session", std::vector{key}, at(0)));
    const std::string too_long(signed_value_bytes_max, 'x');
    CHECK(error_of(sign(too_long)) == ErrorCode::invalid_input);
}

}  // namespace
}  // namespace parley::http
