// SPDX-License-Identifier: MIT
#include "parley/client/client_options.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "parley/base/text.hpp"
#include "parley/client/dialer.hpp"
#include "parley/http/characters.hpp"
#include "parley/http/query.hpp"

namespace parley::client {
namespace {

[[noreturn]] void refuse(const std::string& sentence) {
    throw SetupError({ErrorCode::invalid_argument, sentence});
}

// Headers that the connection itself needs.
bool is_own_header(std::string_view name) {
    constexpr std::array names = {"host",
                                  "connection",
                                  "upgrade",
                                  "content-length",
                                  "transfer-encoding",
                                  "sec-websocket-key",
                                  "sec-websocket-version",
                                  "sec-websocket-extensions",
                                  "sec-websocket-protocol"};
    return std::ranges::any_of(names, [name](const char* own) { return equals_ignoring_case(own, name); });
}

void check_headers(const std::vector<HttpHeader>& headers) {
    for (const HttpHeader& header : headers) {
        const bool is_clean = std::ranges::none_of(header.value, http::detail::is_forbidden_control);
        if (!http::detail::is_token(header.name) || !is_clean || trim_ows(header.value) != header.value) {
            refuse("\"" + header.name +
                   "\" is no header: a name has letters, digits and hyphens, and a "
                   "value is one line without spaces around it.");
        }
        if (is_own_header(header.name)) {
            refuse(header.name + " is the connection's own; it cannot be chosen.");
        }
    }
}

void must_prepare_tls(DialOptions& options) {
    if (Result<void> prepared = prepare_tls(options); !prepared) throw SetupError(std::move(prepared.error()));
}

void check_deflate(const PerMessageDeflate& options) {
    if (const std::string problem = websocket::check_deflate(options, "per_message_deflate"); !problem.empty())
        refuse(problem + ".");
}

template <typename Options>
void check_reconnection(const Options& options) {
    const auto is_negative = [](std::chrono::milliseconds time) { return time.count() < 0; };
    if (is_negative(options.reconnection_delay) || is_negative(options.reconnection_delay_max)) {
        refuse("reconnection_delay and reconnection_delay_max cannot be negative.");
    }
    if (!(options.randomization_factor >= 0 && options.randomization_factor <= 1)) {
        refuse("randomization_factor is a part, from 0 to 1.");
    }
}

}  // namespace

http::Url check_client_options(std::string_view url, ClientOptions& options) {
    Result<http::Url> parsed = http::parse_url(url);
    if (!parsed) throw SetupError(std::move(parsed.error()));
    if (options.transports.empty())
        refuse("transports is empty: name Transport::polling, Transport::websocket, or both.");
    if (!options.path.starts_with('/') || !http::detail::is_request_target(options.path) ||
        options.path.find('?') != std::string::npos) {
        refuse(
            "path must be that of the engine on the server, such as \"/socket.io/\"; a namespace belongs to the URL.");
    }
    check_headers(options.extra_headers);
    check_reconnection(options);
    if (parsed->is_secure()) must_prepare_tls(options.dial);
    check_deflate(options.per_message_deflate);
    if (options.engineio_revision != 3 && options.engineio_revision != 4) {
        refuse("engineio_revision is 4, or 3 for servers of Socket.IO 1 and 2.");
    }
    if (options.retries_window == 0) refuse("retries_window is how many events are under way at a time: 1 is usual.");
    if (options.timeout.count() <= 0) refuse("timeout must be longer than nothing: 20s is usual.");
    return std::move(*parsed);
}

http::Url check_websocket_options(std::string_view url, WebSocketClientOptions& options) {
    Result<http::Url> parsed = http::parse_url(url);
    if (!parsed) throw SetupError(std::move(parsed.error()));
    check_headers(options.headers);
    check_reconnection(options);
    check_deflate(options.per_message_deflate);
    if (parsed->is_secure()) must_prepare_tls(options.dial);
    for (const std::string& subprotocol : options.subprotocols) {
        if (!http::detail::is_token(subprotocol)) {
            refuse("subprotocols: \"" + subprotocol + "\" is no name: letters, digits and punctuation without spaces.");
        }
    }
    if (options.open_timeout.count() <= 0 || options.close_timeout.count() <= 0) {
        refuse("open_timeout and close_timeout must be longer than nothing.");
    }
    return std::move(*parsed);
}

WebSocketLinkOptions link_options(const WebSocketClientOptions& options) {
    WebSocketLinkOptions link;
    link.machine.message_bytes_max = options.message_bytes_max;
    link.machine.limits.close_timeout = options.close_timeout;
    link.dial = options.dial;
    link.dial.connect_timeout = options.open_timeout;
    link.subprotocols = options.subprotocols;
    link.open_timeout = options.open_timeout;
    link.send_buffer_bytes_max = options.send_buffer_bytes_max;
    link.headers = options.headers;
    link.deflate = options.per_message_deflate;
    return link;
}

EngineOptions engine_options(const http::Url& url, const ClientOptions& options) {
    EngineOptions engine;
    engine.url = url;
    engine.url.path = options.path.ends_with('/') ? options.path : options.path + "/";
    std::string query = url.query.value_or("");
    for (const auto& [name, value] : options.query) {
        if (!query.empty()) query += '&';
        http::append_percent_encoded(query, name);
        query += '=';
        http::append_percent_encoded(query, value);
    }
    engine.url.query = query.empty() ? std::nullopt : std::optional(std::move(query));
    engine.transports = options.transports;
    engine.try_all_transports = options.try_all_transports;
    engine.session.revision = options.engineio_revision;
    engine.session.upgrade = options.upgrade;
    engine.session.open_timeout = options.timeout;
    engine.websocket.open_timeout = options.timeout;
    engine.websocket.machine.message_bytes_max = options.max_http_buffer_size;
    engine.websocket.deflate = options.per_message_deflate;
    // A packet and its attachments are taken as one or not at all, so the bound is kept in front (`ClientCore::send`).
    engine.session.send_buffer_bytes_max = SIZE_MAX;
    engine.websocket.send_buffer_bytes_max = SIZE_MAX;
    engine.websocket.dial = options.dial;
    engine.websocket.dial.connect_timeout = options.timeout;
    engine.websocket.headers = options.extra_headers;
    engine.polling.headers = engine.websocket.headers;
    engine.polling.dial = engine.websocket.dial;
    engine.polling.answer_bytes_max = options.max_http_buffer_size;
    if (options.with_credentials) engine.cookies = CookieLimits{options.cookies_max, options.cookie_bytes_max};
    return engine;
}

}  // namespace parley::client
