// SPDX-License-Identifier: MIT
#pragma once

/// The front door of the Socket.IO server.
///
///     #include <parley/server.hpp>
///
///     int main() {
///         parley::Server io;
///         io.on("chat message", [&](std::string text) { io.emit("chat message", text); });
///         io.listen(3000);
///         return io.run();
///     }
///
/// | What | Where |
/// |---|---|
/// | the server, its counters and failures | parley/server/server.hpp |
/// | namespaces: handlers, middlewares, broadcasts | parley/server/namespace.hpp |
/// | one client in one namespace | parley/server/socket.hpp |
/// | selections of sockets; what names rooms | parley/server/broadcast_operator.hpp, parley/server/rooms.hpp |
/// | typed contracts of events | parley/contract/event.hpp |
/// | answering an event later | parley/contract/ack.hpp |
/// | options | parley/server/options.hpp |
/// | what carries it: middlewares and headers of its requests | parley/server/server_engine.hpp |
/// | the HTTP application in front | parley/web/application.hpp |
/// | raw WebSockets, routers, sessions, event streams, access logs | parley/web.hpp |
/// | values of any kind | parley/json.hpp |

#include "parley/base/language.hpp"

#include "parley/contract/ack.hpp"                // IWYU pragma: export
#include "parley/contract/event.hpp"              // IWYU pragma: export
#include "parley/engine/handshake.hpp"            // IWYU pragma: export
#include "parley/json.hpp"                        // IWYU pragma: export
#include "parley/server/broadcast_operator.hpp"   // IWYU pragma: export
#include "parley/server/handshake_next.hpp"       // IWYU pragma: export
#include "parley/server/namespace.hpp"            // IWYU pragma: export
#include "parley/server/options.hpp"              // IWYU pragma: export
#include "parley/server/rooms.hpp"                // IWYU pragma: export
#include "parley/server/server.hpp"               // IWYU pragma: export
#include "parley/server/server_engine.hpp"        // IWYU pragma: export
#include "parley/server/socket.hpp"               // IWYU pragma: export
#include "parley/server/socket_next.hpp"          // IWYU pragma: export
#include "parley/socketio/disconnect_reason.hpp"  // IWYU pragma: export
#include "parley/web/application.hpp"             // IWYU pragma: export
#include "parley/web/environment.hpp"             // IWYU pragma: export
#include "parley/web/handler_failure.hpp"         // IWYU pragma: export
#include "parley/web/http_error.hpp"              // IWYU pragma: export
#include "parley/web/request.hpp"                 // IWYU pragma: export
#include "parley/web/response.hpp"                // IWYU pragma: export
#include "parley/web/scheduled_call.hpp"          // IWYU pragma: export
