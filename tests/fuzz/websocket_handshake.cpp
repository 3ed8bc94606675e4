// SPDX-License-Identifier: MIT
// The opening handshake of a WebSocket: what is accepted has its proof, and nothing the client says forges a header.
#include "parley/websocket/handshake.hpp"

#include <optional>
#include <string>

#include "parley/http/characters.hpp"
#include "parley/http/request_parser.hpp"
#include "parley/http/response.hpp"
#include "parley/websocket/extensions.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using fuzz::require;
using websocket::ExtensionItem;
using websocket::ExtensionOffers;

namespace {

// The list as our own hand would write it; empty when it is malformed.
std::string written_again(std::string_view value, bool& is_good) {
    std::string text;
    ExtensionOffers offers(value);
    ExtensionItem item = offers.next();
    for (; item.kind == ExtensionItem::Kind::offer || item.kind == ExtensionItem::Kind::parameter;
         item = offers.next()) {
        require(http::detail::is_token(item.name), "names are tokens");
        require(item.value.empty() || http::detail::is_token(item.value), "values are tokens");
        text.append(item.kind == ExtensionItem::Kind::offer ? "," : ";").append(item.name);
        if (!item.value.empty()) text.append("=").append(item.value);
    }
    is_good = item.kind == ExtensionItem::Kind::end;
    require(offers.next().kind == ExtensionItem::Kind::end, "nothing follows the end");
    return text;
}

void check_extensions(std::string_view value) {
    const fuzz::Copy copy(value);
    bool is_good = false;
    const std::string once = written_again(copy.view(), is_good);
    if (!is_good) return;
    const std::string twice = written_again(once, is_good);
    require(is_good && twice == once, "offers that are written again are the same");
}

void check_request(std::string_view request) {
    const fuzz::Copy octets(request);
    http::RequestParser parser;
    parser.receive(octets.span());
    const std::optional<http::RequestEvent> event = parser.next_event();
    if (!event || event->kind != http::RequestEvent::Kind::head_received) return;
    const http::RequestHead& head = parser.head();
    websocket::HandshakeAnswer answer = websocket::check_handshake(head);
    const std::string supported[] = {"chat", "superchat", "v2.x"};
    answer.subprotocol = websocket::choose_subprotocol(head, supported);
    require(answer.subprotocol.empty() || head.find("Sec-WebSocket-Protocol"), "no subprotocol that was not asked for");
    http::ResponseFields fields;
    answer.for_each_header([&](std::string_view name, std::string_view value) {
        require(fields.add(name, value), "every header of the answer can be sent");
    });
    if (answer.accepted()) {
        require(head.method() == "GET" && head.wants_upgrade() && !head.has_body(), "only an upgrade is accepted");
        require(answer.accept == websocket::accept_key(*head.find("Sec-WebSocket-Key")), "with the proof of its key");
    } else {
        const bool is_refusal = answer.status == 400 || answer.status == 405 || answer.status == 426;
        require(is_refusal && !answer.reason.empty(), "a refusal says why");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t form = input.octet() % 3;
    const std::string_view text = input.rest();
    const std::string opening =
        "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";
    if (form == 0) check_request(text);
    if (form == 1) check_request(opening + std::string(text) + "\r\n\r\n");
    if (form == 2) {
        check_extensions(text);
        check_request(opening + "Sec-WebSocket-Extensions: " + std::string(text) + "\r\n\r\n");
    }
    return 0;
}
