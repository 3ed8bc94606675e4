// SPDX-License-Identifier: MIT
#include "parley/http/url.hpp"

#include <doctest/doctest.h>

#include <string>

namespace parley::http {

TEST_CASE("an absolute URL is read into its parts, in one spelling") {
    struct Row {
        std::string_view text;
        std::string_view host;
        int port;
        std::string_view target;
        std::string_view host_header;
        std::string_view whole;
    };
    for (const Row& row : {
             Row{"http://chat.example", "chat.example", 80, "/", "chat.example", "http://chat.example/"},
             Row{"https://chat.example/", "chat.example", 443, "/", "chat.example", "https://chat.example/"},
             Row{"ws://chat.example:80/x", "chat.example", 80, "/x", "chat.example", "ws://chat.example/x"},
             Row{"wss://chat.example:8443", "chat.example", 8443, "/", "chat.example:8443", "wss://chat.example:8443/"},
             Row{"HTTP://Chat.EXAMPLE:0080/Path?Q", "chat.example", 80, "/Path?Q", "chat.example",
                 "http://chat.example/Path?Q"},
             Row{"https://h:80", "h", 80, "/", "h:80", "https://h:80/"},
             Row{"http://h:443", "h", 443, "/", "h:443", "http://h:443/"},
             Row{"http://h:/x", "h", 80, "/x", "h", "http://h/x"},
             Row{"http://h?a=b&c", "h", 80, "/?a=b&c", "h", "http://h/?a=b&c"},
             Row{"http://h/?", "h", 80, "/?", "h", "http://h/?"},
             Row{"http://h/a?b?c/../d", "h", 80, "/a?b?c/../d", "h", "http://h/a?b?c/../d"},
             Row{"http://h/a#fragment?not=query", "h", 80, "/a", "h", "http://h/a"},
             Row{"http://h#f", "h", 80, "/", "h", "http://h/"},
             Row{"http://h/a/./b/../c/", "h", 80, "/a/c/", "h", "http://h/a/c/"},
             Row{"http://h/../../x/..", "h", 80, "/", "h", "http://h/"},
             Row{"http://h//a//b", "h", 80, "//a//b", "h", "http://h//a//b"},
             Row{"http://h/%C3%A9%2F?%", "h", 80, "/%C3%A9%2F?%", "h", "http://h/%C3%A9%2F?%"},
             Row{"http://[::1]:3000/x", "::1", 3000, "/x", "[::1]:3000", "http://[::1]:3000/x"},
             Row{"http://[2001:DB8:0:0::0A]", "2001:db8::a", 80, "/", "[2001:db8::a]", "http://[2001:db8::a]/"},
             Row{"http://127.0.0.1:5500/", "127.0.0.1", 5500, "/", "127.0.0.1:5500", "http://127.0.0.1:5500/"},
             Row{"http://xn--bcher-kva.example.", "xn--bcher-kva.example.", 80, "/", "xn--bcher-kva.example.",
                 "http://xn--bcher-kva.example./"},
         }) {
        CAPTURE(row.text);
        const auto url = parse_url(row.text);
        REQUIRE(url);
        CHECK(url->host == row.host);
        CHECK(url->port == row.port);
        CHECK(url->target() == row.target);
        CHECK(url->host_header() == row.host_header);
        CHECK(url->to_string() == row.whole);
        CHECK_FALSE(url->user_information.has_value());
        CHECK(parse_url(url->to_string()).value() == *url);
    }
}

TEST_CASE("a URL says what its scheme means") {
    CHECK_FALSE(parse_url("http://h")->is_secure());
    CHECK_FALSE(parse_url("ws://h")->is_secure());
    CHECK(parse_url("https://h")->is_secure());
    CHECK(parse_url("wss://h")->is_secure());
    CHECK_FALSE(parse_url("https://h")->is_websocket());
    CHECK(parse_url("ws://h")->is_websocket());
    CHECK(parse_url("wss://h")->is_websocket());
    CHECK(parse_url("wss://H:443/x")->origin() == "https://h");
    CHECK(parse_url("ws://h:443/x?y")->origin() == "http://h:443");
    CHECK(parse_url("https://[::1]/")->host_and_port() == "[::1]:443");
    CHECK(parse_url("http://h/")->host_and_port() == "h:80");
}

TEST_CASE("user and password are kept apart, decoded, and out of every text") {
    const auto url = parse_url("http://al%40ice:p%3Aw%2F:x@h:81/x");
    REQUIRE(url);
    CHECK(url->host == "h");
    CHECK(url->user_information.value() == UserInformation{"al@ice", "p:w/:x"});
    CHECK(url->to_string() == "http://h:81/x");
    CHECK(url->origin() == "http://h:81");
    CHECK(parse_url("http://alice@h")->user_information.value() == UserInformation{"alice", ""});
    CHECK(parse_url("http://h/a@b")->host == "h");
    CHECK(parse_url("http://h?a@b")->host == "h");
}

TEST_CASE("what nobody can connect to is refused, with a sentence that says what to write") {
    struct Row {
        std::string_view text;
        std::string_view says;
    };
    for (const Row& row : {
             Row{"", "no scheme"},
             Row{"chat.example", "no scheme"},
             Row{"/path", "no scheme"},
             Row{"//chat.example/path", "no scheme"},
             Row{"localhost:3000", "begin it with http://"},
             Row{"ftp://h/", "begin it with http://"},
             Row{"httpx://h/", "begin it with http://"},
             Row{"javascript:alert(1)", "begin it with http://"},
             Row{"http:/h", "begin it with http://"},
             Row{"http:h", "begin it with http://"},
             Row{"http://", "no host"},
             Row{"http:///path", "no host"},
             Row{"http://:80", "no host"},
             Row{"http://?x", "no host"},
             Row{"http://user@", "no host"},
             Row{"http://a..b/", "no host"},
             Row{"http://a,b/", "no host"},
             Row{"http://a%2eb/", "no host"},
             Row{"http://a\\b/", "no host"},
             Row{"http://h:x/", "no host"},
             Row{"http://h:65536/", "no host"},
             Row{"http://h:-1/", "no host"},
             Row{"http://h:80:80/", "no host"},
             Row{"http://[::1/", "no host"},
             Row{"http://[::1]x/", "no host"},
             Row{"http://[fe80::1%25eth0]/", "no host"},
             Row{"http://[v1.a]/", "IPv6"},
             Row{"http://h:0/", "port 0"},
             Row{"http://127.1/", "four decimal numbers"},
             Row{"http://0x7f000001/", "four decimal numbers"},
             Row{"http://2130706433/", "four decimal numbers"},
             Row{"http://127.0.0.01/", "four decimal numbers"},
             Row{"http://256.0.0.1/", "four decimal numbers"},
             Row{"http://a@b@c/", "%40"},
             Row{"http://good.example\\@evil.example/", "user or password"},
             Row{"http://a[b@c/", "user or password"},
             Row{"http://%zz@h/", "%25"},
             Row{"http://a:%4@h/", "%25"},
             Row{"http://h/a b", "%20"},
             Row{" http://h/", "%20"},
             Row{"http://h/\r\nX: y", "control character"},
             Row{"http://h/#\n", "control character"},
             Row{std::string_view("http://h/\0", 10), "control character"},
             Row{"http://h/\x7f", "control character"},
             Row{"http://h/\xc3\xa9", "not ASCII"},
             Row{"http://b\xc3\xbc"
                 "cher.example/",
                 "xn--"},
             Row{"http://h/%", "%XX"},
             Row{"http://h/%4", "%XX"},
             Row{"http://h/%zz", "%XX"},
             Row{"http://h/a\\b", "%XX"},
             Row{"http://h/<x>", "%XX"},
             Row{"http://h/?\"", "%XX"},
         }) {
        CAPTURE(row.text);
        const auto url = parse_url(row.text);
        REQUIRE_FALSE(url);
        CHECK(url.error().code == ErrorCode::invalid_argument);
        CHECK(url.error().message.find(row.says) != std::string::npos);
        CAPTURE(url.error().message);
    }
}

TEST_CASE("a URL may be as long as the limit, and no octet longer") {
    const std::string front = "http://h/";
    const auto of_size = [&](std::size_t size) { return front + std::string(size - front.size(), 'a'); };
    for (const std::size_t size : {99U, 100U})
        CHECK(parse_url(of_size(size), {.url_bytes_max = 100}));
    const auto longer = parse_url(of_size(101), {.url_bytes_max = 100});
    REQUIRE_FALSE(longer);
    CHECK(longer.error().code == ErrorCode::limit_exceeded);
    CHECK(longer.error().message == "The URL is longer than 100 octets.");
    CHECK(parse_url(of_size(8'000)));
    CHECK_FALSE(parse_url(of_size(8'001)));

    // A reference that is short enough, on a base that is not short enough for it.
    const Url base = *parse_url(of_size(90) + "/", {.url_bytes_max = 100});
    CHECK(resolve_url(base, "123456789", {.url_bytes_max = 100}));
    CHECK(resolve_url(base, "1234567890", {.url_bytes_max = 100}).error().code == ErrorCode::limit_exceeded);
    CHECK(resolve_url(base, std::string(101, 'a'), {.url_bytes_max = 100}).error().code == ErrorCode::limit_exceeded);
}

TEST_CASE("a reference means on its base what RFC 3986 says") {
    struct Row {
        std::string_view reference;
        std::string_view meaning;
    };
    const Url base = *parse_url("http://alice:secret@a/b/c/d;p?q");
    for (const Row& row : {
             // RFC 3986 §5.4.1
             Row{"g", "http://a/b/c/g"},
             Row{"./g", "http://a/b/c/g"},
             Row{"g/", "http://a/b/c/g/"},
             Row{"/g", "http://a/g"},
             Row{"//g", "http://g/"},
             Row{"?y", "http://a/b/c/d;p?y"},
             Row{"g?y", "http://a/b/c/g?y"},
             Row{"#s", "http://a/b/c/d;p?q"},
             Row{"g#s", "http://a/b/c/g"},
             Row{"g?y#s", "http://a/b/c/g?y"},
             Row{";x", "http://a/b/c/;x"},
             Row{"g;x", "http://a/b/c/g;x"},
             Row{"g;x?y#s", "http://a/b/c/g;x?y"},
             Row{"", "http://a/b/c/d;p?q"},
             Row{".", "http://a/b/c/"},
             Row{"./", "http://a/b/c/"},
             Row{"..", "http://a/b/"},
             Row{"../", "http://a/b/"},
             Row{"../g", "http://a/b/g"},
             Row{"../..", "http://a/"},
             Row{"../../", "http://a/"},
             Row{"../../g", "http://a/g"},
             // RFC 3986 §5.4.2
             Row{"../../../g", "http://a/g"},
             Row{"../../../../g", "http://a/g"},
             Row{"/./g", "http://a/g"},
             Row{"/../g", "http://a/g"},
             Row{"g.", "http://a/b/c/g."},
             Row{".g", "http://a/b/c/.g"},
             Row{"g..", "http://a/b/c/g.."},
             Row{"..g", "http://a/b/c/..g"},
             Row{"./../g", "http://a/b/g"},
             Row{"./g/.", "http://a/b/c/g/"},
             Row{"g/./h", "http://a/b/c/g/h"},
             Row{"g/../h", "http://a/b/c/h"},
             Row{"g;x=1/./y", "http://a/b/c/g;x=1/y"},
             Row{"g;x=1/../y", "http://a/b/c/y"},
             Row{"g?y/./x", "http://a/b/c/g?y/./x"},
             Row{"g?y/../x", "http://a/b/c/g?y/../x"},
             Row{"g#s/../x", "http://a/b/c/g"},
             // and whole URLs
             Row{"https://h:8443/x", "https://h:8443/x"},
             Row{"//h:81?z", "http://h:81/?z"},
             Row{"?", "http://a/b/c/d;p?"},
             Row{"1:2", "http://a/b/c/1:2"},
         }) {
        CAPTURE(row.reference);
        const auto url = resolve_url(base, row.reference);
        REQUIRE(url);
        CHECK(url->to_string() == row.meaning);
        CHECK_FALSE(url->user_information.has_value());
    }
    CHECK(resolve_url(base, "http://bob@h/")->user_information.value() == UserInformation{"bob", ""});
    for (const std::string_view reference : {"g:h", "http:g", "mailto:x@y", "//", "///x", "\\\\evil", "/a b", "/%",
                                             "/x\r\nY: z", "/\xc3\xa9", "//a@b@c"}) {
        CAPTURE(reference);
        CHECK_FALSE(resolve_url(base, reference));
    }
}

}  // namespace parley::http
