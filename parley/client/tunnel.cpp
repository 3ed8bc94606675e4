// SPDX-License-Identifier: MIT
#include "parley/client/tunnel.hpp"

#include <optional>
#include <string>
#include <utility>

#include "parley/client/socks5.hpp"
#include "parley/http/request_writer.hpp"
#include "parley/http/response_parser.hpp"

namespace parley::client {
namespace {

/// What both kinds have in common: the stream, and how it is handed over.
class Tunneling : public Dial, private net::StreamHandler {
 public:
    Tunneling(std::unique_ptr<net::Stream> stream, OnDialed on_dialed)
        : stream_(std::move(stream)), on_dialed_(std::move(on_dialed)) {}

    void begin(std::string_view greeting) {
        stream_->set_handler(*this);
        send(greeting);
    }

 protected:
    void send(std::string_view octets) {
        stream_->outbox().append(octets);
        stream_->flush_soon();
    }

    void fail(ErrorCode code, std::string message) { tell(std::unexpected(Error{code, std::move(message)})); }

    // Nobody has asked the server anything yet: octets that are there already are the proxy's, or a server's that HTTP
    // and WebSocket do not know.
    void hand_over(bool has_more) {
        std::unique_ptr<net::DetachedStream> detached = has_more ? nullptr : stream_->detach();
        if (!detached) return fail(ErrorCode::invalid_input, "The proxy says more than it was asked.");
        tell(stream_->loop().adopt(std::move(detached)));
    }

 private:
    void on_end() override { fail(ErrorCode::disconnected, "The proxy is gone without an answer."); }
    void on_closed(std::optional<Error> error) override {
        fail(ErrorCode::disconnected, error ? "The proxy: " + error->message : "The proxy is gone.");
    }

    // The function is moved out: it may destroy this.
    void tell(Result<std::unique_ptr<net::Stream>> result) {
        OnDialed told = std::move(on_dialed_);
        told(std::move(result));
    }

    std::unique_ptr<net::Stream> stream_;
    OnDialed on_dialed_;
};

class HttpTunnel final : public Tunneling {
 public:
    HttpTunnel(std::unique_ptr<net::Stream> stream, const TunnelRequest& request, OnDialed on_dialed)
        : Tunneling(std::move(stream), std::move(on_dialed)), parser_({.head_bytes_max = request.head_bytes_max}) {
        parser_.expect(http::ResponseTo::connect);
        const std::string server = request.server.host_and_port();
        std::string text = "CONNECT " + server + " HTTP/1.1\r\n";
        http::append_header(text, "Host", server);
        if (request.proxy.url.user_information) {
            http::append_header(text, "Proxy-Authorization",
                                http::basic_authorization(*request.proxy.url.user_information));
        }
        begin(text.append("\r\n"));
    }

 private:
    void on_data(std::span<char> bytes) override {
        parser_.receive(bytes);
        while (const std::optional<http::ResponseEvent> event = parser_.next_event()) {
            switch (event->kind) {
                case http::ResponseEvent::Kind::head_received:
                    if (parser_.head().status() / 100 == 2) break;
                    return refused();
                case http::ResponseEvent::Kind::left_http:
                    return hand_over(!parser_.unparsed().empty());
                default:
                    return fail(event->code, "The proxy's answer cannot be taken: " + std::string(event->reason) + ".");
            }
        }
    }

    void refused() {
        const int status = parser_.head().status();
        const bool is_about_us = status == 401 || status == 403 || status == 407;
        fail(is_about_us ? ErrorCode::permission_denied : ErrorCode::unavailable,
             "The proxy refuses (" + std::to_string(status) + ").");
    }

    http::ResponseParser parser_;
};

class SocksTunnel final : public Tunneling {
 public:
    SocksTunnel(std::unique_ptr<net::Stream> stream, const TunnelRequest& request, OnDialed on_dialed)
        : Tunneling(std::move(stream), std::move(on_dialed)), handshake_(request.server, who(request)) {
        begin(handshake_.take_output());
    }

 private:
    static const http::UserInformation* who(const TunnelRequest& request) {
        return request.proxy.url.user_information ? &*request.proxy.url.user_information : nullptr;
    }

    void on_data(std::span<char> bytes) override {
        std::string_view input(bytes.data(), bytes.size());
        const Result<bool> is_done = handshake_.receive(input);
        if (!is_done) return fail(is_done.error().code, is_done.error().message);
        if (*is_done) return hand_over(!input.empty());
        if (const std::string output = handshake_.take_output(); !output.empty()) send(output);
    }

    Socks5Handshake handshake_;
};

}  // namespace

std::unique_ptr<Dial> begin_tunnel(std::unique_ptr<net::Stream> stream, const TunnelRequest& request,
                                   OnDialed on_dialed) {
    if (request.proxy.kind == Proxy::Kind::http)
        return std::make_unique<HttpTunnel>(std::move(stream), request, std::move(on_dialed));
    return std::make_unique<SocksTunnel>(std::move(stream), request, std::move(on_dialed));
}

}  // namespace parley::client
