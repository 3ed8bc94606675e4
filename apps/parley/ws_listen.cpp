// SPDX-License-Identifier: MIT
// `parley ws --listen PORT`: what is typed goes to everybody who has connected.
#include <string>

#include <parley/web.hpp>

#include "apps/chat/wording.hpp"
#include "apps/parley/ws.hpp"
#include "apps/terminal/console.hpp"
#include "parley/base/text.hpp"

namespace parley {
namespace {

/// Which of those who have connected one is.
struct Visitor {
    int number = 0;
};

class Listening {
 public:
    explicit Listening(const WsCommand& command)
        : command_(command), server_({.subprotocols = command.subprotocols}), console_(server_.application().loop()) {}

    int run() {
        server_.on_connection([this](WebSocket& socket) {
            const int number = ++visitors_;
            socket.state<Visitor>().number = number;
            remark(number, "connected from " + socket.remote_address());
        });
        server_.on_message([this](WebSocket& socket, WebSocketMessage message) {
            console_.print(std::to_string(socket.state<Visitor>().number) + "< " + shown(message));
        });
        server_.on_close([this](WebSocket& socket, int code, std::string_view reason) {
            remark(socket.state<Visitor>().number, "closed: " + shown_close(code, reason));
        });
        server_.listen({.port = static_cast<int>(parse_decimal(command_.port).value_or(0)), .host = command_.host});
        console_.remark("parley: listening on ws://" + chat::printable(command_.host) + ":" +
                        std::to_string(server_.port()));
        console_.on_line([this](const std::string& line) { send(line); });
        console_.on_end([this](terminal::Ending ending) { end(ending); });
        console_.set_prompt("> ", terminal::Mood::calm);
        console_.start();
        server_.run();
        console_.finish();
        return 0;
    }

 private:
    void send(const std::string& line) {
        if (!takes_line(console_, command_, line)) return;
        if (command_.is_binary) {
            server_.broadcast_binary(line);
        } else {
            server_.broadcast(line);
        }
    }

    // Without a person it goes on when nothing more can be sent, as where its input is /dev/null.
    void end(terminal::Ending ending) {
        if (ending == terminal::Ending::interrupted || console_.is_interactive()) server_.stop();
    }

    void remark(int visitor, const std::string& what) {
        console_.remark("parley: " + std::to_string(visitor) + " " + what);
    }

    const WsCommand& command_;
    WebSocketServer server_;
    terminal::Console console_;
    int visitors_ = 0;
};

}  // namespace

int listen_websocket(const WsCommand& command) {
    return Listening(command).run();
}

}  // namespace parley
