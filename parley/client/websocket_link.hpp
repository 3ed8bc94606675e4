// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/base/time.hpp"
#include "parley/client/connect_error.hpp"
#include "parley/client/dialer.hpp"
#include "parley/client/ending.hpp"
#include "parley/client/http_message.hpp"
#include "parley/http/response_parser.hpp"
#include "parley/http/url.hpp"
#include "parley/net/loop.hpp"
#include "parley/net/loop_guest.hpp"
#include "parley/net/stream.hpp"
#include "parley/net/timer.hpp"
#include "parley/websocket/connection.hpp"

namespace parley::client {

/// How one WebSocket connection is made, and its bounds.
struct WebSocketLinkOptions {
    websocket::Options machine = {};
    DialOptions dial = {};
    std::vector<HttpHeader> headers = {};              ///< checked: what a request may carry
    std::vector<std::string> subprotocols = {};        ///< checked: tokens
    Duration open_timeout = std::chrono::seconds(20);  ///< from the first step to the end of the handshake
    std::size_t send_buffer_bytes_max = 64'000'000;    ///< more waiting: nothing is sent
    PerMessageDeflate deflate = {.enabled = false};
};

/// What happens on a connection that a client made.
class WebSocketLinkListener {
 public:
    /// The handshake is over: messages may be sent.
    virtual void on_link_open() = 0;
    /// Its views are valid during the call.
    virtual void on_link_message(websocket::Message message) = 0;
    /// The last call, when it never opened.
    virtual void on_link_failed(ConnectError error) = 0;
    /// It has ended; a Close frame may be on its way still, also when the owner lets go. `closed` lives during the
    /// call.
    virtual void on_link_closed(const websocket::Closed& closed) = 0;
    /// The last call: nothing is left to be sent, and the server has closed, too, or has had its time for that.
    virtual void on_link_gone() {}

 protected:
    ~WebSocketLinkListener() = default;
};

/// One WebSocket connection from the client's side: dial, handshake, messages, end. No call to the listener comes from
/// inside a call of its own.
class WebSocketLink final : public Ending, private net::StreamHandler, private net::LoopGuest {
 public:
    using Owner = Owned<WebSocketLink>;

    /// Begins to connect to `url`. `options` and `listener` must live as long as the owner has it.
    static Owner connect(Home home, const http::Url& url, const WebSocketLinkOptions& options,
                         WebSocketLinkListener& listener);

    [[nodiscard]] bool is_open() const noexcept { return stage_ == Stage::open; }
    [[nodiscard]] const std::string& subprotocol() const noexcept { return subprotocol_; }
    /// False: it is not open, or too much waits.
    bool send_text(std::string_view text, websocket::Compress compress = websocket::Compress::yes);
    bool send_text(char prefix, std::string_view text, websocket::Compress compress = websocket::Compress::yes);
    bool send_binary(std::string_view octets, websocket::Compress compress = websocket::Compress::yes);
    bool ping(std::string_view payload);
    /// Begins the closing handshake; the listener hears of its end. Before the handshake is over: gives up, and the
    /// listener hears nothing any more.
    void close(const websocket::CloseStatus& status);
    /// Octets that the kernel has not taken yet.
    [[nodiscard]] std::size_t waiting_bytes() const noexcept;

 private:
    enum class Stage : std::uint8_t { dialing, handshake, refused, open, closing, leaving, ended };

    WebSocketLink(Home home, const WebSocketLinkOptions& options, WebSocketLinkListener& listener);
    void abandon() noexcept override;
    bool stays() noexcept override;
    void handle_loop_end() noexcept override;

    void dial(const http::Url& url);
    void send_request(const http::Url& url);
    void read_answer(std::span<char> octets);
    void read_refusal(const http::ResponseEvent& event);
    void open();
    void receive(std::span<char> octets);
    void drain();
    void handle_end();
    void handle_deadline();
    void fail(ConnectError error);
    void end(const websocket::Closed& closed);
    void leave();
    template <typename Append>
    bool send(Append&& append);
    void arm_timer();
    [[nodiscard]] bool is_live() const noexcept { return stage_ == Stage::open || stage_ == Stage::closing; }

    // net::StreamHandler
    void on_data(std::span<char> octets) override;
    std::span<char> receive_window() override;
    void on_end() override;
    void on_closed(std::optional<Error> error) override;

    const WebSocketLinkOptions& options_;
    WebSocketLinkListener* listener_;  // null: the owner has let go
    bool is_alone_ = false;            // it has, and this says its goodbye
    Stage stage_ = Stage::dialing;
    std::unique_ptr<Dial> dial_;
    std::unique_ptr<net::Stream> stream_;
    std::string key_;
    std::optional<http::ResponseParser> answer_;
    ConnectError refusal_;
    std::string subprotocol_;
    std::unique_ptr<websocket::DeflatePool> deflate_;  // null: nothing is compressed
    websocket::Connection machine_;
    net::Timer timer_;
    TimePoint open_deadline_;
};

}  // namespace parley::client
