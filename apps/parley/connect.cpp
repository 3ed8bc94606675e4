// SPDX-License-Identifier: MIT
#include "apps/parley/connect.hpp"

#include <utility>

#include "parley/base/error.hpp"

namespace parley {

std::vector<HttpHeader> headers_of(const ConnectOptions& options) {
    std::vector<HttpHeader> headers;
    for (const std::string& line : options.headers) {
        const std::size_t colon = line.find(':');
        if (colon == std::string::npos) {
            throw SetupError(
                {ErrorCode::invalid_argument, "--header \"" + line + "\" has no colon. Write it as \"Name: value\"."});
        }
        const std::size_t value = line.find_first_not_of(' ', colon + 1);
        headers.push_back({line.substr(0, colon), value == std::string::npos ? "" : line.substr(value)});
    }
    return headers;
}

ClientOptions client_options(const ConnectOptions& options) {
    ClientOptions client;
    client.timeout = std::chrono::seconds(options.timeout_seconds);
    client.extra_headers = headers_of(options);
    if (options.transport == "polling") client.transports = {Transport::polling};
    if (options.transport == "websocket") client.transports = {Transport::websocket};
    if (options.transport == "any") client.try_all_transports = true;
    if (!options.auth.empty()) {
        Result<Json> auth = parse_json(options.auth);
        if (!auth || !auth->is_object()) {
            throw SetupError(
                {ErrorCode::invalid_argument,
                 "--auth is no JSON object. Write it as '{\"token\":\"secret\"}', in quotes for the shell."});
        }
        client.auth = std::move(*auth);
    }
    return client;
}

std::string url_of(const ConnectOptions& options) {
    if (options.nsp.empty()) return options.url;
    std::string url = options.url;
    while (url.ends_with('/'))
        url.pop_back();
    return url + (options.nsp.starts_with('/') ? "" : "/") + options.nsp;
}

}  // namespace parley
