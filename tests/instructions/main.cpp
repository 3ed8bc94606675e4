// SPDX-License-Identifier: MIT
// What the server does for one message, one connection or one recipient, over and over in a simulated network, where
// nothing depends on the machine. Each operation is run once to find everything as it is later, and once within
// `measured`, whose instructions callgrind counts; tests/instructions/measure.mjs says how.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/function.hpp"
#include "parley/net/backend/simulated/simulated_network.hpp"
#include "parley/server.hpp"
#include "parley/web.hpp"

/// Stands around what is counted.
extern "C" [[gnu::noinline]] void measured(parley::Function<void()>& act) {
    act();
}

namespace parley::instructions {

namespace {

constexpr std::size_t in_flight = 16;
constexpr std::size_t rounds = 25;

/// A frame as clients send it, with a key of zero (RFC 6455 §5.2).
std::string frame(std::string_view payload, char first_octet = '\x81') {
    std::string octets{first_octet, static_cast<char>(0x80 | payload.size()), 0, 0, 0, 0};
    return octets.append(payload);
}

std::string repeat(std::string_view text, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i)
        all.append(text);
    return all;
}

/// A server with all that is asked of it below, and its clients, whose octets are written by hand.
class Site {
 public:
    Site() : network_(1, {.cut = false, .delay = false}), app_(network_.loop()), io_(app_), raw_(app_, "/raw") {
        io_.on("text", [](Socket& socket, std::string text) { socket.emit("text", text); });
        io_.on("json", [](Socket& socket, Json value) { socket.emit("json", value); });
        io_.on("octets", [](Socket& socket, Bytes octets) { socket.emit("octets", octets); });
        io_.on("answer", [](std::string text) { return text; });
        io_.on("all", [this](std::string text) { io_.emit("all", text); });
        raw_.on_message([](WebSocket& socket, WebSocketMessage message) { socket.send(message); });
        app_.listen(ListenOptions{.port = 0, .host = "127.0.0.1"});
    }

    net::SimulatedPeer& connect() { return network_.connect(static_cast<std::uint16_t>(app_.port())); }
    net::SimulatedPeer& open(std::string_view path) {
        net::SimulatedPeer& peer = connect();
        peer.send("GET " + std::string(path) +
                  " HTTP/1.1\r\nHost: simulated\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  "Origin: http://simulated\r\nUser-Agent: instructions\r\nAccept-Language: en\r\n"
                  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        network_.run_until_idle();
        return peer;
    }
    net::SimulatedPeer& join() {
        net::SimulatedPeer& peer = open("/socket.io/?EIO=4&transport=websocket");
        say(peer, frame("40"));
        return peer;
    }
    /// Sends, and takes what is answered.
    std::string say(net::SimulatedPeer& peer, std::string_view octets) {
        peer.send(octets);
        network_.run_until_idle();
        std::string answer;
        answer.swap(peer.received());
        return answer;
    }

 private:
    net::SimulatedNetwork network_;
    Application app_;
    Server io_;
    WebSocketServer raw_;
};

void measure(std::string_view name, std::size_t count, Function<void()> act) {
    act();
    measured(act);
    std::printf("%zu %.*s\n", count, static_cast<int>(name.size()), name.data());
}

void measure_messages(std::string_view name, net::SimulatedPeer& peer, Site& site, std::string_view frames) {
    const std::string turn = repeat(frames, in_flight);
    measure(name, in_flight * rounds, [&] {
        for (std::size_t i = 0; i < rounds; ++i)
            site.say(peer, turn);
    });
}

void measure_socketio() {
    Site site;
    net::SimulatedPeer& peer = site.join();
    const std::string text = "\"" + std::string(32, 'x') + "\"";
    measure_messages("echo of a text", peer, site, frame("42[\"text\"," + text + "]"));
    measure_messages("echo of an object", peer, site,
                     frame(R"(42["json",{"user":"ada lovelace","text":"hello","at":1732791860123,"read":false}])"));
    measure_messages("acknowledgement", peer, site, frame("421[\"answer\"," + text + "]"));
    measure_messages("echo of octets", peer, site,
                     frame(R"(451-["octets",{"_placeholder":true,"num":0}])") + frame(std::string(32, 'x'), '\x82'));
}

void measure_broadcast() {
    Site site;
    std::vector<net::SimulatedPeer*> peers;
    for (int i = 0; i < 100; ++i)
        peers.push_back(&site.join());
    const std::string message = frame("42[\"all\",\"" + std::string(32, 'x') + "\"]");
    measure("recipient of a broadcast", peers.size() * rounds, [&] {
        for (std::size_t i = 0; i < rounds; ++i) {
            site.say(*peers.front(), message);
            for (net::SimulatedPeer* peer : peers)
                peer->received().clear();
        }
    });
}

void measure_polling() {
    Site site;
    net::SimulatedPeer& gets = site.connect();
    net::SimulatedPeer& posts = site.connect();
    const std::string begin = "/socket.io/?EIO=4&transport=polling";
    const auto get = [&](const std::string& path) {
        return "GET " + path + " HTTP/1.1\r\nHost: simulated\r\nAccept: */*\r\n\r\n";
    };
    const std::string opening = site.say(gets, get(begin));
    const std::string path = begin + "&sid=" + opening.substr(opening.find("\"sid\":\"") + 7, 20);
    const auto post = [&](const std::string& packet) {
        return "POST " + path +
               " HTTP/1.1\r\nHost: simulated\r\nContent-Type: text/plain;charset=UTF-8\r\nContent-Length: " +
               std::to_string(packet.size()) + "\r\n\r\n" + packet;
    };
    site.say(posts, post("40"));
    site.say(gets, get(path));
    const std::string polls = get(path);
    const std::string message = post("42[\"text\",\"" + std::string(32, 'x') + "\"]");
    measure("echo by polling", rounds, [&] {
        for (std::size_t i = 0; i < rounds; ++i) {
            site.say(posts, message);
            site.say(gets, polls);
        }
    });
}

void measure_connections() {
    Site site;
    measure("connection over WebSocket", rounds, [&] {
        for (std::size_t i = 0; i < rounds; ++i) {
            net::SimulatedPeer& peer = site.join();
            peer.reset();
        }
        site.connect();
    });
}

void measure_websocket() {
    Site site;
    net::SimulatedPeer& peer = site.open("/raw");
    peer.received().clear();
    measure_messages("WebSocket echo of 20 octets", peer, site, frame(std::string(20, 'y')));
    measure_messages("WebSocket echo of 100 octets", peer, site, frame(std::string(100, 'y'), '\x82'));
}

}  // namespace

}  // namespace parley::instructions

int main() {
    parley::instructions::measure_socketio();
    parley::instructions::measure_broadcast();
    parley::instructions::measure_polling();
    parley::instructions::measure_connections();
    parley::instructions::measure_websocket();
}
