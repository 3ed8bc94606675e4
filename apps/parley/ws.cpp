// SPDX-License-Identifier: MIT
#include "apps/parley/ws.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <utility>

#include "apps/chat/wording.hpp"
#include "apps/terminal/console.hpp"
#include "parley/base/utf8.hpp"

namespace parley {
namespace {

constexpr std::size_t octets_shown = 64;  // of what is no text

std::string as_numbers(std::string_view octets) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string numbers;
    for (const char octet : octets.substr(0, octets_shown)) {
        const auto value = static_cast<unsigned char>(octet);
        if (!numbers.empty()) numbers += ' ';
        numbers += digits[value >> 4U];
        numbers += digits[value & 0xFU];
    }
    return octets.size() > octets_shown ? numbers + " ..." : numbers;
}

/// What a code means (RFC 6455 §7.4.1); empty for those of programs.
std::string_view meaning_of(int code) {
    switch (code) {
        case 1000:
            return "done";
        case 1001:
            return "going away";
        case 1002:
            return "protocol error";
        case 1003:
            return "such data is not taken";
        case 1005:
            return "no code was given";
        case 1006:
            return "without a goodbye";
        case 1007:
            return "the data is not what it should be";
        case 1008:
            return "against a policy";
        case 1009:
            return "the message is too big";
        case 1010:
            return "an extension is missing";
        case 1011:
            return "the server failed";
        case 1012:
            return "restarting";
        case 1013:
            return "try again later";
        default:
            return "";
    }
}

}  // namespace

std::string shown(WebSocketMessage message) {
    if (!message.is_binary) return chat::printable(message.data);
    const std::string count = "(" + std::to_string(message.data.size()) + " octets) ";
    return count + (is_valid_utf8(message.data) ? chat::printable(message.data) : as_numbers(message.data));
}

std::string shown_close(int code, std::string_view reason) {
    std::string text = std::to_string(code);
    if (const std::string_view meaning = meaning_of(code); !meaning.empty()) text += " (" + std::string(meaning) + ")";
    return text + (reason.empty() ? "" : " ") + chat::printable(reason);
}

bool takes_line(terminal::Console& console, const WsCommand& command, const std::string& line) {
    if (!command.is_binary && !is_valid_utf8(line)) {
        console.remark("parley: the line is not UTF-8; it was not sent");
        return false;
    }
    if (!console.is_interactive()) return true;
    if (!line.empty()) console.print("> " + shown({.data = line, .is_binary = false}));
    return !line.empty();
}

void add_ws(CLI::App& program, Chosen& chosen) {
    const auto command = std::make_shared<WsCommand>();
    CLI::App* ws =
        program.add_subcommand("ws", "Connect a WebSocket, or listen for some: send what is typed, print what comes");
    add_connect(*ws, command->connect);
    CLI::Option* url = ws->get_option("URL")->required(false);
    CLI::Option* port =
        ws->add_option("-l,--listen", command->port, "Listen for WebSockets instead; 0 takes any free port")
            ->type_name("PORT")
            ->check(check_port)
            ->excludes(url);
    ws->add_option("--host", command->host, "Address to listen on, as in 0.0.0.0")
        ->type_name("ADDRESS")
        ->capture_default_str()
        ->needs(port);
    ws->add_option("--subprotocol", command->subprotocols,
                   "Subprotocol to offer, or to speak where it listens; may be given several times")
        ->type_name("NAME")
        ->allow_extra_args(false);
    ws->add_flag("--binary", command->is_binary, "Send lines as binary messages");
    choose(*ws, chosen, [command] {
        if (!command->port.empty()) return listen_websocket(*command);
        if (command->connect.url.empty()) throw CLI::RequiredError("URL, or --listen PORT");
        return talk_websocket(*command);
    });
}

}  // namespace parley
