// SPDX-License-Identifier: MIT
#include "parley/http/origin.hpp"

#include <doctest/doctest.h>

namespace parley::http {

TEST_CASE("a configured origin becomes what browsers send") {
    struct Row {
        std::string_view configured;
        std::string_view sent;
    };
    for (const Row& row : {
             Row{"https://chat.example", "https://chat.example"},
             Row{"https://chat.example:443", "https://chat.example"},
             Row{"http://chat.example:80", "http://chat.example"},
             Row{"http://chat.example:0080", "http://chat.example"},
             Row{"http://chat.example:", "http://chat.example"},
             Row{"https://chat.example:80", "https://chat.example:80"},
             Row{"http://chat.example:443", "http://chat.example:443"},
             Row{"HTTPS://Chat.EXAMPLE:8443", "https://chat.example:8443"},
             Row{"https://chat.example.", "https://chat.example."},  // another origin than without the dot
             Row{"http://localhost:0", "http://localhost:0"},
             Row{"https://XN--BCHER-KVA.example", "https://xn--bcher-kva.example"},
             Row{"http://127.0.0.1:5500", "http://127.0.0.1:5500"},
             Row{"http://[::1]:3000", "http://[::1]:3000"},
             Row{"http://[0:0:0:0:0:0:0:1]:80", "http://[::1]"},
             Row{"http://[2001:DB8::A]", "http://[2001:db8::a]"},
             Row{"null", "null"},
             Row{"file://", "file://"},
             Row{"capacitor://localhost", "capacitor://localhost"},
             Row{"Ionic://localhost", "ionic://localhost"},
             Row{"chrome-extension://abcdefghijklmnop", "chrome-extension://abcdefghijklmnop"},
         }) {
        CAPTURE(row.configured);
        const Result<std::string> origin = canonical_origin(row.configured);
        REQUIRE(origin);
        CHECK(*origin == row.sent);
        CHECK(canonical_origin(*origin).value_or("refused") == *origin);
    }
}

TEST_CASE("an origin that no browser sends is refused") {
    for (const std::string_view configured : {"",
                                              "*",
                                              "chat.example",
                                              "chat.example:443",
                                              "//chat.example",
                                              "https:chat.example",
                                              "https:///chat.example",
                                              "://chat.example",
                                              "1https://chat.example",
                                              "https://",
                                              "https://:443",
                                              "https://chat.example/",
                                              "https://chat.example/page",
                                              "https://chat.example?a",
                                              "https://chat.example#a",
                                              "https://user@chat.example",
                                              "https://user:secret@chat.example",
                                              "https://chat.example:65536",
                                              "https://chat.example:80a",
                                              "https://chat.example, https://b.example",
                                              "https://a.example,https://b.example",
                                              " https://chat.example",
                                              "https://chat.example ",
                                              "https://b\xc3\xbc"
                                              "cher.example",
                                              "https://*.example:*",
                                              "https://127.1",
                                              "https://127.0.0.1.",
                                              "https://0x7f000001",
                                              "https://2130706433",
                                              "https://a.1",
                                              "https://[::1",
                                              "https://[v1.a]",
                                              "https://[::1%251]",
                                              "wss://chat.example",
                                              "WS://chat.example",
                                              "capacitor://localhost/",
                                              "capacitor://user@localhost",
                                              "Null"}) {
        CAPTURE(configured);
        const Result<std::string> origin = canonical_origin(configured);
        REQUIRE_FALSE(origin);
        CHECK(origin.error().code == ErrorCode::invalid_argument);
        CHECK(origin.error().message.starts_with("an origin that no browser sends: \"" + std::string(configured) +
                                                 "\"; "));
    }
}

TEST_CASE("the own origin has the host and the port of Host, and the default port of its scheme") {
    const auto owns = [](std::string_view host, std::string_view origin) {
        return is_own_origin(origin, host, ConnectionScheme::either);
    };
    CHECK(owns("chat.example", "http://chat.example"));
    CHECK(owns("chat.example:80", "http://chat.example"));
    CHECK(owns("chat.example", "http://chat.example:80"));
    CHECK(owns("chat.example:443", "https://chat.example"));
    CHECK(owns("chat.example", "https://chat.example"));
    CHECK(owns("CHAT.example:3000", "http://chat.example:3000"));
    CHECK(owns("[2001:db8::1]:3000", "http://[2001:db8::1]:3000"));
    CHECK_FALSE(owns("chat.example:80", "https://chat.example"));
    CHECK_FALSE(owns("chat.example:443", "http://chat.example"));
    CHECK_FALSE(owns("chat.example:3000", "http://chat.example"));
    CHECK_FALSE(owns("chat.example", "http://chat.example.evil.test"));
    CHECK_FALSE(owns("chat.example", "http://evil.test/chat.example"));
    CHECK_FALSE(owns("chat.example", "http://chat.example@evil.test"));
    CHECK_FALSE(owns("chat.example", "ftp://chat.example"));
    CHECK_FALSE(owns("chat.example", "chat.example"));
    CHECK_FALSE(owns("", "http://"));
    CHECK_FALSE(owns("", "http://chat.example"));
    CHECK_FALSE(owns("null", "null"));
}

TEST_CASE("where TLS ended here the own origin is https") {
    CHECK(is_own_origin("https://chat.example", "chat.example:443", ConnectionScheme::https));
    CHECK_FALSE(is_own_origin("http://chat.example", "chat.example", ConnectionScheme::https));
}

}  // namespace parley::http
