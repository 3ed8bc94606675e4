// SPDX-License-Identifier: MIT
#include "tests/failures/site.hpp"

namespace parley::failures {
namespace {

/// A client that polls: every request on a connection of its own kind.
struct Poller {
    explicit Poller(Site& its_site)
        : site(its_site), polls(site.dial()), posts(site.dial()), sid(site.handshake(polls)) {}

    void post(std::string_view body) { site.ask(posts, "POST", target(), body); }
    std::string poll() { return site.ask(polls, "GET", target()); }
    [[nodiscard]] std::string target() const { return "/socket.io/?EIO=4&transport=polling&sid=" + sid; }

    Site& site;
    Peer& polls;
    Peer& posts;
    std::string sid;
};

void event(Site& site, std::string_view packet) {
    Peer& peer = site.join();
    site.say(peer, text(packet));
}

std::vector<Scenario> polling_scenarios() {
    return {
        {"a handshake and nothing more",
         [](Site& site) {
             Poller poller(site);
             site.wait(std::chrono::seconds(11));
         }},
        {"a client that polls",
         [](Site& site) {
             Poller poller(site);
             poller.post("40");
             poller.poll();
             poller.post(
                 "421[\"add\",1,2]\x1e"
                 "42[\"echo\",{\"a\":[1,2]}]");
             poller.poll();
             poller.post("1");
         }},
        {"a poll that waits",
         [](Site& site) {
             Poller poller(site);
             poller.post("40");
             poller.poll();
             poller.poll();
             poller.post("42[\"echo\",1]");
             poller.poll();
             site.wait(std::chrono::seconds(26));
             site.wait(std::chrono::seconds(21));
         }},
        {"binary by polling",
         [](Site& site) {
             Poller poller(site);
             poller.post("40");
             poller.poll();
             poller.post(
                 "451-1[\"binary\",{\"_placeholder\":true,\"num\":0}]\x1e"
                 "bAQIDBA==");
             poller.poll();
         }},
        {"two polls at once",
         [](Site& site) {
             Poller poller(site);
             poller.post("40");
             poller.poll();
             poller.poll();
             site.ask(site.dial(), "GET", poller.target());
         }},
        {"an upgrade",
         [](Site& site) {
             Poller poller(site);
             poller.post("40");
             poller.poll();
             Peer& probe = site.upgrade("/socket.io/?EIO=4&transport=websocket&sid=" + poller.sid);
             site.say(probe, text("2probe"));
             poller.poll();
             site.say(probe, text("5"));
             site.say(probe, text("42[\"echo\",\"upgraded\"]"));
         }},
        {"an upgrade that is given up",
         [](Site& site) {
             Poller poller(site);
             Peer& probe = site.upgrade("/socket.io/?EIO=4&transport=websocket&sid=" + poller.sid);
             site.say(probe, text("2probe"));
             probe.reset();
             site.settle();
             poller.poll();
         }},
        {"a sid that nobody knows",
         [](Site& site) { site.ask(site.dial(), "GET", "/socket.io/?EIO=4&transport=polling&sid=none"); }},
        {"much for a client that does not poll",
         [](Site& site) {
             Poller poller(site);
             poller.post("40");
             poller.post("42[\"much\"]");
             poller.post("42[\"much\"]");
             poller.post("42[\"much\"]");
             poller.poll();
         }},
    };
}

}  // namespace

std::vector<Scenario> socketio_scenarios() {
    std::vector<Scenario> all = polling_scenarios();
    const std::vector<Scenario> over_websocket = {
        {"a client over WebSocket", [](Site& site) { site.join("40{\"token\":\"a\"}"); }},
        {"a client that is refused", [](Site& site) { site.join("40{\"no\":true}"); }},
        {"another namespace",
         [](Site& site) {
             Peer& peer = site.join();
             site.say(peer, text("40/other,"));
             site.say(peer, text("42/other,1[\"add\",1,2]"));
             site.say(peer, text("41/other,"));
             site.say(peer, text("40/none,"));
         }},
        {"an event and its answer", [](Site& site) { event(site, "421[\"add\",1,2]"); }},
        {"an event of this socket", [](Site& site) { event(site, "42[\"own\",\"what\"]"); }},
        {"an event with a value", [](Site& site) { event(site, "42[\"echo\",{\"a\":[1,{\"b\":\"text\"}]}]"); }},
        {"an event that nobody handles", [](Site& site) { event(site, "421[\"none\",1]"); }},
        {"an event that does not fit", [](Site& site) { event(site, "421[\"add\",\"x\"]"); }},
        {"a handler of an event that throws", [](Site& site) { event(site, "421[\"throw\"]"); }},
        {"an answer that is lost", [](Site& site) { event(site, "421[\"lost\"]"); }},
        {"binary",
         [](Site& site) {
             Peer& peer = site.join();
             site.say(peer, text("451-1[\"binary\",{\"_placeholder\":true,\"num\":0}]") + frame(2, "octets"));
         }},
        {"binary that is cut",
         [](Site& site) {
             Peer& peer = site.join();
             site.say(peer,
                      text("452-1[\"binary\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]") +
                          frame(2, "octets"));
         }},
        {"rooms and broadcasts",
         [](Site& site) {
             Peer& peer = site.join();
             Peer& other = site.join();
             site.say(other, text("42[\"join\",\"a\"]"));
             site.say(peer, text("42[\"join\",\"b\"]"));
             site.say(peer, text("42[\"tell\",\"something\"]"));
             site.say(peer, text("42[\"leave\",\"b\"]"));
             site.say(peer, text("421[\"everybody\"]"));
         }},
        {"a broadcast to those who compress",
         [](Site& site) {
             Peer* speaker = nullptr;
             for (const std::string_view headers :
                  {compressing_without_takeover, compressing_without_takeover, compressing}) {
                 speaker = &site.upgrade("/socket.io/?EIO=4&transport=websocket", headers);
                 site.say(*speaker, text("40"));
                 site.say(*speaker, text("42[\"join\",\"room\"]"));
             }
             site.say(*speaker, text("42[\"tell\",\"something that is worth it\"]"));
         }},
        {"a question to a client",
         [](Site& site) {
             Peer& peer = site.join();
             site.say(peer, text("42[\"ask\"]"));
             site.say(peer, text("430[\"answer\"]"));
             site.say(peer, text("42[\"ask\"]"));
             site.wait(std::chrono::seconds(31));
         }},
        {"a question to all",
         [](Site& site) {
             Peer& peer = site.join();
             site.say(peer, text("42[\"ask all\"]"));
             site.say(peer, text("430[\"answer\"]"));
             site.wait(std::chrono::seconds(2));
         }},
        {"questions to a client that goes",
         [](Site& site) {
             Peer& peer = site.join();
             site.say(peer, text("42[\"ask\"]"));
             site.say(peer, text("42[\"ask all\"]"));
             peer.reset();
             site.settle();
         }},
        {"a socket that is told about once, and about everything",
         [](Site& site) {
             Peer& peer = site.join();
             site.say(peer, text("42[\"watch\"]"));
             site.say(peer, text("42[\"watched\",1]"));
             site.say(peer, text("42[\"watched\",2]"));
         }},
        {"everybody is sent away",
         [](Site& site) {
             Peer& peer = site.join();
             site.join();
             site.say(peer, text("42[\"away\"]"));
         }},
        {"something that comes later",
         [](Site& site) {
             event(site, "421[\"later\"]");
             site.wait(std::chrono::seconds(2));
         }},
        {"a client that is disconnected", [](Site& site) { event(site, "42[\"kick\"]"); }},
        {"a socket that is disconnected", [](Site& site) { event(site, "42[\"leave us\"]"); }},
        {"a client that leaves", [](Site& site) { event(site, "41"); }},
        {"a client that is reset",
         [](Site& site) {
             Peer& peer = site.join();
             site.say(peer, text("42[\"join\",\"a\"]"));
             peer.reset();
             site.settle();
         }},
        {"a packet that is none", [](Site& site) { event(site, "9what"); }},
        {"a client that does not join",
         [](Site& site) {
             site.upgrade("/socket.io/?EIO=4&transport=websocket");
             site.wait(std::chrono::seconds(24));
             site.wait(std::chrono::seconds(24));
         }},
        {"a client that answers no ping",
         [](Site& site) {
             site.join();
             site.wait(std::chrono::seconds(26));
             site.wait(std::chrono::seconds(21));
         }},
        {"a server that closes",
         [](Site& site) {
             site.join();
             Poller poller(site);
             site.io().post([&site] { site.io().close(); });
             site.settle();
         },
         true},
    };
    all.insert(all.end(), over_websocket.begin(), over_websocket.end());
    return all;
}

}  // namespace parley::failures
