// SPDX-License-Identifier: MIT
#pragma once

// For the tests of this library only: the client's side of the wire, and a connection with everything around it.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/base/outbox.hpp"
#include "parley/websocket/connection.hpp"
#include "parley/websocket/frame.hpp"

namespace parley::websocket::test {

using Lines = std::vector<std::string>;

inline constexpr MaskKey test_key{{0x37, 0xfa, 0x21, 0x3d}};  // the key of the examples in RFC 6455 §5.7

inline std::string octets(std::initializer_list<int> values) {
    std::string text;
    for (const int value : values)
        text.push_back(static_cast<char>(value));
    return text;
}

/// The length part of a frame header: the second octet with the mask bit, and what follows it.
inline std::string masked_length(std::uint64_t size) {
    char header[frame_header_bytes_max];
    char* const end = write_frame_header(header, Opcode::text, size);
    std::string length(header + 1, end);
    length[0] = static_cast<char>(length[0] | 0x80);
    return length;
}

inline std::string masked(std::string_view payload, MaskKey key = test_key) {
    std::string text(payload);
    for (std::size_t i = 0; i < text.size(); ++i)
        text[i] = static_cast<char>(text[i] ^ key.octets[i % 4]);
    return text;
}

/// The header of a masked frame; `first` is its first octet, with FIN, RSV and opcode.
inline std::string client_header(int first, std::uint64_t size) {
    std::string header(1, static_cast<char>(first));
    header += masked_length(size);
    return header.append(reinterpret_cast<const char*>(test_key.octets), 4);
}

inline std::string client_frame(int first, std::string_view payload) {
    return client_header(first, payload.size()) + masked(payload);
}

inline std::string client_text(std::string_view text) {
    return client_frame(0x81, text);
}
inline std::string client_binary(std::string_view data) {
    return client_frame(0x82, data);
}
inline std::string client_ping(std::string_view payload = {}) {
    return client_frame(0x89, payload);
}
inline std::string client_close(int code, std::string_view reason = {}) {
    return client_frame(0x88, octets({code >> 8, code & 0xFF}).append(reason));
}

/// A frame as the server sends it.
inline std::string server_frame(Opcode opcode, std::string_view payload) {
    std::string frame(frame_size(payload.size()), '\0');
    write_frame(frame.data(), opcode, payload);
    return frame;
}
inline std::string server_close(int code, std::string_view reason = {}) {
    return server_frame(Opcode::close, octets({code >> 8, code & 0xFF}).append(reason));
}

inline std::string to_string(WebSocketCloseCause cause) {
    constexpr const char* names[] = {"closed_by_peer", "closed_by_us", "protocol_error",
                                     "slow_consumer",  "timed_out",    "connection_lost"};
    return names[static_cast<int>(cause)];
}

/// An event as one line: `text hello`, `binary ...`, `closed 1002 protocol_error: a reserved opcode`.
inline std::string describe(const Event& event) {
    if (event.kind == Event::Kind::message_received) {
        return (event.message.is_binary ? "binary " : "text ") + std::string(event.message.data);
    }
    std::string line = "closed " + std::to_string(static_cast<int>(event.closed.code));
    line += " " + to_string(event.closed.cause);
    return event.closed.reason.empty() ? line : line + ": " + std::string(event.closed.reason);
}

/// One connection, its outbox, and what has happened on it.
struct Driver {
    Connection connection;
    Outbox outbox;
    TimePoint now{};
    Lines events;
    bool uses_window = true;

    explicit Driver(const Options& options = {}) : connection(options) {}
    /// A client's.
    Driver(const Options& options, EntropySource& mask_keys) : connection(options, mask_keys) {}

    void drain() {
        while (const auto event = connection.next_event(outbox))
            events.push_back(describe(*event));
    }

    /// Receives `text` in one piece, or in several where the machine names a window.
    Driver& receive(std::string_view text) {
        while (!text.empty()) {
            const std::span<char> window = uses_window ? connection.receive_window() : std::span<char>{};
            if (window.empty()) {
                // Exactly as long as the octets are, so that a look behind them is found.
                std::vector<char> buffer(text.begin(), text.end());
                connection.receive(buffer, now);
                drain();
                return *this;
            }
            const std::size_t size = text.copy(window.data(), window.size());
            connection.receive(window.first(size), now);
            drain();
            text.remove_prefix(size);
        }
        return *this;
    }

    Driver& receive_eof() {
        connection.receive_eof(now);
        drain();
        return *this;
    }

    Driver& pass(Duration time) {
        now += time;
        connection.handle_deadline(now, outbox);
        drain();
        return *this;
    }

    [[nodiscard]] std::string sent() const {
        std::string text;
        std::vector<std::string_view> pieces(64);
        const std::size_t count = outbox.gather(pieces);
        for (std::size_t i = 0; i < count; ++i)
            text += pieces[i];
        return text;
    }

    /// The octets that were to be sent; they have left now.
    std::string take_sent() {
        std::string text = sent();
        outbox.consume(outbox.size());
        return text;
    }
};

}  // namespace parley::websocket::test
