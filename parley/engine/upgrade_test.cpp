// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "parley/base/memory_budget.hpp"
#include "tests/support/engine_site.hpp"

namespace parley::engine {
namespace {

using namespace test;

TEST_CASE("the upgrade as the official client does it, with a second GET under way") {
    EngineSite site;
    const std::string sid = site.open();
    net::SimulatedPeer& first = site.begin("GET", EngineSite::polling(sid));
    net::SimulatedPeer& peer = site.dial(EngineSite::websocket(sid));
    CHECK(status_of(peer.received()) == 101);
    CHECK(EngineSite::frames(peer).empty());
    CHECK(first.received().empty());

    CHECK(site.tell(peer, "2probe") == Words{"text 3probe"});
    CHECK(body_of(first.received()) == "6");
    for (int i = 0; i < 3; ++i)
        CHECK(site.poll(sid) == "6");
    CHECK(site.post(sid, "4by post") == "ok");
    CHECK(site.poll(sid) == "4by post");

    site.sessions.front()->send(engineio::packet_of({"while upgrading"}));
    CHECK(site.tell(peer, "5") == Words{"text 4while upgrading"});
    CHECK(site.tell(peer, "4hello") == Words{"text 4hello"});
    CHECK(site.take_log() == Words{"session", "text by post", "upgraded", "text hello"});
    CHECK(site.sessions.front()->transport() == engineio::Transport::websocket);

    const std::string late = site.ask("GET", EngineSite::polling(sid));
    CHECK(status_of(late) == 400);
    CHECK(body_of(late) == R"({"code":3,"message":"Bad request"})");
    CHECK(status_of(site.ask("POST", EngineSite::polling(sid), "4x")) == 400);
    CHECK(site.tell(peer, "4still here") == Words{"text 4still here"});
}

TEST_CASE("probe and upgrade may come in one segment with the messages behind them") {
    EngineSite site;
    const std::string sid = site.open();
    net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
    net::SimulatedPeer& peer = site.site.connect();
    peer.send(upgrade_request("/engine.io/?" + EngineSite::websocket(sid)) + client_text("2probe") + client_text("5") +
              client_text("4a") + client_frame(websocket::Opcode::binary, "b"));
    site.site.network.run_until_idle();
    CHECK(EngineSite::frames(peer) == Words{"text 3probe", "text 4a", "binary b"});
    CHECK(body_of(pending.received()) == "6");
}

TEST_CASE("what the program says on hearing of the upgrade comes behind what waited for it") {
    EngineSite site;
    const std::string sid = site.open();
    net::SimulatedPeer& peer = site.dial(EngineSite::websocket(sid));
    CHECK(site.tell(peer, "2probe") == Words{"text 3probe"});
    site.sessions.front()->send(engineio::packet_of({"before"}));
    site.on_upgraded = [&] { site.sessions.front()->send(engineio::packet_of({"after"})); };
    CHECK(site.tell(peer, "5") == Words{"text 4before", "text 4after"});
}

TEST_CASE("a second WebSocket for the same session is closed, and the first is unharmed") {
    for (const bool completed : {false, true}) {
        EngineSite site;
        const std::string sid = site.open();
        net::SimulatedPeer& peer = site.dial(EngineSite::websocket(sid));
        CHECK(site.tell(peer, "2probe") == Words{"text 3probe"});
        if (completed) CHECK(site.tell(peer, "5").empty());
        net::SimulatedPeer& second = site.dial(EngineSite::websocket(sid));
        CHECK(status_of(second.received()) == 101);
        CHECK(EngineSite::frames(second) == Words{"close "});
        if (!completed) CHECK(site.tell(peer, "5").empty());
        CHECK(site.tell(peer, "4hello") == Words{"text 4hello"});
    }
}

TEST_CASE("what waited for an upgrade is not counted as kept any more when it has left") {
    MemoryBudget memory(10 * 1024 * 1024);
    EngineSite site;
    site.engine->set_memory(memory);
    const std::string sid = site.open();
    const std::size_t idle = memory.bytes();
    site.sessions.front()->send(engineio::packet_of({std::string(200'000, 'x')}));
    site.site.network.run_until_idle();
    CHECK(memory.bytes() >= idle + 200'000);
    net::SimulatedPeer& peer = site.dial(EngineSite::websocket(sid));
    site.tell(peer, "2probe");
    CHECK(site.tell(peer, "5").size() == 1);
    CHECK(memory.bytes() == idle);
}

TEST_CASE("a WebSocket session cannot be upgraded") {
    EngineSite site;
    net::SimulatedPeer& peer = site.dial("EIO=4&transport=websocket");
    const Words opening = EngineSite::frames(peer);
    const std::string sid = opening.front().substr(14, 20);
    CHECK(EngineSite::frames(site.dial(EngineSite::websocket(sid))) == Words{"close "});
    CHECK(site.tell(peer, "4hello") == Words{"text 4hello"});
}

TEST_CASE("an upgrade with another protocol revision is refused, and the session is unharmed") {
    EngineSite site;
    const std::string sid = site.open();
    for (const std::string_view query : {"EIO=3&transport=websocket&sid=", "transport=websocket&sid="}) {
        net::SimulatedPeer& peer = site.dial(std::string(query) + sid);
        CHECK(status_of(peer.received()) == 400);
        CHECK(body_of(peer.received()) == "Bad request");
    }
    CHECK(site.post(sid, "4a") == "ok");
    CHECK(site.tell(site.dial(EngineSite::websocket(sid)), "2probe").back() == "text 3probe");
}

TEST_CASE("an upgrade that stalls is closed after its timeout, at each step, and polling goes on") {
    for (const bool probes : {false, true}) {
        EngineSite site;
        const std::string sid = site.open();
        net::SimulatedPeer& peer = site.dial(EngineSite::websocket(sid));
        if (probes) site.tell(peer, "2probe");
        EngineSite::frames(peer);
        site.pass(9'900ms);
        CHECK(EngineSite::frames(peer).empty());
        site.pass(200ms);
        CHECK(EngineSite::frames(peer) == Words{"close "});
        net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
        CHECK(pending.received().empty());
        CHECK(site.post(sid, "4a") == "ok");
        CHECK(body_of(pending.received()) == "4a");
        CHECK(site.tell(site.dial(EngineSite::websocket(sid)), "2probe").back() == "text 3probe");
    }
}

TEST_CASE("a probe that goes away, at each step, leaves polling as it was") {
    for (const bool probes : {false, true}) {
        for (const bool resets : {false, true}) {
            EngineSite site;
            const std::string sid = site.open();
            net::SimulatedPeer& peer = site.dial(EngineSite::websocket(sid));
            if (probes) site.tell(peer, "2probe");
            resets ? peer.reset() : peer.close();
            site.site.network.run_until_idle();
            net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
            CHECK(pending.received().empty());
            CHECK(site.post(sid, "4a") == "ok");
            CHECK(body_of(pending.received()) == "4a");
            CHECK(site.log == Words{"session", "text a"});
        }
    }
}

TEST_CASE("an abandoned session with an abandoned upgrade is reaped") {
    EngineSite site;
    const std::string sid = site.open();
    site.tell(site.dial(EngineSite::websocket(sid)), "2probe");
    site.pass(46s);
    CHECK(site.log == Words{"session", "closed: ping timeout"});
    CHECK(site.engine->session_count() == 0);
}

TEST_CASE("a wrong packet on the probe closes the probe") {
    EngineSite site;
    const std::string sid = site.open();
    net::SimulatedPeer& peer = site.dial(EngineSite::websocket(sid));
    CHECK(site.tell(peer, "4hello") == Words{"close "});
    CHECK(site.post(sid, "4a") == "ok");
    CHECK(site.log == Words{"session", "text a"});
}

TEST_CASE("the program closes during an upgrade: the last words go where the client listens") {
    EngineSite site;
    const std::string sid = site.open();
    net::SimulatedPeer& peer = site.dial(EngineSite::websocket(sid));
    CHECK(site.tell(peer, "2probe") == Words{"text 3probe"});
    site.sessions.front()->send(engineio::packet_of({"last"}));
    site.sessions.front()->close();
    site.site.network.run_until_idle();
    CHECK(site.log == Words{"session", "closed: forced close"});
    CHECK(EngineSite::frames(peer).empty());
    SUBCASE("by WebSocket") {
        CHECK(site.tell(peer, "5") == Words{"text 4last", "close "});
    }
    SUBCASE("by polling") {
        CHECK(site.poll(sid) == "4last");
        CHECK(site.poll(sid) == "6");
        CHECK(site.tell(peer, "5") == Words{"close "});
    }
    SUBCASE("by polling, when the WebSocket is gone") {
        peer.close();
        site.site.network.run_until_idle();
        CHECK(site.poll(sid) == "4last");
        CHECK(site.poll(sid) == "6\0361");
    }
    SUBCASE("nowhere") {
        site.pass(31s);
    }
    CHECK(site.engine->session_count() == 0);
}

// Two connections speak in one turn: a handler of the first closes the session whose WebSocket says its last word then.
TEST_CASE("the program closes in the turn in which the upgrade ends, by whatever the client sends: it is told, once") {
    for (const char* const last : {"5", "2probe", "4x"}) {
        CAPTURE(last);
        EngineSite site;
        net::SimulatedPeer& other = site.open_websocket();
        const std::string sid = site.open();
        Session& session = *site.sessions.back();
        net::SimulatedPeer& peer = site.dial(EngineSite::websocket(sid));
        CHECK(site.tell(peer, "2probe") == Words{"text 3probe"});
        site.on_text = [&](std::string_view text) {
            if (text == "close it") session.close();
        };
        other.send(client_text("4close it"));
        peer.send(client_text(last));
        site.site.network.run_until_idle();
        CHECK(std::ranges::count(site.log, "closed: forced close") == 1);
        site.pass(31s);
        CHECK(EngineSite::frames(peer).back() == "close ");
        CHECK(site.engine->session_count() == 1);
    }
}

TEST_CASE("the heartbeat goes on after an upgrade") {
    EngineSite site;
    const std::string sid = site.open();
    CHECK(site.post(sid, "6") == "ok");
    site.pass(25'100ms);
    CHECK(site.poll(sid) == "2");
    net::SimulatedPeer& peer = site.dial(EngineSite::websocket(sid));
    CHECK(site.tell(peer, "2probe") == Words{"text 3probe"});
    CHECK(site.tell(peer, "5").empty());
    site.pass(25'100ms);
    CHECK(EngineSite::frames(peer) == Words{"text 2"});
    site.pass(20s);
    CHECK(site.log.back() == "closed: ping timeout");
}

TEST_CASE("an upgrade on a network that cuts and delays loses nothing and keeps the order") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        EngineSite site({}, seed, {});
        const std::string sid = site.open();
        std::string said;
        const auto say = [&](const std::string& word) {
            site.sessions.front()->send(engineio::packet_of({word}));
            said += word;
        };
        std::string heard;
        const auto hear = [&](std::string_view payload) {
            for (const char c : payload) {
                if (c >= 'a' && c <= 'z') heard.push_back(c);
            }
        };
        say("a");
        hear(site.poll(sid));
        net::SimulatedPeer& peer = site.dial(EngineSite::websocket(sid));
        say("b");
        CHECK(site.tell(peer, "2probe") == Words{"text 3probe"});
        say("c");
        hear(site.poll(sid));
        say("d");
        peer.send(client_text("5") + client_text("4e"));
        say("f");
        site.site.network.run_until_idle();
        for (const std::string& frame : EngineSite::frames(peer))
            hear(frame.substr(frame.find('4')));
        CHECK(heard == "abcdfe");
    }
}

}  // namespace
}  // namespace parley::engine
