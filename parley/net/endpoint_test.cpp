// SPDX-License-Identifier: MIT
#include "parley/net/endpoint.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace parley::net {

TEST_CASE("endpoint: numeric addresses are read and written") {
    struct Row {
        std::string_view text;
        std::string_view address;
        std::string_view whole;
    };
    const std::vector<Row> rows{
        {"127.0.0.1", "127.0.0.1", "127.0.0.1:3000"},
        {"0.0.0.0", "0.0.0.0", "0.0.0.0:3000"},
        {"::", "::", "[::]:3000"},
        {"", "::", "[::]:3000"},
        {"::1", "::1", "[::1]:3000"},
        {"[::1]", "::1", "[::1]:3000"},
        {"2001:DB8::0001", "2001:db8::1", "[2001:db8::1]:3000"},
        {"fe80::1%2", "fe80::1%2", "[fe80::1%2]:3000"},
        {"localhost", "127.0.0.1", "127.0.0.1:3000"},
        {"::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7:3000"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const Result<Endpoint> endpoint = Endpoint::parse(row.text, 3000);
        REQUIRE(endpoint.has_value());
        CHECK(endpoint->address() == row.address);
        CHECK(endpoint->to_string() == row.whole);
        CHECK(endpoint->port() == 3000);
    }
}

TEST_CASE("endpoint: what is not an address is refused with a sentence") {
    for (const std::string_view text : {"example.org", "127.0.0", "127.0.0.1.1", "256.0.0.1", "[127.0.0.1]",
                                        ":::", "[::1", "fe80::1%", "fe80::1%no-such-interface", " 127.0.0.1", "1"}) {
        CAPTURE(text);
        const Result<Endpoint> endpoint = Endpoint::parse(text, 1);
        REQUIRE(!endpoint.has_value());
        CHECK(endpoint.error().code == ErrorCode::invalid_argument);
        CHECK(endpoint.error().message.find(text) != std::string::npos);
    }
}

TEST_CASE("endpoint: two are equal when address and port are") {
    CHECK(Endpoint::loopback(1) == Endpoint::parse("127.0.0.1", 1));
    CHECK(Endpoint::loopback(1) != Endpoint::loopback(2));
    CHECK(Endpoint::loopback(1) != Endpoint::any(1));
    CHECK(Endpoint::loopback(1).with_port(2) == Endpoint::loopback(2));
}

}  // namespace parley::net
