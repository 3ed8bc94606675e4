// SPDX-License-Identifier: MIT
#include "parley/http/ip_address.hpp"

#include <doctest/doctest.h>

namespace parley::http {

TEST_CASE("an IPv6 address is written in its short form") {
    struct Row {
        std::string_view text;
        std::string_view form;
    };
    for (const Row& row : {
             Row{"::", "::"},
             Row{"0:0:0:0:0:0:0:0", "::"},
             Row{"0000:0:0:0:0:0:0:0001", "::1"},
             Row{"::1", "::1"},
             Row{"1::", "1::"},
             Row{"2001:DB8:0:0:0:0:0:A", "2001:db8::a"},
             Row{"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // a single zero stays
             Row{"1:0:0:2:0:0:0:3", "1:0:0:2::3"},
             Row{"1:0:0:2:3:0:0:4", "1::2:3:0:0:4"},  // the first of two as long
             Row{"::ffff:192.0.2.33", "::ffff:c000:221"},
             Row{"64:ff9b::10.0.0.255", "64:ff9b::a00:ff"},
             Row{"00ab:0cde:f000:1:22:333:4444:0", "ab:cde:f000:1:22:333:4444:0"},
         }) {
        CAPTURE(row.text);
        const auto groups = parse_ipv6_address(row.text);
        REQUIRE(groups);
        CHECK(short_form(*groups) == row.form);
        CHECK(parse_ipv6_address(row.form) == groups);
    }
}

TEST_CASE("what is no IPv6 address is none") {
    for (const std::string_view text : {"",
                                        ":",
                                        ":::",
                                        "1",
                                        "1:2:3:4:5:6:7",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4:5:6:7:8::",
                                        "::1::",
                                        "1::2::3",
                                        "12345::",
                                        "g::",
                                        "1:2:3:4:5:6:7:1.2.3.4",
                                        "1.2.3.4::",
                                        "::1.2.3",
                                        "::1.2.3.256",
                                        "::01.2.3.4",
                                        ":1::",
                                        "1:::2",
                                        "fe80::1%1",
                                        "[::1]",
                                        "::1 "}) {
        CAPTURE(text);
        CHECK_FALSE(parse_ipv6_address(text));
    }
}

TEST_CASE("an IPv4 address is four decimal numbers") {
    for (const std::string_view text : {"0.0.0.0", "127.0.0.1", "255.255.255.255"}) {
        CAPTURE(text);
        CHECK(is_ipv4_address(text));
    }
    for (const std::string_view text :
         {"", "1", "127.1", "1.2.3", "1.2.3.4.5", "1.2.3.4.", "256.0.0.1", "01.2.3.4", "0x7f.0.0.1", "1..2.3"}) {
        CAPTURE(text);
        CHECK_FALSE(is_ipv4_address(text));
    }
}

}  // namespace parley::http
