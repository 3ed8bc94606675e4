// SPDX-License-Identifier: MIT
#pragma once

/// HTTP application and WebSocket server: one include for a program that needs no Socket.IO.
///
///     parley::Application app;
///     app.get("/", [](parley::Response response) { response.send("hello"); });
///     app.listen(3000);
///     return app.run();
///
///     parley::WebSocketServer server;
///     server.on_message([](parley::WebSocket socket, std::string_view text) { socket.send(text); });
///     server.listen(8080);
///     return server.run();

#include "parley/base/language.hpp"

#include "parley/base/shared_buffer.hpp"
#include "parley/json.hpp"
#include "parley/web/access_log.hpp"
#include "parley/web/application.hpp"
#include "parley/web/cookie_sessions.hpp"
#include "parley/web/cors.hpp"
#include "parley/web/embedded_file.hpp"
#include "parley/web/environment.hpp"
#include "parley/web/event_stream.hpp"
#include "parley/web/handler_failure.hpp"
#include "parley/web/http_error.hpp"
#include "parley/web/observer.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"
#include "parley/web/router.hpp"
#include "parley/web/scheduled_call.hpp"
#include "parley/web/upload.hpp"
#include "parley/web/websocket.hpp"
#include "parley/web/websocket_server.hpp"
