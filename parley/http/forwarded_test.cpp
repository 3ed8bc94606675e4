// SPDX-License-Identifier: MIT
#include "parley/http/forwarded.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/http/request_parser.hpp"

namespace parley::http {
namespace {

using Texts = std::vector<std::string_view>;

/// A request with these header lines.
struct Asked {
    explicit Asked(const std::string& lines) : octets("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n") {
        parser.receive(octets);
        REQUIRE(parser.next_event());
    }
    [[nodiscard]] ForwardedPath x() const { return forwarded_path(parser.head(), ForwardedHeaders::x_forwarded); }
    [[nodiscard]] ForwardedPath standard() const { return forwarded_path(parser.head(), ForwardedHeaders::forwarded); }

    std::string octets;
    RequestParser parser;
};

TEST_CASE("the nearest proxy's word is first, over all lines") {
    const Asked asked(
        "X-Forwarded-For: 192.0.2.1 ,\t192.0.2.2\r\nx-forwarded-for: 192.0.2.3\r\nX-Forwarded-Proto: https\r\n"
        "X-Forwarded-Host: chat.example:8080\r\nForwarded: for=6.6.6.6\r\n");
    CHECK(asked.x().addresses == Texts{"192.0.2.3", "192.0.2.2", "192.0.2.1"});
    CHECK(asked.x().schemes == Texts{"https"});
    CHECK(asked.x().hosts == Texts{"chat.example:8080"});
    CHECK(asked.standard().addresses == Texts{"6.6.6.6"});
    CHECK(Asked("").x().addresses.empty());
    CHECK(Asked("X-Forwarded-For:\r\n").x().addresses == Texts{""});
    CHECK(Asked("X-Forwarded-For: a,,b\r\n").x().addresses == Texts{"b", "", "a"});
}

TEST_CASE("the standard's header is read with its quotes, in any case and order") {
    const Asked asked(
        "Forwarded: for=\"_gazonk\", For=\"[2001:db8:cafe::17]:4711\";proto=http\r\n"
        "Forwarded: proto=https ; host=\"a,b;c\";by=203.0.113.43;for=192.0.2.60 , host=x;;\r\n");
    CHECK(asked.standard().addresses == Texts{"", "192.0.2.60", "[2001:db8:cafe::17]:4711", "_gazonk"});
    CHECK(asked.standard().schemes == Texts{"", "https", "http", ""});
    CHECK(asked.standard().hosts == Texts{"x", "a,b;c", "", ""});
}

TEST_CASE("a line that is not well-formed says nothing, nor do those above it") {
    for (const std::string line : {"for=\"1.2.3.4", "for", "for=", "=1.2.3.4", "for=1.2.3.4 proto=http", "for=[::1]",
                                   "for==a", "for=\"\\", "f r=a"}) {
        const Asked asked("Forwarded: for=6.6.6.6\r\nForwarded: " + line + "\r\nForwarded: for=192.0.2.1\r\n");
        CHECK(asked.standard().addresses == Texts{"192.0.2.1"});
    }
    CHECK(Asked("Forwarded: for=\"1.2\\\"3\"\r\n").standard().addresses == Texts{""});
}

TEST_CASE("no more hops are kept than there can be, those that are near") {
    std::string addresses = "0";
    std::string elements = "for=0";
    for (int i = 1; i <= 100; ++i) {
        addresses += "," + std::to_string(i);
        elements += ",for=" + std::to_string(i);
    }
    const Asked asked("X-Forwarded-For: " + addresses + "\r\nForwarded: for=x\r\nForwarded: " + elements + "\r\n");
    for (const ForwardedPath& path : {asked.x(), asked.standard()}) {
        REQUIRE(path.addresses.size() == ForwardedPath::hops_max);
        CHECK(path.addresses.front() == "100");
        CHECK(path.addresses.back() == "69");
    }
}

TEST_CASE("where fewer have said something, the farthest of them counts") {
    const Texts said{"near", "far"};
    CHECK(ForwardedPath::said_by(said, 0).empty());
    CHECK(ForwardedPath::said_by(said, 1) == "near");
    CHECK(ForwardedPath::said_by(said, 2) == "far");
    CHECK(ForwardedPath::said_by(said, 3) == "far");
    CHECK(ForwardedPath::said_by({}, 1).empty());
}

}  // namespace
}  // namespace parley::http
