// SPDX-License-Identifier: MIT
#include "tests/failures/site.hpp"

namespace parley::failures {

namespace {

// "Hello", as RFC 7692 §7.2.3.1 has it, with RSV1 beside the opcode of a text.
const std::string compressed_hello = frame(0x41, std::string_view("\xf2\x48\xcd\xc9\xc9\x07\x00", 7));

void speak_compressed(Site& site, std::string_view headers) {
    Peer& peer = site.upgrade("/raw", headers);
    site.say(peer, compressed_hello + compressed_hello);
    site.say(peer, frame(2, std::string(5'000, 'x')));
    site.say(peer, text("close"));
}

}  // namespace

std::vector<Scenario> websocket_scenarios() {
    return {
        {"a WebSocket and its goodbye",
         [](Site& site) {
             Peer& peer = site.upgrade("/raw");
             site.say(peer, frame(8, "\x03\xe8"));
         }},
        {"an upgrade with early frames",
         [](Site& site) {
             site.say(site.dial(),
                      "GET /raw HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n" +
                          text("early") + text("bird"));
         }},
        {"an upgrade that cannot be", [](Site& site) { site.upgrade("/none"); }},
        {"an upgrade without a key",
         [](Site& site) {
             site.say(site.dial(), "GET /raw HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
         }},
        {"messages",
         [](Site& site) {
             Peer& peer = site.upgrade("/raw");
             site.say(peer, text("hello"));
             site.say(peer, frame(2, std::string(5'000, 'x')));
         }},
        {"a message in frames, in pieces, and a ping between",
         [](Site& site) {
             Peer& peer = site.upgrade("/raw");
             const std::string octets = frame(1, std::string(3'000, 'a'), false) + frame(9, "ping") +
                                        frame(0, std::string(3'000, 'b'), false) + frame(0, "end");
             for (std::size_t at = 0; at < octets.size(); at += 700)
                 site.say(peer, octets.substr(at, 700));
         }},
        {"compressed messages", [](Site& site) { speak_compressed(site, compressing); }},
        {"compressed messages without takeover",
         [](Site& site) { speak_compressed(site, compressing_without_takeover); }},
        {"a compressed broadcast",
         [](Site& site) {
             Peer& peer = site.upgrade("/raw", compressing);
             for (int i = 0; i < 2; ++i)
                 site.upgrade("/raw", compressing_without_takeover);
             site.say(peer, text("all"));
         }},
        {"many messages in a turn",
         [](Site& site) {
             Peer& peer = site.upgrade("/raw");
             std::string octets;
             for (int i = 0; i < 300; ++i)
                 octets += text("hello");
             site.say(peer, octets);
         }},
        {"a broadcast",
         [](Site& site) {
             Peer& peer = site.upgrade("/raw");
             site.upgrade("/raw");
             site.say(peer, text("all"));
         }},
        {"a close that the program asks for", [](Site& site) { site.say(site.upgrade("/raw"), text("close")); }},
        {"a violation", [](Site& site) { site.say(site.upgrade("/raw"), frame(3, "what")); }},
        {"text that is not UTF-8", [](Site& site) { site.say(site.upgrade("/raw"), text("\xff\xfe")); }},
        {"a WebSocket that says nothing",
         [](Site& site) {
             site.upgrade("/raw");
             site.wait(std::chrono::seconds(26));
             site.wait(std::chrono::seconds(21));
         }},
        {"a slow consumer",
         [](Site& site) {
             Peer& peer = site.upgrade("/raw");
             for (int i = 0; i < 10; ++i)
                 peer.send(text("much"));
             for (int i = 0; i < 10; ++i)
                 site.settle();
             site.wait(std::chrono::seconds(6));
         }},
        {"a WebSocket that is reset",
         [](Site& site) {
             Peer& peer = site.upgrade("/raw");
             peer.send(frame(1, "half", false));
             peer.reset();
             site.settle();
         }},
    };
}

}  // namespace parley::failures
