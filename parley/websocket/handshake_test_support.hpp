// SPDX-License-Identifier: MIT
#pragma once

// For the tests of this library only: opening handshakes, from the octets on.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/http/request_parser.hpp"
#include "parley/websocket/handshake.hpp"

namespace parley::websocket::test {

/// The request of RFC 6455 §1.2, line by line, to be changed.
struct Opening {
    std::string request_line = "GET /chat HTTP/1.1";
    std::vector<std::string> headers = {
        "Host: server.example.com",  "Upgrade: websocket",
        "Connection: Upgrade",       "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version: 13",
    };

    Opening& add(std::string header) {
        headers.push_back(std::move(header));
        return *this;
    }

    /// Puts `header` in the place of the one with its name; without a colon: removes that one.
    Opening& replace(std::string_view header) {
        const std::string name(header.substr(0, header.find(':')));
        std::erase_if(headers, [&](const std::string& line) { return line.starts_with(name + ":"); });
        return header.size() == name.size() ? *this : add(std::string(header));
    }

    [[nodiscard]] std::string text() const {
        std::string text = request_line + "\r\n";
        for (const std::string& header : headers)
            text += header + "\r\n";
        return text + "\r\n";
    }
};

/// What an opening handshake came to.
struct Outcome {
    int status = 0;        ///< the answer's, or the HTTP parser's when it refused the head
    std::string answer;    ///< the headers of the answer, one per line
    std::string leftover;  ///< what was received behind the head
};

inline Outcome open(std::span<const std::string_view> pieces, std::span<const std::string> supported = {},
                    const PerMessageDeflate& deflate = {.enabled = false}) {
    Outcome outcome;
    http::RequestParser parser;
    for (const std::string_view piece : pieces) {
        std::vector<char> buffer(piece.begin(), piece.end());
        if (outcome.status != 0) {
            outcome.leftover += piece;
            continue;
        }
        parser.receive(buffer);
        const std::optional<http::RequestEvent> event = parser.next_event();
        if (!event) continue;
        outcome.status = event->status;
        if (event->kind != http::RequestEvent::Kind::head_received) continue;
        HandshakeAnswer answer = check_handshake(parser.head());
        answer.subprotocol = choose_subprotocol(parser.head(), supported);
        if (auto agreement = choose_deflate(parser.head(), deflate, DeflateContexts::own))
            answer.extensions = std::move(agreement->answer);
        outcome.status = answer.status;
        answer.for_each_header([&](std::string_view name, std::string_view value) {
            outcome.answer.append(name).append(": ").append(value).append("\n");
        });
        parser.upgrade();
        outcome.leftover.assign(parser.unparsed().begin(), parser.unparsed().end());
    }
    return outcome;
}

inline Outcome open(std::string_view request, std::span<const std::string> supported = {},
                    const PerMessageDeflate& deflate = {.enabled = false}) {
    return open(std::span(&request, 1), supported, deflate);
}

}  // namespace parley::websocket::test
