// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <parley/client.hpp>

#include "parley/net/loop.hpp"

namespace parley {

/// How a WebSocket was opened, or was not.
struct WebSocketTrial {
    bool is_open = false;                     ///< 101 came, with what belongs to it
    std::optional<std::string> message = {};  ///< the first one of the server
    std::optional<ConnectError> error = {};
};

/// How a namespace let somebody in, or did not.
struct NamespaceTrial {
    bool is_in = false;
    std::optional<ConnectError> error = {};  ///< none of both: no answer in time
};

/// Asks a server one question after the other, each on a connection of its own, and waits for the answer. No question
/// takes much longer than `timeout`.
class DoctorWire {
 public:
    DoctorWire(Milliseconds timeout, std::vector<HttpHeader> headers, client::DialOptions dial);

    [[nodiscard]] Result<std::vector<net::Endpoint>> resolve(const std::string& host, std::uint16_t port);
    /// Connects, and closes again.
    [[nodiscard]] Result<void> connect(const net::Endpoint& endpoint);
    /// Cookies that came before go along, as from a browser. Redirects are answers like others.
    [[nodiscard]] Result<HttpResponse> ask(HttpRequest request);
    /// What the first octets of the other side are when `question` is put to it; empty when it says nothing.
    [[nodiscard]] std::string first_words(const net::Endpoint& endpoint, std::string_view question);
    /// Opens a WebSocket at `url`, sends `message` unless that is empty, and waits for the first one of the server.
    [[nodiscard]] WebSocketTrial open_websocket(const std::string& url, const std::string& origin,
                                                const std::string& message);
    /// Connects to a namespace, and leaves it.
    [[nodiscard]] NamespaceTrial enter(const std::string& url, ClientOptions options);

    [[nodiscard]] bool has_cookies() const noexcept { return !cookies_.empty(); }

 private:
    void wait_for(const bool& is_done, Milliseconds patience);
    void keep_cookies(const HttpResponse& response);
    [[nodiscard]] std::string cookie_header() const;

    const std::unique_ptr<net::Loop> loop_ = net::make_loop();
    const Milliseconds timeout_;
    const std::vector<HttpHeader> headers_;
    const client::DialOptions dial_;
    std::vector<std::pair<std::string, std::string>> cookies_;
};

/// A TLS ClientHello (RFC 8446 §4.1.2): whoever speaks TLS answers it with a record, if only with an alert.
[[nodiscard]] std::string tls_question();
/// Whether `words` begin a record of TLS (RFC 8446 §5.1).
[[nodiscard]] bool is_tls(std::string_view words);
/// What no HTTP server understands, so that each refuses it at once.
inline constexpr std::string_view http_question = "parley doctor\r\n\r\n";
/// Whether `words` begin an answer of HTTP/1.
[[nodiscard]] bool is_http(std::string_view words);

}  // namespace parley
