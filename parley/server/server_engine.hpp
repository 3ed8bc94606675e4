// SPDX-License-Identifier: MIT
#pragma once

#include <utility>

#include "parley/base/function.hpp"
#include "parley/http/response_fields.hpp"
#include "parley/web/handler.hpp"

namespace parley {

class Server;

namespace server::detail {
class ServerCore;
}

/// Header lines of an answer, to read and to change; what could forge one is refused, and what is the connection's own
/// (`Content-Length`, `Connection` and the like).
using ResponseHeaders = http::ResponseFields;

/// What carries a `Server`, as `io.engine` in JavaScript: its requests by polling and for WebSockets, which the routes
/// and middlewares of the application do not see.
///
/// A handle to use at once, and not beyond its server. Of the server's thread, or before `run()`: see `Server`. What is
/// registered stays; a function that is empty throws SetupError.
class ServerEngine {
 public:
    /// Registers middlewares, as `Application::use` does, for each request but CORS preflights and those for the
    /// browser client: the handshakes, polls and POSTs of all sessions, and WebSocket upgrades. They come before any
    /// check, in their order. Each sets headers, which the answer has, the 101 of a WebSocket, too; then it answers by
    /// itself, or goes on by `next()`, now or later. Who does neither is answered 500, as a route. One that throws is
    /// answered as a handler of the application that does.
    template <typename... Middlewares>
    const ServerEngine& use(Middlewares&&... middlewares) const {
        static_assert(sizeof...(Middlewares) > 0, "parley: use() needs a middleware");
        (add_middleware(web::make_handler(std::forward<Middlewares>(middlewares))), ...);
        return *this;
    }

    /// Calls `handler`, which takes `(ResponseHeaders&, Request&)`, before the first answer of each session leaves:
    /// that of its handshake by polling, or the 101 of a WebSocket.
    void on_initial_headers(Function<void(ResponseHeaders&, Request&)> handler) const;
    /// The same for every answer of a session: to polls, to POSTs, and the 101 of a WebSocket; of a first one behind
    /// `on_initial_headers`. What is refused comes to neither, as in the official server.
    void on_headers(Function<void(ResponseHeaders&, Request&)> handler) const;

 private:
    friend class Server;
    explicit ServerEngine(server::detail::ServerCore& core) : core_(core) {}
    void add_middleware(web::Handler middleware) const;

    server::detail::ServerCore& core_;
};

}  // namespace parley
