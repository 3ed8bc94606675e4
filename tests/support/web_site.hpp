// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "parley/net/backend/simulated/simulated_network.hpp"
#include "parley/web/application.hpp"
#include "parley/websocket/frame.hpp"
#include "parley/websocket/mask.hpp"

namespace parley::web::test {

using namespace std::chrono_literals;

/// Every octet arrives as it was sent, at once; a second seed cuts and delays.
inline constexpr net::SimulatedNetworkOptions smooth{.cut = false, .delay = false};

/// Seconds until `peer`, which has stopped reading, is cut off although it takes a window now and then; 600 or more if
/// it is not.
inline int seconds_until_cut(net::SimulatedNetwork& network, net::SimulatedPeer& peer) {
    int seconds = 0;
    for (; seconds < 600 && !peer.is_closed(); seconds += 7) {
        network.run_for(7s);
        peer.resume_reading();
        peer.stop_reading();
    }
    return seconds;
}

/// An application on a simulated network, with clients.
struct Site {
    explicit Site(ApplicationOptions options = {}, std::uint64_t seed = 1,
                  const net::SimulatedNetworkOptions& network_options = smooth)
        : network(seed, network_options), app(network.loop(), options) {
        app.listen({.port = 80, .host = {}});
        app.on_error([this](const HandlerFailure& failure) {
            failures.push_back(std::string(failure.where) + ": " + std::string(failure.message));
        });
    }

    net::SimulatedPeer& connect() { return network.connect(80); }

    /// Sends `octets` on a new connection and returns what came back.
    std::string ask(std::string_view octets) {
        net::SimulatedPeer& peer = connect();
        peer.send(octets);
        network.run_until_idle();
        return peer.received();
    }

    std::string get(std::string_view target) {
        return ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    }

    net::SimulatedNetwork network;
    std::vector<std::string> failures;
    Application app;
};

/// The status of the first response in `octets`; 0 without one.
inline int status_of(std::string_view octets) {
    if (!octets.starts_with("HTTP/1.1 ") || octets.size() < 12) return 0;
    return (octets[9] - '0') * 100 + (octets[10] - '0') * 10 + (octets[11] - '0');
}

/// What stands behind the first empty line.
inline std::string_view body_of(std::string_view octets) {
    const std::size_t end = octets.find("\r\n\r\n");
    return end == std::string_view::npos ? std::string_view() : octets.substr(end + 4);
}

/// Whether the first response has this line among its headers.
inline bool has_line(std::string_view octets, std::string_view line) {
    const std::string_view head = octets.substr(0, octets.find("\r\n\r\n") + 2);
    return head.find("\r\n" + std::string(line) + "\r\n") != std::string_view::npos;
}

inline std::size_t count(std::string_view text, std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = text.find(part); at != std::string_view::npos; at = text.find(part, at + part.size()))
        ++found;
    return found;
}

// The client's side of a WebSocket.

inline std::string upgrade_request(std::string_view target, std::string_view more = {}) {
    return "GET " + std::string(target) +
           " HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
           std::string(more) + "\r\n";
}

/// A final, masked frame.
inline std::string client_frame(websocket::Opcode opcode, std::string_view payload) {
    constexpr websocket::MaskKey key{{1, 2, 3, 4}};
    char header[websocket::frame_header_bytes_max];
    char* const end = websocket::write_frame_header(header, opcode, payload.size());
    std::string frame(header, end);
    frame[1] = static_cast<char>(frame[1] | 0x80);
    frame.append(reinterpret_cast<const char*>(key.octets), 4);
    const std::size_t begin = frame.size();
    frame += payload;
    websocket::unmask(std::span(frame).subspan(begin), key);
    return frame;
}

inline std::string client_text(std::string_view text) {
    return client_frame(websocket::Opcode::text, text);
}

/// A frame as the server sends it.
inline std::string server_frame(websocket::Opcode opcode, std::string_view payload) {
    std::string frame(websocket::frame_size(payload.size()), '\0');
    websocket::write_frame(frame.data(), opcode, payload);
    return frame;
}

inline std::string server_text(std::string_view text) {
    return server_frame(websocket::Opcode::text, text);
}

inline std::string close_payload(int code, std::string_view reason = {}) {
    return std::string{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)}.append(reason);
}

inline std::string server_close(int code, std::string_view reason = {}) {
    return server_frame(websocket::Opcode::close, close_payload(code, reason));
}

inline std::string client_close(int code, std::string_view reason = {}) {
    return client_frame(websocket::Opcode::close, close_payload(code, reason));
}

}  // namespace parley::web::test
