// SPDX-License-Identifier: MIT
#include "parley/client/proxy.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

namespace parley::client {
namespace {

std::map<std::string, std::string> variables;  // NOLINT: what `environment` stands for

const char* environment(const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
}

std::string chosen(std::string_view url, const DialOptions& options) {
    const auto proxy = choose_proxy(http::parse_url(url).value(), options, environment);
    if (!proxy) return "error";
    return *proxy ? (*proxy)->url.host_and_port() : "none";
}

}  // namespace

TEST_CASE("a proxy is read with its kind, its port and who asks") {
    struct Row {
        std::string_view text;
        Proxy::Kind kind;
        std::string_view place;
    };
    for (const Row& row : {Row{"http://p.example:3128", Proxy::Kind::http, "p.example:3128"},
                           Row{"p.example:3128", Proxy::Kind::http, "p.example:3128"},
                           Row{"http://p.example", Proxy::Kind::http, "p.example:80"},
                           Row{"HTTP://a:b@[::1]:8080/", Proxy::Kind::http, "[::1]:8080"},
                           Row{"socks5://p.example", Proxy::Kind::socks5, "p.example:1080"},
                           Row{"SOCKS5H://p.example", Proxy::Kind::socks5, "p.example:1080"},
                           Row{"socks5://p.example:80", Proxy::Kind::socks5, "p.example:80"},
                           Row{"socks5://p.example:443", Proxy::Kind::socks5, "p.example:443"}}) {
        CAPTURE(row.text);
        const auto proxy = parse_proxy(row.text);
        REQUIRE(proxy);
        CHECK(proxy->kind == row.kind);
        CHECK(proxy->url.host_and_port() == row.place);
    }
    CHECK(parse_proxy("socks5://al:ice@p")->url.user_information.value() == http::UserInformation{"al", "ice"});
    for (const std::string_view text :
         {"", "https://p", "socks4://p", "ftp://p", "http://", "socks5://", "p:x", "p q"}) {
        CAPTURE(text);
        const auto proxy = parse_proxy(text);
        REQUIRE_FALSE(proxy);
        CHECK(proxy.error().code == ErrorCode::invalid_argument);
        CHECK(proxy.error().message.starts_with("The proxy "));
    }
}

TEST_CASE("rules say where no proxy is asked") {
    struct Row {
        std::string_view url;
        std::string_view rule;
        bool is_without;
    };
    for (const Row& row : {Row{"http://a.example/", "*", true},
                           Row{"http://a.example/", "a.example", true},
                           Row{"http://a.example./", "A.EXAMPLE", true},
                           Row{"http://b.a.example/", "a.example", true},
                           Row{"http://b.a.example/", ".a.example", true},
                           Row{"http://a.example/", ".a.example", true},
                           Row{"http://ba.example/", "a.example", false},
                           Row{"http://a.example/", "b.a.example", false},
                           Row{"http://a.example/", "example.a", false},
                           Row{"http://a.example/", "", false},
                           Row{"http://a.example/", ".", false},
                           Row{"http://a.example/", "a.example:80", true},
                           Row{"http://a.example:81/", "a.example:80", false},
                           Row{"http://a.example/", "a.example:x", false},
                           Row{"http://127.0.0.1/", "127.0.0.1", true},
                           Row{"http://127.0.0.1/", " 127.0.0.1 ", true},
                           Row{"http://1.127.0.0.1.example/", "127.0.0.1", false},
                           Row{"http://[::1]/", "::1", true},
                           Row{"http://[::1]/", "[::1]", true},
                           Row{"http://[::1]:81/", "[::1]:81", true},
                           Row{"http://[::1]:81/", "[::1]:82", false}}) {
        CAPTURE(row.url);
        CAPTURE(row.rule);
        CHECK(is_without_proxy(http::parse_url(row.url).value(), row.rule) == row.is_without);
    }
}

TEST_CASE("the environment counts where it is asked for, and behind what the option says") {
    variables = {{"http_proxy", "small:1"},
                 {"HTTP_PROXY", "large:1"},
                 {"https_proxy", "secure:1"},
                 {"ALL_PROXY", "all:1"},
                 {"NO_PROXY", "x.example, y.example:81"}};
    const DialOptions asked{.uses_proxy_of_environment = true};
    CHECK(chosen("http://h/", {}) == "none");
    CHECK(chosen("http://h/", asked) == "small:1");
    CHECK(chosen("ws://h/", asked) == "small:1");
    CHECK(chosen("wss://h/", asked) == "secure:1");
    CHECK(chosen("http://x.example/", asked) == "none");
    CHECK(chosen("http://y.example/", asked) == "small:1");
    CHECK(chosen("http://y.example:81/", asked) == "none");
    CHECK(chosen("http://h/", {.no_proxy = {"h"}, .uses_proxy_of_environment = true}) == "none");
    CHECK(chosen("http://x.example/", {.proxy = "own:1", .uses_proxy_of_environment = true}) == "own:1");
    CHECK(chosen("http://h/", {.proxy = "own:1", .no_proxy = {"h"}}) == "none");
    CHECK(chosen("http://h/", {.proxy = "ftp://own:1"}) == "error");

    variables.erase("http_proxy");
    CHECK(chosen("http://h/", asked) == "large:1");
    variables["REQUEST_METHOD"] = "GET";
    CHECK(chosen("http://h/", asked) == "all:1");
    variables.erase("https_proxy");
    CHECK(chosen("https://h/", asked) == "all:1");
    variables["no_proxy"] = "*";
    CHECK(chosen("https://h/", asked) == "none");
    variables.clear();
    CHECK(chosen("https://h/", asked) == "none");
}

}  // namespace parley::client
