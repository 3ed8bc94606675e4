// SPDX-License-Identifier: MIT
#include "parley/web/request.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

TEST_CASE("what a handler saw of the head stays where it is until the answer") {
    for (const bool arrives_whole : {true, false}) {
        CAPTURE(arrives_whole);
        Site site;
        std::vector<std::string_view> seen;
        std::vector<Response> held;
        site.app.post("/later", [&](Request& request, Response response) {
            seen = {request.method(),       request.url(),      request.path(),
                    request.query_string(), request.query("q"), request.header("X-Name")};
            held.push_back(response);
        });
        net::SimulatedPeer& peer = site.connect();
        const std::string head =
            "POST /later?q=ada HTTP/1.1\r\nHost: a\r\nX-Name: a name of some length\r\nContent-Length: 2";
        if (!arrives_whole) peer.send(head.substr(0, 40));
        site.network.run_until_idle();
        peer.send(head.substr(arrives_whole ? 0 : 40) + "\r\n\r\nokPOST /next?q=");
        site.network.run_until_idle();
        REQUIRE(held.size() == 1);
        for (int part = 0; part < 100; ++part) {
            site.get("/somebody-else?q=" + std::string(static_cast<std::size_t>(part) * 10, 'x'));
            peer.send(std::string(100, 'y'));
            site.network.run_until_idle();
        }
        CHECK(seen ==
              std::vector<std::string_view>{"POST", "/later?q=ada", "/later", "q=ada", "ada", "a name of some length"});
        held[0].send("done");
        site.network.run_until_idle();
        CHECK(peer.received().contains("\r\n\r\ndone"));
    }
}

TEST_CASE("an attribute stays where it is when others are added") {
    Site site;
    site.app.get("/", [](Request& request, Response response) {
        request.set_attribute("first", "ada");
        const std::string_view first = request.attribute("first");
        for (int i = 0; i < 100; ++i)
            request.set_attribute(std::to_string(i), "other");
        response.send(std::string(first) + "," + std::string(request.attribute("99")));
    });
    CHECK(body_of(site.get("/")) == "ada,other");
}

}  // namespace
}  // namespace parley::web::test
