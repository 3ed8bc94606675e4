// SPDX-License-Identifier: MIT
#include "parley/websocket/handshake.hpp"

#include <doctest/doctest.h>

#include <string>

#include "parley/websocket/handshake_test_support.hpp"
#include "tests/support/every_cut.hpp"

namespace parley::websocket {
namespace {

using test::open;
using test::Opening;
using test::Outcome;

TEST_CASE("the accept key of the example in RFC 6455 §1.3") {
    CHECK(accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("the handshake of RFC 6455 §1.2 is accepted, at every cut, and what follows it is untouched") {
    const std::string request = Opening{}.add("Origin: http://example.com").text();
    parley::test::for_every_cut(request + "\x81\x80 frames", [&](std::span<const std::string_view> pieces) {
        const Outcome outcome = open(pieces);
        REQUIRE(outcome.status == 101);
        REQUIRE(outcome.answer == "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n");
        REQUIRE(outcome.leftover == "\x81\x80 frames");
    });
}

TEST_CASE("what real clients send is accepted") {
    CHECK(open(Opening{}.replace("Connection: keep-alive, Upgrade").text()).status == 101);
    CHECK(open(Opening{}.replace("Connection: keep-alive").add("Connection: UPGRADE").text()).status == 101);
    CHECK(open(Opening{}.replace("Upgrade: WebSocket").text()).status == 101);
    CHECK(open(Opening{}.add("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits").text()).status ==
          101);
    CHECK(open(Opening{}.add("Sec-WebSocket-Protocol: chat, superchat").text()).status == 101);
    CHECK(open(Opening{}.add("Content-Length: 0").text()).status == 101);
}

TEST_CASE("a handshake that lacks something, or says it twice, is refused") {
    struct Row {
        const char* name;
        std::string request;
        int status;
    };
    const auto line = [](std::string request_line) {
        Opening opening;
        opening.request_line = std::move(request_line);
        return opening.text();
    };
    const auto with = [](std::string_view header) { return Opening{}.replace(header).text(); };
    const auto also = [](std::string header) { return Opening{}.add(std::move(header)).text(); };
    const Row rows[] = {
        {"POST", line("POST /chat HTTP/1.1"), 405},
        {"HTTP/1.0", line("GET /chat HTTP/1.0"), 400},
        {"no Upgrade: an ordinary request", with("Upgrade"), 426},
        {"another protocol", with("Upgrade: h2c"), 400},
        {"no Connection", with("Connection"), 400},
        {"Connection without upgrade", with("Connection: keep-alive"), 400},
        {"a body", also("Content-Length: 5"), 400},
        {"a body in chunks", also("Transfer-Encoding: chunked"), 400},
        {"no version", with("Sec-WebSocket-Version"), 426},
        {"version 8", with("Sec-WebSocket-Version: 8"), 426},
        {"version 013", with("Sec-WebSocket-Version: 013"), 426},
        {"several versions", with("Sec-WebSocket-Version: 13, 8"), 426},
        {"two versions", also("Sec-WebSocket-Version: 13"), 426},
        {"no key", with("Sec-WebSocket-Key"), 400},
        {"an empty key", with("Sec-WebSocket-Key:"), 400},
        {"a key of fifteen octets", with("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA"), 400},
        {"a key of seventeen octets", with("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAA="), 400},
        {"a key with other characters", with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j*Q=="), 400},
        {"a key in the URL alphabet", with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j-Q=="), 400},
        {"two keys", also("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="), 400},
        {"a subprotocol that is no token", also("Sec-WebSocket-Protocol: chat, sup er"), 400},
        {"extensions that are no list", also("Sec-WebSocket-Extensions: a;;b"), 400},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        CHECK(open(row.request).status == row.status);
    }
}

TEST_CASE("a refusal says what would do instead") {
    CHECK(open(Opening{}.replace("Sec-WebSocket-Version: 8").text()).answer == "Sec-WebSocket-Version: 13\n");
    Opening opening;
    opening.request_line = "PUT /chat HTTP/1.1";
    CHECK(open(opening.text()).answer == "Allow: GET\n");
}

TEST_CASE("the first subprotocol of the client that the server speaks is chosen") {
    const std::string supported[] = {"v2.chat", "v1.chat"};
    struct Row {
        std::vector<std::string> headers;
        std::string chosen;
    };
    const Row rows[] = {
        {{}, ""},
        {{"Sec-WebSocket-Protocol: v1.chat, v2.chat"}, "v1.chat"},
        {{"Sec-WebSocket-Protocol: other,v2.chat"}, "v2.chat"},
        {{"Sec-WebSocket-Protocol: other"}, ""},
        {{"Sec-WebSocket-Protocol: V1.CHAT"}, ""},
        {{"Sec-WebSocket-Protocol: , ,v2.chat"}, "v2.chat"},
        {{"Sec-WebSocket-Protocol: other", "Sec-WebSocket-Protocol: v2.chat", "Sec-WebSocket-Protocol: v1.chat"},
         "v2.chat"},
    };
    for (const Row& row : rows) {
        Opening opening;
        for (const std::string& header : row.headers)
            opening.add(header);
        const Outcome outcome = open(opening.text(), supported);
        REQUIRE(outcome.status == 101);
        const std::string line = row.chosen.empty() ? "" : "Sec-WebSocket-Protocol: " + row.chosen + "\n";
        CHECK(outcome.answer == "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n" + line);
    }
}

}  // namespace
}  // namespace parley::websocket
