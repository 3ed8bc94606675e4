// SPDX-License-Identifier: MIT
// `parley ws URL`: what is typed goes to a server.
#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include <parley/client.hpp>

#include "apps/parley/inbox.hpp"
#include "apps/parley/told.hpp"
#include "apps/parley/ws.hpp"
#include "apps/terminal/console.hpp"
#include "parley/net/loop.hpp"

namespace parley {
namespace {

// Where the input ends before everything is answered, the server has this long for it.
constexpr std::chrono::milliseconds answer_patience{300};
constexpr std::chrono::seconds goodbye_patience{5};

WebSocketClientOptions options_of(const WsCommand& command) {
    WebSocketClientOptions options;
    options.subprotocols = command.subprotocols;
    options.headers = headers_of(command.connect);
    options.dial.tls = command.connect.tls;
    options.open_timeout = std::chrono::seconds(command.connect.timeout_seconds);
    return options;
}

class Talk {
 public:
    explicit Talk(const WsCommand& command)
        : command_(command),
          console_(*loop_),
          inbox_(*loop_),
          client_(std::make_unique<WebSocketClient>(command.connect.url, options_of(command))) {}
    ~Talk() { inbox_.close(); }
    Talk(const Talk&) = delete;
    Talk& operator=(const Talk&) = delete;

    int run() {
        console_.on_line([this](const std::string& line) { send(line); });
        console_.on_end([this](terminal::Ending ending) { end(ending); });
        console_.set_prompt("(connecting) ", terminal::Mood::alarmed);
        listen();
        if (!console_.is_interactive()) console_.hold();  // a person may want to give up
        console_.start();
        client_->connect();
        loop_->run();
        console_.finish();
        return status_;
    }

 private:
    // The handlers run on the client's thread.
    void listen() {
        client_->on_open([this] { inbox_.post([this, subprotocol = client_->subprotocol()] { open(subprotocol); }); });
        client_->on_message(
            [this](WebSocketMessage message) { inbox_.post([this, line = shown(message)] { show(line); }); });
        client_->on_close([this](int code, std::string_view reason) {
            inbox_.post([this, how = shown_close(code, reason)] {
                console_.remark("parley: closed: " + how);
                quit(is_leaving_ ? 0 : 1);
            });
        });
        client_->on_error([this](const ConnectError& error) {
            inbox_.post([this, why = told(error)] {
                console_.remark("parley: " + why);
                quit(1);
            });
        });
    }

    void open(const std::string& subprotocol) {
        is_open_ = true;
        console_.remark("parley: connected" + (subprotocol.empty() ? "" : ", subprotocol " + subprotocol));
        console_.set_prompt("> ", terminal::Mood::calm);
        console_.go_on();
    }

    void show(const std::string& line) { console_.print((console_.is_interactive() ? "< " : "") + line); }

    void send(const std::string& line) {
        if (!is_open_) return console_.remark("parley: there is no connection yet; the line was not sent");
        if (!takes_line(console_, command_, line)) return;
        if (command_.is_binary) {
            client_->send_binary(line);
        } else {
            client_->send(line);
        }
    }

    void end(terminal::Ending ending) {
        if (std::exchange(is_ending_, true) || !is_open_) return quit(is_open_ ? 0 : 1);
        const bool has_answers = ending == terminal::Ending::input_ended && !console_.is_interactive();
        if (!has_answers) return leave();
        loop_->after(answer_patience, [this] { leave(); });
    }

    void leave() {
        is_leaving_ = true;
        client_->close();
        loop_->after(goodbye_patience, [this] { quit(0); });
    }

    void quit(int status) {
        status_ = status;
        loop_->stop();
    }

    const WsCommand& command_;
    const std::unique_ptr<net::Loop> loop_ = net::make_loop();
    terminal::Console console_;
    Inbox inbox_;
    std::unique_ptr<WebSocketClient> client_;
    bool is_open_ = false;
    bool is_ending_ = false;   // nothing more is typed
    bool is_leaving_ = false;  // and it has said goodbye
    int status_ = 1;
};

}  // namespace

int talk_websocket(const WsCommand& command) {
    return Talk(command).run();
}

}  // namespace parley
