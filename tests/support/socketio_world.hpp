// SPDX-License-Identifier: MIT
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/net/backend/simulated/simulated_network.hpp"
#include "parley/server.hpp"
#include "parley/web.hpp"

/// A Socket.IO server in a simulated network, and clients whose bytes are written by hand.
namespace parley::server::test {

using namespace std::chrono_literals;
using Words = std::vector<std::string>;

/// A server on virtual time. Failures of handlers are collected in `failures`.
struct World {
    explicit World(ServerOptions options = {}, std::uint64_t seed = 1, std::size_t loop_count = 1)
        : network(seed),
          loops(make_loops(network, loop_count)),
          app(web::LoopList(loops)),
          io(std::in_place, app, std::move(options)) {
        io->on_error([this](const EventFailure& failure) {
            failures.push_back(std::string(failure.event) + ": " + std::string(failure.message));
        });
        app.listen(ListenOptions{.port = 0, .host = "127.0.0.1"});
        settle();
    }

    /// Lets everything happen that is under way; timers that are due later wait.
    void settle() { network.run_until_idle(); }
    void pass(Duration duration) { network.run_for(duration); }

    net::SimulatedNetwork network;
    std::vector<net::Loop*> loops;
    Application app;
    std::optional<Server> io;
    Words failures;

 private:
    static std::vector<net::Loop*> make_loops(net::SimulatedNetwork& network, std::size_t count) {
        std::vector<net::Loop*> made{&network.loop()};
        while (made.size() < count)
            made.push_back(&network.add_loop());
        return made;
    }
};

/// The first packet of a session, or an answer's body, without what differs from run to run.
inline std::string without_sid(std::string text) {
    for (std::size_t at = text.find("\"sid\":\""); at != std::string::npos; at = text.find("\"sid\":\"", at + 7)) {
        const std::size_t begin = at + 7;
        text.replace(begin, text.find('"', begin) - begin, "SID");
    }
    return text;
}

/// The value of `"sid"` in a packet.
inline std::string sid_of(std::string_view packet) {
    const std::size_t begin = packet.find("\"sid\":\"") + 7;
    return std::string(packet.substr(begin, packet.find('"', begin) - begin));
}

/// A client over WebSocket, as the official one would be with `transports: ["websocket"]`.
class WebSocketClient {
 public:
    explicit WebSocketClient(World& world, std::string_view query = "EIO=4&transport=websocket",
                             std::string_view headers = "")
        : WebSocketClient(world.network, world.app, query, headers) {}
    WebSocketClient(net::SimulatedNetwork& network, Application& app,
                    std::string_view query = "EIO=4&transport=websocket", std::string_view headers = "")
        : network_(network), peer_(network.connect(static_cast<std::uint16_t>(app.port()))) {
        peer_.send("GET /socket.io/?" + std::string(query) +
                   " HTTP/1.1\r\nHost: simulated\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                   "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
                   std::string(headers) + "\r\n");
        network_.run_until_idle();
        std::string& received = peer_.received();
        const std::size_t end = received.find("\r\n\r\n");
        REQUIRE(end != std::string::npos);
        answer = received.substr(0, end + 4);
        received.erase(0, end + 4);
        if (answer.starts_with("HTTP/1.1 101")) {
            const Words first = receive();
            REQUIRE(first.size() == 1);
            open = first.front();
        }
    }

    /// Sends one Engine.IO packet as it stands, as in `42["hello"]`, and lets it have its effect.
    void send(std::string_view text) {
        send_soon(text);
        network_.run_until_idle();
    }
    void send_soon(std::string_view text) { send_frame(0x81, text); }
    void send_binary(std::string_view octets) {
        send_frame(0x82, octets);
        network_.run_until_idle();
    }

    /// What came since the last time: texts, binary messages as `<octets>`, a close frame as `closed CODE REASON`.
    Words receive() {
        network_.run_until_idle();
        Words words;
        std::string& bytes = peer_.received();
        while (std::optional<std::string> word = take_frame(bytes))
            words.push_back(*std::move(word));
        return words;
    }

    /// What `send(text)` is answered.
    Words ask(std::string_view text) {
        send(text);
        return receive();
    }

