// SPDX-License-Identifier: MIT
#pragma once

/// The front door of what speaks to servers.
///
///     #include <parley/client.hpp>
///
///     int main() {
///         parley::Client client("http://localhost:3000");
///         client.on("chat message", [](std::string text) { std::puts(text.c_str()); });
///         client.emit("chat message", "hello");
///         return client.run();
///     }
///
/// | What | Where |
/// |---|---|
/// | the Socket.IO client: its connection, and where it runs | parley/client/client.hpp |
/// | its place in one namespace: events, acknowledgements | parley/client/client_socket.hpp |
/// | options | parley/client/options.hpp |
/// | why it could not connect | parley/client/connect_error.hpp |
/// | why it is no longer connected | parley/client/client_disconnect_reason.hpp |
/// | what went wrong in a handler | parley/client/client_failure.hpp |
/// | a WebSocket without Socket.IO | parley/client/websocket_client.hpp |
/// | HTTP requests on a loop | parley/client/http_client.hpp |
/// | requests, bodies and answers | parley/client/http_message.hpp |
/// | how servers are reached: time-outs, proxies | parley/client/dial_options.hpp |
/// | typed contracts of events | parley/contract/event.hpp |
/// | answering an event later | parley/contract/ack.hpp |
/// | values of any kind | parley/json.hpp |

#include "parley/base/language.hpp"

#include "parley/client/client.hpp"                    // IWYU pragma: export
#include "parley/client/client_disconnect_reason.hpp"  // IWYU pragma: export
#include "parley/client/client_failure.hpp"            // IWYU pragma: export
#include "parley/client/client_socket.hpp"             // IWYU pragma: export
#include "parley/client/connect_error.hpp"             // IWYU pragma: export
#include "parley/client/dial_options.hpp"              // IWYU pragma: export
#include "parley/client/http_client.hpp"               // IWYU pragma: export
#include "parley/client/http_message.hpp"              // IWYU pragma: export
#include "parley/client/options.hpp"                   // IWYU pragma: export
#include "parley/client/websocket_client.hpp"          // IWYU pragma: export
#include "parley/contract/ack.hpp"                     // IWYU pragma: export
#include "parley/contract/event.hpp"                   // IWYU pragma: export
#include "parley/json.hpp"                             // IWYU pragma: export
