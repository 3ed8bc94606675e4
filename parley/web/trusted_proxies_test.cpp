// SPDX-License-Identifier: MIT
#include "parley/web/trusted_proxies.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/http/request_parser.hpp"
#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

/// What an application that trusts `who` takes for the client: `address secure host`.
std::string client_of(const std::string& who, const std::string& lines, bool uses_forwarded = false) {
    Site site({.trust_proxy = who, .trust_forwarded = uses_forwarded});
    site.app.get("/", [](Request& request, Response response) {
        response.send(request.remote_address() + (request.secure() ? " https " : " http ") +
                      std::string(request.host()));
    });
    return std::string(body_of(site.ask("GET / HTTP/1.1\r\nHost: own\r\n" + lines + "\r\n")));
}

const std::string address_of_peer = client_of("", "");
const std::string all_said =
    "X-Forwarded-For: 6.6.6.6, 192.0.2.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: chat.example\r\n";

TEST_CASE("nobody is believed unless the program says so") {
    CHECK(client_of("", all_said) == address_of_peer);
    CHECK(client_of("0", all_said) == address_of_peer);
    CHECK(client_of("192.0.2.0/24", all_said) == address_of_peer);
    CHECK(client_of("", "Forwarded: for=6.6.6.6;proto=https;host=x\r\n") == address_of_peer);
}

TEST_CASE("a proxy is believed, and the client behind it is not") {
    CHECK(client_of("1", all_said) == "192.0.2.7 https chat.example");
    CHECK(client_of("2", all_said) == "6.6.6.6 https chat.example");
    CHECK(client_of("2", "X-Forwarded-For: 192.0.2.7\r\n") == "192.0.2.7 http own");
    CHECK(client_of("1", "") == address_of_peer);
    CHECK(client_of("1", "X-Forwarded-For: [2001:db8::1]:443\r\n") == "2001:db8::1 http own");
    CHECK(client_of("1", "X-Forwarded-For: 2001:db8::1\r\n") == "2001:db8::1 http own");
    CHECK(client_of("1", "X-Forwarded-For: 192.0.2.7:1234\r\n") == "192.0.2.7 http own");
    CHECK(client_of("1", "X-Forwarded-Proto: WSS\r\n").ends_with("https own"));
}

TEST_CASE("of several schemes and hosts that of the farthest proxy counts that is believed") {
    const std::string said = "X-Forwarded-For: 6.6.6.6, 192.0.2.7, 10.0.0.2\r\nX-Forwarded-Proto: ftp, https, http\r\n";
    CHECK(client_of("1", said) == "10.0.0.2 http own");
    CHECK(client_of("2", said) == "192.0.2.7 https own");
    CHECK(client_of("3", said) == "6.6.6.6 http own");  // no scheme of the web: as this process sees it
}

TEST_CASE("the standard's header is believed where the program says so, and then alone") {
    const std::string said = "Forwarded: for=6.6.6.6, for=\"192.0.2.7:80\";proto=https;host=chat.example\r\n";
    CHECK(client_of("1", said + all_said, true) == "192.0.2.7 https chat.example");
    CHECK(client_of("1", said) == address_of_peer);
    CHECK(client_of("1", all_said, true) == address_of_peer);
    CHECK(client_of("1", "Forwarded: for=6.6.6.6;proto=https;x=\"\r\n", true) == address_of_peer);
}

TEST_CASE("what is no address is that of the proxy that says so") {
    for (const std::string_view what : {"unknown", "_hidden", "", "localhost", "192.0.2", "192.0.2.256", "[::1",
                                        "::1%1", "1.2.3.4 5", "a.b.c.d", "[192.0.2.1]x", "\x80", "0x7f.1", "[]"}) {
        CAPTURE(what);
        CHECK(client_of("1", "X-Forwarded-For: 6.6.6.6, " + std::string(what) + "\r\n") == address_of_peer);
    }
    for (const std::string_view host : {"a b", "a/b", "", "a:b", "a,", "u@h"}) {
        CAPTURE(host);
        CHECK(client_of("1", "X-Forwarded-Host: " + std::string(host) + "\r\n") == address_of_peer);
    }
}

/// The client, where the connection comes from `seen` and is forwarded for 192.0.2.1.
bool is_believed(std::string_view who, std::string_view seen) {
    const auto proxies = TrustedProxies::parse(who, http::ForwardedHeaders::x_forwarded);
    REQUIRE(proxies);
    http::RequestParser parser;
    std::string octets = "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n";
    parser.receive(octets);
    REQUIRE(parser.next_event());
    const ClientFacts facts{.peer = *net::Endpoint::parse(seen, 1), .is_secure = false, .host = {}};
    return proxies->client_of(parser.head(), facts).peer.address() == "192.0.2.1";
}

TEST_CASE("networks have their first and their last address") {
    CHECK(is_believed("10.1.0.0/16", "10.1.0.0"));
    CHECK(is_believed("10.1.0.0/16", "10.1.255.255"));
    CHECK_FALSE(is_believed("10.1.0.0/16", "10.2.0.0"));
    CHECK_FALSE(is_believed("10.1.0.0/16", "10.0.255.255"));
    CHECK(is_believed("192.168.7.128/25", "192.168.7.128"));
    CHECK_FALSE(is_believed("192.168.7.128/25", "192.168.7.127"));
    CHECK(is_believed("192.0.2.7", "192.0.2.7"));
    CHECK_FALSE(is_believed("192.0.2.7", "192.0.2.6"));
    CHECK(is_believed("0.0.0.0/0", "8.8.8.8"));
    CHECK_FALSE(is_believed("0.0.0.0/0", "2001:db8::1"));
    CHECK(is_believed("2001:db8::/33", "2001:db8:7fff::1"));
    CHECK_FALSE(is_believed("2001:db8::/33", "2001:db8:8000::1"));
    CHECK(is_believed("::1", "::1"));
}

TEST_CASE("words stand for what they stand for in Express") {
    CHECK(is_believed("loopback", "127.8.9.10"));
    CHECK(is_believed("loopback", "::1"));
    CHECK(is_believed("loopback", "::"));  // by a Unix-domain socket
    CHECK_FALSE(is_believed("loopback", "10.0.0.1"));
    CHECK(is_believed("linklocal", "169.254.1.1"));
    CHECK(is_believed("linklocal", "fe80::1"));
    for (const std::string_view address : {"10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.0.1", "fd00::1"})
        CHECK(is_believed("uniquelocal", address));
    CHECK_FALSE(is_believed("uniquelocal", "172.32.0.1"));
    CHECK(is_believed("192.0.2.9, loopback", "127.0.0.1"));
    CHECK(is_believed("32", "8.8.8.8"));
}

TEST_CASE("what is nobody is refused in a sentence") {
    for (const std::string who : {"33", "-1", "1.5", "true", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/x",
                                  "loopback, everybody", "localhost", "*", "1, loopback", "fe80::1%eth0"}) {
        CAPTURE(who);
        CHECK_THROWS_WITH_AS(Application({.trust_proxy = who}), doctest::Contains("trust_proxy: \""), SetupError);
    }
    CHECK_THROWS_WITH_AS(Application({.trust_forwarded = true}), "trust_forwarded needs trust_proxy: who is believed",
                         SetupError);
}

}  // namespace
}  // namespace parley::web::test
