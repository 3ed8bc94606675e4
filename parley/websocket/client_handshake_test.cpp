// SPDX-License-Identifier: MIT
#include "parley/websocket/client_handshake.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "parley/http/response_parser.hpp"

namespace parley::websocket::test {
namespace {

// The key and the proof of RFC 6455 §1.3.
constexpr std::string_view key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view good_headers =
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

// What becomes of an answer: its subprotocol in brackets, or what is wrong.
std::string judge(std::string_view status_and_headers, const std::vector<std::string>& offered = {}) {
    http::ResponseParser parser;
    parser.expect(http::ResponseTo::upgrade);
    std::string text = "HTTP/1.1 " + std::string(status_and_headers) + "\r\n";
    parser.receive(text);
    const std::optional<http::ResponseEvent> event = parser.next_event();
    REQUIRE(event.has_value());
    if (event->kind == http::ResponseEvent::Kind::failed) return "no HTTP: " + std::string(event->reason);
    REQUIRE(event->kind == http::ResponseEvent::Kind::head_received);
    const Result<std::string> result = check_handshake_answer(parser.head(), {.key = key, .subprotocols = offered});
    return result ? "[" + *result + "]" : result.error().message;
}

std::string with(std::string_view more, const std::vector<std::string>& offered = {}) {
    return judge("101 Switching Protocols\r\n" + std::string(good_headers) + std::string(more), offered);
}

class Counting final : public EntropySource {
 public:
    void fill(std::span<std::byte> bytes) override {
        for (std::byte& byte : bytes)
            byte = static_cast<std::byte>(next_++);
    }

 private:
    unsigned char next_ = 1;
};

}  // namespace

TEST_CASE("client handshake: a key is sixteen octets of entropy in base64") {
    Counting entropy;
    CHECK(make_key(entropy) == "AQIDBAUGBwgJCgsMDQ4PEA==");
    CHECK(make_key(entropy) == "ERITFBUWFxgZGhscHR4fIA==");
}

TEST_CASE("client handshake: an answer with the proof is taken, in any case and order of its headers") {
    CHECK(with("") == "[]");
    CHECK(judge("101 Whatever\r\nconnection: keep-alive, upgrade\r\nupgrade: WebSocket\r\n"
                "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") == "[]");
}

TEST_CASE("client handshake: what is no proof, no upgrade or more than was asked for is refused (RFC 6455 4.1)") {
    CHECK(judge("200 OK\r\nContent-Length: 0\r\n") == "does not speak WebSocket at this address");
    const std::string proof = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
    CHECK(judge("101 X\r\nConnection: Upgrade\r\n" + proof).starts_with("no HTTP: "));
    CHECK(judge("101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n" + proof) ==
          "answered 101 without Upgrade: websocket");
    CHECK(judge("101 X\r\nUpgrade: websocket\r\n" + proof).starts_with("no HTTP: "));
    const std::string no_proof = "answered 101 without the proof that it read the key (Sec-WebSocket-Accept)";
    CHECK(judge("101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n") == no_proof);
    CHECK(judge("101 X\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                "S3PPLMBITXAQ9KYGZZHZRBK+XOO=\r\n") == no_proof);
    CHECK(with(proof) == no_proof);
    CHECK(with("Sec-WebSocket-Extensions: permessage-deflate\r\n") == "chose an extension that was not offered");
}

TEST_CASE("client handshake: a subprotocol is one of those that were offered, exactly where some were") {
    CHECK(with("Sec-WebSocket-Protocol: chat\r\n", {"superchat", "chat"}) == "[chat]");
    CHECK(with("", {"chat"}) == "chose none of the subprotocols that were offered");
    CHECK(with("Sec-WebSocket-Protocol: chat\r\n") == "chose a subprotocol that was not offered");
    CHECK(with("Sec-WebSocket-Protocol: Chat\r\n", {"chat"}) == "chose a subprotocol that was not offered");
    CHECK(with("Sec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: a\r\n", {"a"}) ==
          "chose a subprotocol that was not offered");
}

}  // namespace parley::websocket::test
