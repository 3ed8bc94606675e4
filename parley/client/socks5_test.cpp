// SPDX-License-Identifier: MIT
#include "parley/client/socks5.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/every_cut.hpp"

namespace parley::client {

using namespace std::string_view_literals;

namespace {

std::string octets(std::string_view text) {
    return std::string(text);
}

/// What the client says to a proxy that answers so, then "|", and how it ends.
std::string talk(std::span<const std::string_view> pieces, const http::Url& server, const http::UserInformation* who) {
    Socks5Handshake handshake(server, who);
    std::string said = handshake.take_output();
    for (std::string_view piece : pieces) {
        const Result<bool> is_done = handshake.receive(piece);
        said += handshake.take_output();
        if (!is_done) return said + "|" + is_done.error().message;
        if (*is_done) return said + "|done";
    }
    return said + "|more";
}

void check_talk(std::string_view answers, const std::string& expected, std::string_view url = "http://h:258/",
                const http::UserInformation* who = nullptr) {
    const http::Url server = http::parse_url(url).value();
    test::for_every_cut(answers, [&](std::span<const std::string_view> pieces) {
        const std::string said = talk(pieces, server, who);
        if (said != expected) CHECK(said == expected);
    });
    CHECK(true);
}

constexpr std::string_view greeting = "\5\1\0"sv;

}  // namespace

TEST_CASE("a SOCKS5 proxy is asked by name, by IPv4 address and by IPv6 address") {
    const std::string ask = octets(greeting) + octets("\5\1\0\3\1h\1\2"sv);
    check_talk("\5\0\5\0\0\1\1\2\3\4\0\7"sv, ask + "|done");
    check_talk("\5\0\5\0\0\3\2ab\0\7"sv, ask + "|done");
    check_talk(
        "\5\0\5\0\0\4"
        "0123456789abcdef\0\7"sv,
        ask + "|done");
    check_talk("\5\0\5\0\0\3\0\0\7"sv, ask + "|done");
    check_talk("\5\0\5\0\0\1\1\2\3\4"sv, ask + "|more");
    check_talk("\5\0"sv, ask + "|more");
    check_talk("\5"sv, octets(greeting) + "|more");
    check_talk("\5\0\5\0\0\1\1\2\3\4\0\7"sv, octets(greeting) + octets("\5\1\0\1\x7f\0\0\1\0\x50"sv) + "|done",
               "http://127.0.0.1/");
    check_talk("\5\0\5\0\0\1\1\2\3\4\0\7"sv,
               octets(greeting) + octets("\5\1\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\x50"sv) + "|done",
               "http://[::1]/");
    check_talk("\5\0\5\0\0\1\1\2\3\4\0\7"sv, octets(greeting) + octets("\5\1\0\3\x09localhost\0\x50"sv) + "|done",
               "http://localhost/");
}

TEST_CASE("user and password are said where they are asked for") {
    const http::UserInformation who{"al", "ice"};
    const std::string greets = octets("\5\2\0\2"sv);
    const std::string ask = octets("\5\1\0\3\1h\1\2"sv);
    check_talk("\5\2\1\0\5\0\0\1\1\2\3\4\0\7"sv, greets + octets("\1\2al\3ice"sv) + ask + "|done", "http://h:258/",
               &who);
    check_talk("\5\0\5\0\0\1\1\2\3\4\0\7"sv, greets + ask + "|done", "http://h:258/", &who);
    check_talk("\5\2\1\1"sv, greets + octets("\1\2al\3ice"sv) + "|The proxy does not accept user and password.",
               "http://h:258/", &who);
    check_talk("\5\2\5\0"sv, greets + octets("\1\2al\3ice"sv) + "|The proxy does not accept user and password.",
               "http://h:258/", &who);
    check_talk("\5\2"sv, octets(greeting) + "|The proxy asks for a user and a password, or for more than that.");
}

TEST_CASE("what is no SOCKS5 is refused, as is what the proxy refuses") {
    check_talk("HTTP/1.1 400"sv, octets(greeting) + "|The proxy does not speak SOCKS5.");
    check_talk("\4\0"sv, octets(greeting) + "|The proxy does not speak SOCKS5.");
    check_talk("\5\xff"sv, octets(greeting) + "|The proxy asks for a user and a password, or for more than that.");
    check_talk("\5\1"sv, octets(greeting) + "|The proxy asks for a user and a password, or for more than that.");
    const std::string ask = octets(greeting) + octets("\5\1\0\3\1h\1\2"sv);
    check_talk("\5\0\4\0\0\1\1"sv, ask + "|The proxy does not speak SOCKS5.");
    check_talk("\5\0\5\0\0\2\1"sv, ask + "|The proxy answers with an address of no known kind.");
    check_talk("\5\0\5\1\0\1\1"sv, ask + "|The proxy failed.");
    check_talk("\5\0\5\2\0\1\1"sv, ask + "|The proxy does not allow it.");
    check_talk("\5\0\5\4\0\1\1"sv, ask + "|The proxy does not reach the server.");
    check_talk("\5\0\5\5\0\1\1"sv, ask + "|Nothing listens there, says the proxy.");
    check_talk("\5\0\5\6\0\1\1"sv, ask + "|The server does not answer the proxy.");
    check_talk("\5\0\5\xff\0\1\1"sv, ask + "|The proxy failed.");
}

TEST_CASE("what a SOCKS5 proxy takes fits into 255 octets, and no more") {
    for (const std::size_t size : {254U, 255U, 256U}) {
        const std::string text(size, 'a');
        const http::Url server = http::parse_url("http://h/").value();
        const http::UserInformation user{text, "x"};
        const http::UserInformation password{"x", text};
        CHECK(Socks5Handshake(server, &user).check().has_value() == (size <= 255));
        CHECK(Socks5Handshake(server, &password).check().has_value() == (size <= 255));
        CHECK(Socks5Handshake(http::parse_url("http://" + text + "/").value(), nullptr).check().has_value() ==
              (size <= 255));
    }
    const http::UserInformation nobody{"", "x"};
    CHECK_FALSE(Socks5Handshake(http::parse_url("http://h/").value(), &nobody).check());
}

}  // namespace parley::client
