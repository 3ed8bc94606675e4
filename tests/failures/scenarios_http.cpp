// SPDX-License-Identifier: MIT
#include "tests/failures/site.hpp"

namespace parley::failures {
namespace {

constexpr std::string_view form =
    "--b\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nTea\r\n"
    "--b\r\nContent-Disposition: form-data; name=\"photo\"; filename=\"a.png\"\r\n\r\npicture\r\n--b--\r\n";

void post_form(Site& site, std::string_view path) {
    site.say(site.dial(), "POST " + std::string(path) +
                              " HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                              "Content-Length: " +
                              std::to_string(form.size()) + "\r\n\r\n" + std::string(form));
}

constexpr std::string_view get = "GET /hello/me?q=1 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n";

}  // namespace

std::vector<Scenario> http_scenarios() {
    return {
        {"a connection that says nothing",
         [](Site& site) {
             Peer& peer = site.dial();
             site.wait(std::chrono::seconds(11));
             peer.take();
         }},
        {"a request", [](Site& site) { site.say(site.dial(), get); }},
        {"a request in pieces",
         [](Site& site) {
             Peer& peer = site.dial();
             for (std::size_t at = 0; at < get.size(); at += 20)
                 site.say(peer, get.substr(at, 20));
         }},
        {"requests in a row",
         [](Site& site) {
             std::string all;
             for (int i = 0; i < 20; ++i)
                 all.append(get);
             site.say(site.dial(), all);
         }},
        {"a body", [](Site& site) { site.ask(site.dial(), "POST", "/echo", std::string(50'000, 'x')); }},
        {"a body in chunks",
         [](Site& site) {
             Peer& peer = site.dial();
             site.say(peer, "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
             site.say(peer, "10\r\n0123456789abcdef\r\n0\r\n\r\n");
         }},
        {"an answer in JSON", [](Site& site) { site.ask(site.dial(), "GET", "/json"); }},
        {"a large answer",
         [](Site& site) {
             Peer& peer = site.dial();
             for (int i = 0; i < 4; ++i)
                 site.ask(peer, "GET", "/large");
         }},
        {"an answer that nobody takes",
         [](Site& site) {
             Peer& peer = site.dial();
             for (int i = 0; i < 12; ++i)
                 peer.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
             site.settle();
             site.wait(std::chrono::seconds(16));
         }},
        {"a file", [](Site& site) { site.ask(site.dial(), "GET", "/files/site.hpp"); }},
        {"a part of a file",
         [](Site& site) {
             site.say(site.dial(), "GET /files/site.hpp HTTP/1.1\r\nHost: a\r\nRange: bytes=5-20\r\n\r\n");
         }},
        {"a file that is not there", [](Site& site) { site.ask(site.dial(), "GET", "/files/none"); }},
        {"a handler that throws", [](Site& site) { site.ask(site.dial(), "GET", "/throw"); }},
        {"an answer that comes later",
         [](Site& site) {
             Peer& peer = site.dial();
             site.ask(peer, "GET", "/later");
             site.wait(std::chrono::milliseconds(20));
             site.ask(peer, "GET", "/post");
         }},
        {"a client that does not wait for its answer",
         [](Site& site) {
             Peer& peer = site.dial();
             site.ask(peer, "GET", "/later");
             peer.end();
             site.settle();
             site.wait(std::chrono::milliseconds(20));
         }},
        {"a reset",
         [](Site& site) {
             Peer& peer = site.dial();
             site.ask(peer, "GET", "/later");
             peer.reset();
             site.settle();
         }},
        {"what is no HTTP", [](Site& site) { site.say(site.dial(), "\x16\x03\x01 what is that?\r\n\r\n"); }},
        {"a head that is too large",
         [](Site& site) { site.say(site.dial(), "GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n"); }},
        {"a body that is too large",
         [](Site& site) {
             site.say(site.dial(), "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2000000\r\n\r\n");
         }},
        {"a body that is taken in pieces",
         [](Site& site) {
             Peer& peer = site.dial();
             site.say(peer,
                      "POST /api/upload HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
             for (int i = 0; i < 3; ++i)
                 site.say(peer, "abc");
             site.ask(peer, "POST", "/api/upload", std::string(50'000, 'x'));
         }},
        {"a body in pieces whose client goes, or says too much",
         [](Site& site) {
             Peer& peer = site.dial();
             site.say(peer, "POST /api/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
             peer.reset();
             site.settle();
             site.say(site.dial(), "POST /api/upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100001\r\n\r\n");
         }},
        {"a form in memory", [](Site& site) { post_form(site, "/api/form"); }},
        {"a form in pieces", [](Site& site) { post_form(site, "/api/form/pieces"); }},
        {"a page of another origin",
         [](Site& site) {
             Peer& peer = site.dial();
             site.say(peer, "OPTIONS /api/none HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\n\r\n");
             site.say(peer, "GET /api/none HTTP/1.1\r\nHost: a\r\nOrigin: https://a.example\r\n\r\n");
         }},
        {"an error that carries a status", [](Site& site) { site.ask(site.dial(), "GET", "/api/missing"); }},
        {"what nobody answers, for an error handler", [](Site& site) { site.ask(site.dial(), "GET", "/api/none"); }},
        {"a session",
         [](Site& site) {
             Peer& peer = site.dial();
             site.ask(peer, "POST", "/api/session", "ada");
             site.say(peer, "GET /api/session HTTP/1.1\r\nHost: a\r\nCookie: session=a.1.b\r\n\r\n");
         }},
        {"an answer in parts",
         [](Site& site) {
             Peer& peer = site.dial();
             site.ask(peer, "GET", "/api/parts");
             site.ask(peer, "GET", "/api/pulled");
         }},
        {"a stream of events",
         [](Site& site) {
             Peer& peer = site.dial();
             site.ask(peer, "GET", "/api/events");
             site.wait(std::chrono::milliseconds(20));
         }},
        {"a stream of events whose reader goes",
         [](Site& site) {
             Peer& peer = site.dial();
             site.ask(peer, "GET", "/api/events");
             peer.reset();
             site.settle();
             site.wait(std::chrono::milliseconds(20));
         }},
        {"an answer that is lost beside who waits for its end",
         [](Site& site) { site.ask(site.dial(), "GET", "/api/lost"); }},
        {"half an answer", [](Site& site) { site.ask(site.dial(), "GET", "/api/half"); }},
        {"the client's bundle", [](Site& site) { site.ask(site.dial(), "GET", "/socket.io/socket.io.js"); }},
    };
}

}  // namespace parley::failures
