// SPDX-License-Identifier: MIT
#include "parley/web/body_source.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

constexpr std::string_view simple_get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

/// A body that counts, and fails at its end if it was promised longer than it is.
class Counting final : public BodySource {
 public:
    explicit Counting(std::size_t size) : left_(size) {}
    bool produce(std::size_t octets_max, Outbox& outbox) override {
        const std::size_t size = std::min(left_, octets_max);
        left_ -= size;
        outbox.append(std::string(size, 'c'));
        return size > 0;
    }

 private:
    std::size_t left_;
};

TEST_CASE("a long body is taken from its source as the peer reads, and the next request waits for its end") {
    Site site({}, 3, {});
    site.app.get("/", [](Response response) { response.send("hello"); });
    site.app.get("/long", [](Response response) { response.send_from(new Counting(1'000'000), 1'000'000); });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\nHEAD /long HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(simple_get));
    site.network.run_until_idle();
    CHECK(count(peer.received(), "Content-Length: 1000000") == 2);
    CHECK(peer.received().ends_with("\r\n\r\nhello"));
    CHECK(count(peer.received(), "c") > 1'000'000);
}

TEST_CASE("a body from a source may be empty") {
    Site site;
    site.app.get("/none", [](Response response) { response.send_from(new Counting(0), 0); });
    CHECK(has_line(site.get("/none"), "Content-Length: 0"));
}

TEST_CASE("a source that ends too early cuts the connection") {
    Site site;
    site.app.get("/short", [](Response response) { response.send_from(new Counting(100'000), 100'001); });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /short HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(simple_get));
    site.network.run_for(1s);
    CHECK(peer.is_closed());
    CHECK(count(peer.received(), "hello") == 0);
}

TEST_CASE("a source that gives more than it was asked for cuts the connection") {
    struct Generous final : BodySource {
        bool produce(std::size_t octets_max, Outbox& outbox) override {
            outbox.append(std::string(octets_max + 1, 'g'));
            return true;
        }
    };
    Site site;
    site.app.get("/long", [](Response response) { response.send_from(new Generous, 100); });
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n" + std::string(simple_get));
    site.network.run_for(1s);
    CHECK(peer.is_closed());
    CHECK(count(peer.received(), "hello") == 0);
    CHECK(site.network.open_streams() == 0);
}

}  // namespace
}  // namespace parley::web::test
