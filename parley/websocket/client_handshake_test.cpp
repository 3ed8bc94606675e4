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

std::string describe(const std::optional<DeflateParameters>& deflate) {
    if (!deflate) return {};
    return " deflate " + std::to_string(deflate->server_max_window_bits) +
           (deflate->server_no_context_takeover ? "-" : "") + " " + std::to_string(deflate->client_max_window_bits) +
           (deflate->client_no_context_takeover ? "-" : "");
}

// What becomes of an answer: its subprotocol in brackets, or what is wrong.
std::string judge(std::string_view status_and_headers, const std::vector<std::string>& offered = {},
                  const PerMessageDeflate& deflate = {.enabled = false}) {
    http::ResponseParser parser;
    parser.expect(http::ResponseTo::upgrade);
    std::string text = "HTTP/1.1 " + std::string(status_and_headers) + "\r\n";
    parser.receive(text);
    const std::optional<http::ResponseEvent> event = parser.next_event();
    REQUIRE(event.has_value());
    if (event->kind == http::ResponseEvent::Kind::failed) return "no HTTP: " + std::string(event->reason);
    REQUIRE(event->kind == http::ResponseEvent::Kind::head_received);
    const Result<HandshakeChoice> result =
        check_handshake_answer(parser.head(), {.key = key, .subprotocols = offered, .deflate = deflate});
    return result ? "[" + result->subprotocol + "]" + describe(result->deflate) : result.error().message;
}

std::string with(std::string_view more, const std::vector<std::string>& offered = {}) {
    return judge("101 Switching Protocols\r\n" + std::string(good_headers) + std::string(more), offered);
}

// The same where compression was offered, with what the answer says about extensions.
std::string judge_extensions(std::string_view value, const PerMessageDeflate& deflate = {}) {
    return judge("101 X\r\n" + std::string(good_headers) + "Sec-WebSocket-Extensions: " + std::string(value) + "\r\n",
                 {}, deflate);
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

TEST_CASE("client handshake: compression is as the server says, and never more than was set here (RFC 7692 7.1)") {
    CHECK(with("") == "[]");
    CHECK(judge_extensions("") == "[]");
    CHECK(judge_extensions("permessage-deflate") == "[] deflate 15 12");
    CHECK(judge_extensions("permessage-deflate", {.client_max_window_bits = 15}) == "[] deflate 15 15");
    CHECK(judge_extensions("permessage-deflate; server_max_window_bits=8; client_max_window_bits=8") ==
          "[] deflate 8 8");
    CHECK(judge_extensions("permessage-deflate; server_no_context_takeover; client_no_context_takeover; "
                           "server_max_window_bits=\"10\"; client_max_window_bits=11") == "[] deflate 10- 11-");
    CHECK(judge_extensions("permessage-deflate", {.client_no_context_takeover = true}) == "[] deflate 15 12-");
}

TEST_CASE("client handshake: what no answer may say of compression is refused (RFC 7692 7.1)") {
    const std::string cannot_be = "chose parameters of permessage-deflate that cannot be";
    for (const char* const parameters :
         {"client_max_window_bits", "server_max_window_bits", "server_max_window_bits=7", "server_max_window_bits=16",
          "client_max_window_bits=08", "client_max_window_bits=1", "client_max_window_bits=+9",
          "server_no_context_takeover=1", "client_no_context_takeover=true", "unknown", "Server_no_context_takeover",
          "server_no_context_takeover; server_no_context_takeover",
          "client_max_window_bits=10; client_max_window_bits=10",
          "server_max_window_bits=10; server_max_window_bits=11"}) {
        CAPTURE(parameters);
        CHECK(judge_extensions("permessage-deflate; " + std::string(parameters)) == cannot_be);
    }
    CHECK(judge_extensions("permessage-deflate, permessage-deflate") == "chose more than one extension");
    CHECK(judge_extensions("permessage-deflate\r\nSec-WebSocket-Extensions: x") == "chose more than one extension");
    CHECK(judge_extensions("permessage-bzip2") == "chose an extension that was not offered");
    CHECK(judge_extensions("permessage-deflate", {.enabled = false}) == "chose an extension that was not offered");
    CHECK(judge_extensions(";") == "answered with malformed Sec-WebSocket-Extensions");
    CHECK(judge_extensions("permessage-deflate;") == "answered with malformed Sec-WebSocket-Extensions");
}

}  // namespace parley::websocket::test
