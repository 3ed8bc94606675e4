// SPDX-License-Identifier: MIT
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

#include "tests/support/engine_site.hpp"

namespace parley::engine {
namespace {

using namespace test;

TEST_CASE("messages are echoed over WebSocket, binary without a type") {
    EngineSite site;
    net::SimulatedPeer& peer = site.open_websocket();
    CHECK(site.tell(peer, "4hello") == Words{"text 4hello"});
    peer.send(client_frame(websocket::Opcode::binary, "\x01\x02\x03\x04"));
    site.site.network.run_until_idle();
    CHECK(EngineSite::frames(peer) == Words{"binary \x01\x02\x03\x04"});
}

TEST_CASE("a client that takes no binary gets base64") {
    EngineSite site;
    net::SimulatedPeer& peer = site.dial("EIO=4&transport=websocket&b64=1");
    EngineSite::frames(peer);
    peer.send(client_frame(websocket::Opcode::binary, "\x01\x02\x03\x04"));
    const std::array packets{engineio::packet_of({"2[]"}), engineio::packet_of({"\x05", true})};
    MessageForms forms;
    site.sessions.front()->send({packets, forms});
    site.site.network.run_until_idle();
    CHECK(EngineSite::frames(peer) == Words{"text 42[]", "text bBQ==", "text bAQIDBA=="});
}

TEST_CASE("frames that come with the handshake are not lost") {
    EngineSite site;
    net::SimulatedPeer& peer = site.site.connect();
    peer.send(upgrade_request("/engine.io/?EIO=4&transport=websocket") + client_text("4early"));
    site.site.network.run_until_idle();
    const Words frames = EngineSite::frames(peer);
    REQUIRE(frames.size() == 2);
    CHECK(frames.back() == "text 4early");
}

TEST_CASE("octets behind the handshake that are no frame close that connection only") {
    EngineSite site;
    net::SimulatedPeer& other = site.open_websocket();
    const std::string sid = site.open();
    site.take_log();
    for (const std::string_view junk : {std::string_view("test"), std::string_view("\xb1\x81\x01\x02\x03\x04\x00", 7),
                                        std::string_view("\x81\x02"
                                                         "4a")}) {
        for (const std::string& query : {std::string("EIO=4&transport=websocket"), EngineSite::websocket(sid)}) {
            net::SimulatedPeer& peer = site.site.connect();
            peer.send(upgrade_request("/engine.io/?" + query) + std::string(junk));
            site.site.network.run_until_idle();
            CHECK(status_of(peer.received()) == 101);
            const Words frames = EngineSite::frames(peer);
            REQUIRE_FALSE(frames.empty());
            CHECK(frames.back().substr(0, 8) == "close " + close_payload(1002));
            site.pass(1s);
        }
    }
    CHECK(site.log == Words{"session", "closed: transport error", "session", "closed: transport error", "session",
                            "closed: transport error"});
    CHECK(site.tell(other, "4fine") == Words{"text 4fine"});
    CHECK(site.post(sid, "4fine") == "ok");
}

TEST_CASE("the heartbeat over WebSocket") {
    EngineSite site;
    net::SimulatedPeer& peer = site.open_websocket();
    for (int round = 0; round < 3; ++round) {
        site.pass(24'900ms);
        CHECK(EngineSite::frames(peer).empty());
        site.pass(200ms);
        CHECK(EngineSite::frames(peer) == Words{"text 2"});
        CHECK(site.tell(peer, "3").empty());
    }
    site.pass(25'100ms + 20s);
    CHECK(EngineSite::frames(peer) == Words{"text 2", "close "});
    CHECK(site.log == Words{"session", "closed: ping timeout"});
    CHECK(site.engine->session_count() == 0);
}

TEST_CASE("a bad packet, a client's ping and a goodbye end the session with a close frame without a code") {
    struct Case {
        std::string_view packet;
        std::string_view reason;
    };
    for (const Case c : {Case{"abc", "parse error"}, Case{"", "parse error"}, Case{"2", "transport error"},
                         Case{"1", "transport close"}}) {
        EngineSite site;
        net::SimulatedPeer& peer = site.open_websocket();
        CHECK(site.tell(peer, c.packet) == Words{"close "});
        CHECK(site.log == Words{"session", "closed: " + std::string(c.reason)});
        peer.send(client_frame(websocket::Opcode::close, ""));
        site.site.network.run_until_idle();
        CHECK(peer.is_ended());
        CHECK(site.engine->session_count() == 0);
    }
}

TEST_CASE("a client that goes away closes its session") {
    EngineSite site;
    SUBCASE("with a close frame") {
        net::SimulatedPeer& peer = site.open_websocket();
        peer.send(client_frame(websocket::Opcode::close, ""));
        site.site.network.run_until_idle();
        CHECK(site.log == Words{"session", "closed: transport close"});
    }
    SUBCASE("with a FIN") {
        site.open_websocket().close();
        site.site.network.run_until_idle();
        CHECK(site.log == Words{"session", "closed: transport close"});
    }
    SUBCASE("with a reset") {
        site.open_websocket().reset();
        site.site.network.run_until_idle();
        CHECK(site.log == Words{"session", "closed: transport close"});
    }
    SUBCASE("breaking the protocol") {
        net::SimulatedPeer& peer = site.open_websocket();
        peer.send(client_text("4\xff"));
        site.site.network.run_until_idle();
        CHECK(site.log == Words{"session", "closed: transport error"});
        CHECK(EngineSite::frames(peer).front().substr(0, 8) == "close " + close_payload(1007));
    }
    site.pass(6s);
    CHECK(site.engine->session_count() == 0);
}

TEST_CASE("the program closes: what it sent leaves first, and nothing is heard any more") {
    EngineSite site;
    net::SimulatedPeer& peer = site.open_websocket();
    Session& session = *site.sessions.front();
    session.send(engineio::packet_of({"last"}));
    session.close();
    CHECK_FALSE(session.is_open());
    session.send(engineio::packet_of({"too late"}));
    session.close();
    peer.send(client_text("4late"));
    site.site.network.run_until_idle();
    CHECK(EngineSite::frames(peer) == Words{"text 4last", "close "});
    CHECK(site.log == Words{"session", "closed: forced close"});
}

TEST_CASE("a listener may close from within a message") {
    struct Closing final : SessionListener {
        explicit Closing(Session& its_session) : session(its_session) {}
        void on_message(engineio::Message message) override {
            CHECK(closed == 0);
            session.send(engineio::packet_of({"bye"}));
            session.close();
            CHECK(message.data == "a");
            CHECK(closed == 0);
        }
        void on_closed(const engineio::Closed&) override { ++closed; }
        Session& session;
        int closed = 0;
    };
    EngineSite site;
    net::SimulatedPeer& peer = site.open_websocket();
    Closing listener(*site.sessions.front());
    site.sessions.front()->set_listener(listener);
    peer.send(client_text("4a") + client_text("4b"));
    site.site.network.run_until_idle();
    CHECK(listener.closed == 1);
    CHECK(EngineSite::frames(peer) == Words{"text 4bye", "close "});

    const std::string sid = site.open();
    Closing by_polling(*site.sessions.back());
    site.sessions.back()->set_listener(by_polling);
    CHECK(site.post(sid, "4a\0364b") == "ok");
    CHECK(by_polling.closed == 1);
    CHECK(site.poll(sid) == "4bye");
    CHECK(site.poll(sid) == "6\0361");
}

TEST_CASE("close_all ends every session: polls get 1, WebSockets a close frame, and what waits is not waited for") {
    EngineSite site;
    const std::string waiting = site.open();
    const std::string absent = site.open();
    net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(waiting));
    net::SimulatedPeer& peer = site.open_websocket();
    site.take_log();
    site.engine->close_all();
    CHECK(site.log == Words{"closed: forced close", "closed: forced close", "closed: forced close"});
    site.site.network.run_until_idle();
    CHECK(body_of(pending.received()) == "1");
    CHECK(EngineSite::frames(peer) == Words{"close "});
    CHECK(site.engine->session_count() == 0);
    CHECK(status_of(site.ask("GET", EngineSite::polling(absent))) == 400);
    CHECK(site.open().size() == 20);
}

TEST_CASE("close_all may be called from within a message; that session hears of it when its call is over") {
    EngineSite site;
    net::SimulatedPeer& peer = site.open_websocket();
    net::SimulatedPeer& other = site.open_websocket();
    site.take_log();
    site.echoes = false;
    site.on_text = [&](std::string_view) {
        site.engine->close_all();
        site.log.emplace_back("closed all");
    };
    CHECK(site.tell(peer, "4a") == Words{"close "});
    CHECK(EngineSite::frames(other) == Words{"close "});
    CHECK(site.log == Words{"text a", "closed: forced close", "closed all", "closed: forced close"});
}

TEST_CASE("an engine may go before its application, at any moment") {
    EngineSite site;
    const std::string sid = site.open();
    net::SimulatedPeer& pending = site.begin("GET", EngineSite::polling(sid));
    net::SimulatedPeer& peer = site.open_websocket();
    net::SimulatedPeer& probing = site.dial(EngineSite::websocket(sid));
    net::SimulatedPeer& closing = site.open_websocket();
    site.sessions.back()->close();
    site.take_log();
    site.site.app.unmount(*site.engine);
    site.engine.reset();
    CHECK(site.log.empty());
    site.site.network.run_until_idle();
    CHECK(body_of(pending.received()) == "1");
    CHECK(EngineSite::frames(peer) == Words{"close "});
    CHECK(EngineSite::frames(probing) == Words{"close "});
    CHECK(EngineSite::frames(closing) == Words{"close "});
    CHECK(status_of(site.ask("GET", "EIO=4&transport=polling")) == 404);
    site.pass(2min);
}

TEST_CASE("an application may stop and go before the engine") {
    struct CountingObserver final : Observer {
        void on_session(Session&) override { ++sessions; }
        void on_stop() override { ++stops; }
        void on_detached() override { ++detached; }
        int sessions = 0;
        int stops = 0;
        int detached = 0;
    };
    net::SimulatedNetwork network(1, smooth);
    CountingObserver observer;
    Engine engine(network.loop(), {}, observer);
    net::SimulatedPeer* peer = nullptr;
    {
        Application app(network.loop());
        app.mount(engine);
        app.listen({.port = 80, .host = {}});
        peer = &network.connect(80);
        peer->send(upgrade_request("/engine.io/?EIO=4&transport=websocket"));
        network.run_until_idle();
        CHECK(observer.sessions == 1);
        app.stop();
        network.run_until_idle();
        CHECK(observer.stops == 1);
        CHECK(EngineSite::frames(*peer).back() == "close ");
    }
    CHECK(observer.detached == 1);
    CHECK(engine.session_count() == 0);
}

TEST_CASE("a conversation over WebSocket on a network that cuts and delays") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        EngineSite site({}, seed, {});
        net::SimulatedPeer& peer = site.open_websocket();
        Words expected;
        for (int i = 0; i < 50; ++i) {
            const std::string text = "4" + std::string(static_cast<std::size_t>(i * i), 'x');
            peer.send(client_text(text));
            expected.push_back("text " + text);
        }
        site.site.network.run_until_idle();
        CHECK(EngineSite::frames(peer) == expected);
    }
}

}  // namespace
}  // namespace parley::engine
