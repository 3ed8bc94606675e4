// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "parley/base/error.hpp"
#include "parley/json.hpp"
#include "parley/json/fields.hpp"

namespace parley {

/// Why a client could not connect: the word that the official client has for it, and what is known beyond.
struct ConnectError {
    /// Whether it was the server's namespace that said no (a middleware, an unknown name): nothing is tried again then.
    bool is_refusal = false;
    /// Of a refusal what the server said, for example "invalid credentials"; else as in the official client "websocket
    /// error", "xhr poll error", "xhr post error", "timeout", "server error" or "parse error".
    std::string message;
    /// Of a refusal: what the server added.
    Json data = {};
    /// Of anything else: the cause in a sentence, for example that the connection was refused.
    std::string description = {};
    /// The status of the HTTP answer that was no success, and the beginning of its body; 0 where there was none.
    int status = 0;
    std::string body = {};
    /// Seconds that the server asked to wait (Retry-After); 0: nothing was said.
    int retry_after = 0;
    /// Whether it was TLS that failed; `description` says why.
    bool is_tls = false;
};
PARLEY_JSON_FIELDS(ConnectError, is_refusal, message, data, description, status, body, retry_after, is_tls)

}  // namespace parley
