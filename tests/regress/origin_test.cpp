// SPDX-License-Identifier: MIT
// Weaknesses that were published about who may talk to a server on this machine from a page of another, tried over
// each way into a whole server.
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "tests/regress/attacked_site.hpp"

using namespace parley;
using namespace parley::regress;

namespace {

constexpr std::string_view by_polling = "/socket.io/?EIO=4&transport=polling";
constexpr std::string_view by_websocket = "/socket.io/?EIO=4&transport=websocket";

ServerOptions with_cors() {
    ServerOptions options;
    options.cors = {.origin = {"https://good.example", "http://other.example:8080"}, .credentials = true};
    return options;
}

std::string origin_line(std::string_view origin) {
    return "Origin: " + std::string(origin) + "\r\n";
}

std::string preflight(AttackedSite& site, std::string_view origin) {
    return site.ask("OPTIONS " + std::string(by_polling) + " HTTP/1.1\r\nHost: a\r\n" + origin_line(origin) +
                    "Access-Control-Request-Method: POST\r\n\r\n");
}

}  // namespace

TEST_CASE("CVE-2020-28481: without the option no page of another origin is told that it may read anything") {
    AttackedSite site;
    for (const std::string_view origin : {"https://evil.example", "null", "http://a"}) {
        const std::string line = origin_line(origin);
        for (const std::string& answer : {site.get(by_polling, line), site.post(by_polling, "40", line),
                                          preflight(site, origin), site.ask(upgrade_request(by_websocket, line))}) {
            CHECK(status_of(answer) > 0);
            CHECK_FALSE(answer.contains("Access-Control-"));
        }
    }
    site.check_calm(100'000);
}

TEST_CASE(
    "CVE-2019-13611, CVE-2018-14732, CVE-2025-30360, CVE-2025-24010: a foreign origin is refused on every way in") {
    AttackedSite site(with_cors());
    const std::string long_origin = "https://" + std::string(8'000, 'x') + ".example";
    for (const std::string_view origin :
         std::initializer_list<std::string_view>{"https://evil.example",
                                                 "http://good.example",
                                                 "https://good.example:444",
                                                 "https://good.example.evil.test",
                                                 "https://evilgood.example",
                                                 "https://good.example@evil.test",
                                                 "https://evil.test/https://good.example",
                                                 "http://127.0.0.1",
                                                 "http://localhost",
                                                 "http://[::1]",
                                                 "http://192.168.0.1",
                                                 "null",
                                                 "https://GOOD.example",
                                                 "https://good.example.",
                                                 "https://good.example/",
                                                 "https://xn--good-.example",
                                                 "https://good",
                                                 "http://a:81",
                                                 "ws://a",
                                                 "file://",
                                                 "http://a.evil.test",
                                                 long_origin}) {
        CAPTURE(origin.substr(0, 60));
        const std::string line = origin_line(origin);
        const std::size_t before = site.world.io->clients_count();
        const std::string get = site.get(by_polling, line);
        CHECK(status_of(get) == 403);
        const std::string upgrade = site.ask(upgrade_request(by_websocket, line));
        CHECK(status_of(upgrade) == 403);
        const std::string asked = preflight(site, origin);
        for (const std::string& answer : {get, upgrade, asked}) {
            CHECK_FALSE(answer.contains("Access-Control-Allow-Origin"));
            CHECK_FALSE(answer.contains("Access-Control-Allow-Credentials"));
        }
        CHECK(site.world.io->clients_count() == before);
    }
    CHECK(status_of(site.get(by_polling, "Origin: https://good.example\r\nOrigin: https://evil.example\r\n")) == 400);
    CHECK(status_of(site.get(by_polling, "Origin:\r\n")) == 403);
    site.check_calm(1'000'000);
}

TEST_CASE("an origin that is listed, the own one, and who has none come in, and are told exactly so") {
    AttackedSite site(with_cors());
    for (const std::string_view origin : {"https://good.example", "http://other.example:8080"}) {
        const std::string line = origin_line(origin);
        for (const std::string& answer : {site.get(by_polling, line), preflight(site, origin)}) {
            CHECK(web::test::has_line(answer, "Access-Control-Allow-Origin: " + std::string(origin)));
            CHECK(web::test::has_line(answer, "Access-Control-Allow-Credentials: true"));
            CHECK(answer.contains("\r\nVary: Origin"));
        }
        CHECK(status_of(site.ask(upgrade_request(by_websocket, line))) == 101);
    }
    CHECK(status_of(site.get(by_polling, "Origin: http://a\r\n")) == 200);
    CHECK(status_of(site.ask(upgrade_request(by_websocket, "Origin: http://a\r\n"))) == 101);
    CHECK(status_of(site.get(by_polling)) == 200);
}
