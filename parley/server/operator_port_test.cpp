// SPDX-License-Identifier: MIT
#include "parley/server/operator_port.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

/// An application with its operator's port, in one simulated network.
struct Operated {
    Operated() : site({.observer = &metrics}), port(site.app, metrics, {.port = 9090}) {
        site.app.get("/", [](Response response) { response.send("users"); });
        site.app.get("/slow", [this](Response response) { held.push_back(response); });
    }
    std::string get(std::uint16_t at, const std::string& path) {
        net::SimulatedPeer& peer = site.network.connect(at);
        peer.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        site.network.run_until_idle();
        return peer.received();
    }

    Metrics metrics;
    std::vector<Response> held;
    Site site;
    OperatorPort port;
};

TEST_CASE("an operator's port answers what operators ask, and users reach none of it") {
    Operated operated;
    CHECK(operated.port.port() == 9090);
    CHECK(body_of(operated.get(9090, "/healthz")) == "ok\n");
    CHECK(status_of(operated.get(9090, "/readyz")) == 200);
    CHECK(status_of(operated.get(9090, "/")) == 404);
    CHECK(status_of(operated.get(80, "/metrics")) == 404);
    CHECK(body_of(operated.get(80, "/")) == "users");
    const std::string answer = operated.get(9090, "/metrics");
    CHECK(answer.contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"));
    for (const char* const line :
         {"parley_connections_accepted_total 2", "parley_http_requests_total{status=\"2xx\"} 1",
          "parley_http_requests_total{status=\"4xx\"} 1", "parley_stopping 0", "parley_loop_turn_seconds{loop=\"0\"} ",
          "process_resident_memory_bytes ", "process_open_fds ", "process_max_fds ", "process_cpu_seconds_total "}) {
        CAPTURE(line);
        CHECK(answer.contains("\n" + std::string(line)));
    }
    CHECK(operated.site.failures.empty());
}

TEST_CASE("from stop() on an application is healthy, and not ready") {
    Operated operated;
    CHECK(operated.get(80, "/slow").empty());
    operated.site.app.stop();
    operated.site.network.run_for(10ms);
    CHECK(operated.site.app.is_stopping());
    CHECK(status_of(operated.get(9090, "/readyz")) == 503);
    CHECK(body_of(operated.get(9090, "/healthz")) == "ok\n");
    CHECK(operated.get(9090, "/metrics").contains("\nparley_stopping 1\n"));
    operated.held.clear();
}

TEST_CASE("an operator's port goes before its application, and takes its address along") {
    Site site;
    const Metrics metrics;
    {
        const OperatorPort port(site.app, metrics, {.port = 9090});
    }
    const OperatorPort again(site.app, metrics, {.port = 9090});
    CHECK_THROWS_AS(OperatorPort(site.app, metrics, {.port = 9090}), SetupError);
}

}  // namespace
}  // namespace parley::web::test
