// SPDX-License-Identifier: MIT
#include "parley/web/event_stream.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/web_site.hpp"

namespace parley::web::test {
namespace {

using Texts = std::vector<std::string>;
constexpr std::string_view get_events = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n";

// What a page would read: the chunks put together.
std::string events_of(std::string_view octets) {
    std::string_view body = body_of(octets);
    std::string text;
    while (!body.empty()) {
        const std::size_t size = std::stoul(std::string(body.substr(0, body.find("\r\n"))), nullptr, 16);
        body.remove_prefix(body.find("\r\n") + 2);
        if (size == 0) return text + "(end)";
        text += body.substr(0, size);
        body.remove_prefix(size + 2);
    }
    return text;
}

struct EventSite : Site {
    explicit EventSite(ApplicationOptions options = {}, EventStreamOptions event_options = {}) : Site(options) {
        app.get("/events", [this, event_options](Request& request, Response response) {
            streams.emplace_back(response, event_options);
            last_id = EventStream::last_event_id(request);
            streams.back().on_close([this] { closed.emplace_back("closed"); });
        });
    }
    net::SimulatedPeer& open() {
        net::SimulatedPeer& peer = connect();
        peer.send(get_events);
        network.run_for(1ms);
        return peer;
    }
    std::vector<EventStream> streams;
    Texts closed;
    std::string last_id;
};

TEST_CASE("a stream of events begins at once, with what keeps caches and proxies from holding it up") {
    EventSite site;
    net::SimulatedPeer& peer = site.open();
    CHECK(status_of(peer.received()) == 200);
    CHECK(has_line(peer.received(), "Content-Type: text/event-stream"));
    CHECK(has_line(peer.received(), "Cache-Control: no-store"));
    CHECK(has_line(peer.received(), "X-Accel-Buffering: no"));
    CHECK(events_of(peer.received()) == ":\n\n");
}

TEST_CASE("events leave as they are sent, and those that cannot be are refused") {
    EventSite site;
    net::SimulatedPeer& peer = site.open();
    site.app.post([&] {
        const EventStream& events = site.streams.front();
        CHECK(events.send("hello"));
        CHECK(events.send({.data = "a\nb", .event = "pair", .id = "7"}));
        CHECK(events.send_json(Json::object({{"a", 1}}), "json"));
        CHECK(events.send_json(std::vector<int>{1, 2}));
        CHECK_FALSE(events.send({.data = "x", .event = "a\nb"}));
        CHECK(events.is_open());
    });
    site.network.run_for(1s);
    CHECK(
        events_of(peer.received()) ==
        ":\n\ndata: hello\n\nevent: pair\nid: 7\ndata: a\ndata: b\n\nevent: json\ndata: {\"a\":1}\n\ndata: [1,2]\n\n");
    CHECK(site.failures.empty());
}

TEST_CASE("a page that reconnects says what it has, and is told when to") {
    EventSite site({}, {.retry = 2500ms});
    net::SimulatedPeer& peer = site.connect();
    peer.send("GET /events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 41\r\n\r\n");
    site.network.run_for(1s);
    CHECK(site.last_id == "41");
    CHECK(events_of(peer.received()) == "retry: 2500\n\n");
}

TEST_CASE("a stream on which nothing happens has a heartbeat, and one that says something has not") {
    EventSite site({}, {.heartbeat = 10s});
    net::SimulatedPeer& peer = site.open();
    site.network.run_for(35s);
    CHECK(count(events_of(peer.received()), ":\n\n") == 4);
    for (int i = 0; i < 10; ++i) {
        site.app.post([&] { site.streams.front().send("x"); });
        site.network.run_for(9s);
    }
    CHECK(count(events_of(peer.received()), ":\n\n") == 4);
    EventSite silent({}, {.heartbeat = 0ms});
    net::SimulatedPeer& other = silent.open();
    silent.network.run_for(3600s);
    CHECK(events_of(other.received()) == ":\n\n");
    CHECK_FALSE(other.is_closed());
}

TEST_CASE("a stream ends when it is closed, and when nobody has it any more") {
    EventSite site;
    net::SimulatedPeer& peer = site.open();
    site.app.post([&] {
        site.streams.front().close();
        CHECK_FALSE(site.streams.front().is_open());
        CHECK_FALSE(site.streams.front().send("late"));
        site.streams.front().close();
    });
    site.network.run_for(1s);
    CHECK(events_of(peer.received()) == ":\n\n(end)");
    CHECK(site.closed.empty());
    peer.received().clear();
    peer.send(get_events);  // the connection goes on
    site.network.run_for(1s);
    site.app.post([&] { site.streams.clear(); });
    site.network.run_for(1s);
    CHECK(events_of(peer.received()) == ":\n\n(end)");
    CHECK(site.failures.empty());
}

TEST_CASE("a page that goes away closes its stream, and is told once") {
    EventSite site;
    net::SimulatedPeer& peer = site.open();
    peer.reset();
    site.network.run_for(1s);
    CHECK(site.closed == Texts{"closed"});
    CHECK_FALSE(site.streams.front().is_open());
    CHECK_FALSE(site.streams.front().send("x"));
    net::SimulatedPeer& other = site.open();
    other.end();
    site.network.run_for(1s);
    CHECK(site.closed.size() == 2);
    CHECK(site.failures.empty());
}

TEST_CASE("a stream that only its own on_close owns ends") {
    Site site;
    auto owned = std::make_shared<int>(0);
    site.app.get("/events", [&](Response response) {
        const EventStream events(response);
        events.send("only");
        events.on_close([events, owned] {});
    });
    CHECK(events_of(site.ask(get_events)) == ":\n\ndata: only\n\n(end)");
    CHECK(owned.use_count() == 1);
    CHECK(site.failures.empty());
}

TEST_CASE("a page that does not read is cut off when too much waits, behind who is sending to all") {
    EventSite site({.answer_bytes_waiting_max = 100'000});
    net::SimulatedPeer& slow = site.open();
    net::SimulatedPeer& quick = site.open();
    slow.stop_reading();
    const std::string part(1000, 'x');
    bool is_refused = false;
    const auto send_to_all = [&] {
        for (const EventStream& events : site.streams) {
            if (events.send(part)) continue;
            is_refused = true;
            CHECK(site.closed.empty());  // nobody is told in the middle of this loop
        }
    };
    for (int i = 0; i < 2000 && !is_refused; ++i) {
        site.app.post(send_to_all);
        site.network.run_for(1ms);
    }
    CHECK(is_refused);
    site.network.run_for(1s);
    CHECK(site.closed == Texts{"closed"});
    CHECK_FALSE(site.streams[0].is_open());
    CHECK(site.streams[1].is_open());
    CHECK_FALSE(quick.is_closed());
    CHECK(count(quick.received(), part) > 50);
}

TEST_CASE("a stop ends the streams at once, and tells who waits for that") {
    EventSite site({.shutdown_timeout = 5000ms});
    net::SimulatedPeer& peer = site.open();
    site.app.stop();
    site.network.run_for(100ms);
    CHECK(events_of(peer.received()) == ":\n\n(end)");
    CHECK(peer.is_closed());
    CHECK(site.closed == Texts{"closed"});
    CHECK_FALSE(site.streams.front().is_open());
}

TEST_CASE("a stream over HTTP/1.0 has no chunks, and one to HEAD has no body") {
    EventSite site;
    net::SimulatedPeer& old = site.connect();
    old.send("GET /events HTTP/1.0\r\n\r\n");
    site.network.run_for(1s);
    site.app.post([&] {
        site.streams.front().send("x");
        site.streams.front().close();
    });
    site.network.run_for(1s);
    CHECK(body_of(old.received()) == ":\n\ndata: x\n\n");
    CHECK(old.is_closed());
    const std::string head = site.ask("HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(status_of(head) == 200);
    CHECK(body_of(head).empty());
    CHECK_FALSE(site.streams.back().is_open());
}

TEST_CASE("a stream for a request that was answered already is closed") {
    Site site;
    site.app.get("/events", [](Response response) {
        response.send("answered");
        const EventStream events(response);
        CHECK_FALSE(events.is_open());
        CHECK_FALSE(events.send("x"));
    });
    CHECK(body_of(site.ask(get_events)) == "answered");
    CHECK(site.failures.empty());
}

}  // namespace
}  // namespace parley::web::test