    /// Joins a namespace and returns the id of the socket there.
    std::string join(std::string_view nsp = "/", std::string_view auth = "") {
        const std::string prefix = nsp == "/" ? "" : std::string(nsp) + ",";
        const Words words = ask("40" + prefix + std::string(auth));
        REQUIRE_FALSE(words.empty());
        REQUIRE(without_sid(words.front()) == "40" + prefix + R"({"sid":"SID"})");
        return sid_of(words.front());
    }

    void close_frame() {
        send_frame(0x88, "\x03\xe8");
        network_.run_until_idle();
    }
    void vanish() {
        peer_.reset();
        network_.run_until_idle();
    }
    [[nodiscard]] bool is_closed() const { return peer_.is_closed(); }
    [[nodiscard]] net::SimulatedPeer& peer() { return peer_; }

    std::string answer;  ///< the head that answered the handshake
    std::string open;    ///< the open packet

 private:
    // Masked with a key of zeros, so the payload stands as it is.
    void send_frame(int first, std::string_view payload) {
        std::string frame(1, static_cast<char>(first));
        const std::size_t size = payload.size();
        if (size < 126) {
            frame.push_back(static_cast<char>(0x80 | size));
        } else if (size < 65'536) {
            frame.push_back(static_cast<char>(0x80 | 126));
            frame.push_back(static_cast<char>(size >> 8));
            frame.push_back(static_cast<char>(size));
        } else {
            frame.push_back(static_cast<char>(0x80 | 127));
            for (int shift = 56; shift >= 0; shift -= 8)
                frame.push_back(static_cast<char>(size >> shift));
        }
        frame.append(4, '\0');
        peer_.send(frame.append(payload));
    }

    static std::optional<std::string> take_frame(std::string& bytes) {
        const auto octet = [&](std::size_t i) {
            return static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i]));
        };
        if (bytes.size() < 2) return std::nullopt;
        std::size_t head = 2;
        std::uint64_t size = octet(1) & 0x7f;
        if (size >= 126) {
            head += size == 126 ? 2 : 8;
            if (bytes.size() < head) return std::nullopt;
            size = 0;
            for (std::size_t i = 2; i < head; ++i)
                size = size << 8 | octet(i);
        }
        if (bytes.size() < head + size) return std::nullopt;
        const auto opcode = octet(0) & 0x0f;
        std::string payload = bytes.substr(head, size);
        bytes.erase(0, head + size);
        if (opcode == 2) return "<" + payload + ">";
        if (opcode == 8) {
            std::string word = "closed";
            if (payload.size() >= 2) {
                const auto code = static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
                word += " " + std::to_string(code);
                if (payload.size() > 2) word += " " + payload.substr(2);
            }
            return word;
        }
        return payload;
    }

    net::SimulatedNetwork& network_;
    net::SimulatedPeer& peer_;
};

/// A client by polling: each call is one HTTP request on a connection of its own.
class PollingClient {
 public:
    explicit PollingClient(World& world) : world_(world) {
        open = get();
        sid = sid_of(open);
    }

    /// The body that answers a GET; "-" while none has come.
    std::string get() {
        start_get();
        return take_get();
    }
    void start_get() {
        poll_ = &connect();
        poll_->send("GET " + target() + " HTTP/1.1\r\nHost: simulated\r\nConnection: close\r\n\r\n");
        world_.settle();
    }
    std::string take_get() {
        world_.settle();
        return body(poll_->received());
    }

    std::string post(std::string_view payload) {
        net::SimulatedPeer& peer = connect();
        peer.send("POST " + target() + " HTTP/1.1\r\nHost: simulated\r\nConnection: close\r\n" +
                  "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: " + std::to_string(payload.size()) +
                  "\r\n\r\n" + std::string(payload));
        world_.settle();
        return body(peer.received());
    }

    std::string open;
    std::string sid;

 private:
    net::SimulatedPeer& connect() { return world_.network.connect(static_cast<std::uint16_t>(world_.app.port())); }
    [[nodiscard]] std::string target() const {
        return "/socket.io/?EIO=4&transport=polling" + (sid.empty() ? "" : "&sid=" + sid);
    }
    static std::string body(const std::string& response) {
        const std::size_t end = response.find("\r\n\r\n");
        return end == std::string::npos ? "-" : response.substr(end + 4);
    }

    World& world_;
    net::SimulatedPeer* poll_ = nullptr;
};

}  // namespace parley::server::test
