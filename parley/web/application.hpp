// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/web/handler.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"
#include "parley/web/static_options.hpp"

namespace parley {

namespace net {
class Loop;
}

namespace web {
class ApplicationState;
class Mount;
class UpgradeHandler;
class WebSocketServerState;
}  // namespace web

/// The limits of an application. Each has its answer: 431 and 414 (head), 413 (body), 408 (time), or the end of the
/// connection.
struct ApplicationOptions {
    std::size_t head_bytes_max = 16 * 1024;                ///< request line and headers
    std::size_t body_bytes_max = 1'000'000;                ///< of one request
    std::chrono::milliseconds head_timeout{10'000};        ///< for a whole head, from the first wait for it
    std::chrono::milliseconds body_grace{10'000};          ///< before `body_bytes_per_second_min` counts
    std::size_t body_bytes_per_second_min = 4096;          ///< on average, after the grace
    std::chrono::milliseconds keep_alive_timeout{10'000};  ///< between two requests
    std::chrono::milliseconds stall_timeout{15'000};       ///< an answer of which the peer takes nothing
    std::chrono::milliseconds shutdown_timeout{5'000};     ///< for answers and goodbyes after `stop()`
    std::size_t connections_max = 0;                       ///< at one time; 0: as many as the system allows
};

/// Where to listen.
struct ListenOptions {
    int port = 0;  ///< 0: any free port, see `Application::port()`
    std::string host =
        {};  ///< an address or a name, as in `127.0.0.1` or `localhost`; empty: all addresses of the machine
};

/// How to run.
struct RunOptions {
    bool stop_on_signals = true;  ///< SIGINT and SIGTERM call `stop()`; a second one ends at once
};

/// A user's function that threw: where it stood and what it said.
struct HandlerFailure {
    std::string_view where = {};        ///< as in `GET /users/7`
    std::string_view message = {};      ///< what the exception said
    std::exception_ptr exception = {};  ///< null if nothing was thrown (a header that HTTP cannot carry)
};

/// An HTTP/1.1 server with routes and middlewares, as people know them from Express.
///
/// Handlers and middlewares are asked in the order of their registration. A pattern is made of segments: `/users`,
/// `/users/:id` (one segment, decoded, `request.parameter("id")`), and at the end `/files/*path` (the rest). A trailing
/// slash of the request does not matter, case does. A path that nothing answers is 404, also when other methods would:
/// as in Express. HEAD is answered by a GET handler without the body; OPTIONS by the list of methods, unless a handler
/// takes it. A handler that throws is answered 500 and reported to `on_error`.
///
/// One thread runs an application and all of its handlers. Members are called on that thread, or before `run()`;
/// `stop()` and `post()` on any.
class Application {
 public:
    explicit Application(ApplicationOptions options = {});
    /// For libraries and tests: on a loop that somebody else owns and runs, and that must outlive the application.
    explicit Application(net::Loop& loop, ApplicationOptions options = {});
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;
    /// Cuts all connections.
    ~Application();

    /// Registers handlers for a method and a pattern. Each takes `(Request&, Response)`, `(Request&, Response, Next)`
    /// or
    /// `(Response)`. Throws SetupError if the pattern is none.
    template <typename... Handlers>
    Application& get(std::string_view pattern, Handlers&&... handlers) {
        return add_routes("GET", pattern, std::forward<Handlers>(handlers)...);
    }
    template <typename... Handlers>
    Application& head(std::string_view pattern, Handlers&&... handlers) {
        return add_routes("HEAD", pattern, std::forward<Handlers>(handlers)...);
    }
    template <typename... Handlers>
    Application& post(std::string_view pattern, Handlers&&... handlers) {
        return add_routes("POST", pattern, std::forward<Handlers>(handlers)...);
    }
    template <typename... Handlers>
    Application& put(std::string_view pattern, Handlers&&... handlers) {
        return add_routes("PUT", pattern, std::forward<Handlers>(handlers)...);
    }
    template <typename... Handlers>
    Application& patch(std::string_view pattern, Handlers&&... handlers) {
        return add_routes("PATCH", pattern, std::forward<Handlers>(handlers)...);
    }
    /// DELETE, a word that C++ has taken.
    template <typename... Handlers>
    Application& del(std::string_view pattern, Handlers&&... handlers) {
        return add_routes("DELETE", pattern, std::forward<Handlers>(handlers)...);
    }
    template <typename... Handlers>
    Application& options(std::string_view pattern, Handlers&&... handlers) {
        return add_routes("OPTIONS", pattern, std::forward<Handlers>(handlers)...);
    }
    /// Any method.
    template <typename... Handlers>
    Application& all(std::string_view pattern, Handlers&&... handlers) {
        return add_routes("", pattern, std::forward<Handlers>(handlers)...);
    }

    /// Registers a middleware for every request, or for a path and all that is beneath it. It answers, or calls
    /// `next()`.
    template <typename Middleware>
    Application& use(Middleware&& middleware) {
        return add_middleware("/", web::make_handler(std::forward<Middleware>(middleware)));
    }
    template <typename Middleware>
    Application& use(std::string_view prefix, Middleware&& middleware) {
        return add_middleware(prefix, web::make_handler(std::forward<Middleware>(middleware)));
    }

    /// Serves the files of a directory, at the root or under a prefix. What is not there goes on to the next handler.
    /// Throws SetupError if there is no such directory.
    Application& serve_static(std::string_view directory);
    Application& serve_static(std::string_view directory, const StaticOptions& options);
    Application& serve_static(std::string_view prefix, std::string_view directory, const StaticOptions& options = {});

    /// Calls `handler` for every user's function that threw. Without one, a line goes to the standard error, at most
    /// ten a second.
    void on_error(Function<void(const HandlerFailure&)> handler);

    /// Starts to accept connections; may be called several times. Throws SetupError, with a sentence that helps, if
    /// that cannot be; `try_listen` returns it.
    void listen(int port);
    void listen(const ListenOptions& options);
    Result<void> try_listen(const ListenOptions& options);
    /// The port of the first listener; 0 before `listen`.
    [[nodiscard]] int port() const;

    /// Serves until `stop()`. Returns 0, for `main` to return.
    int run(const RunOptions& options = {});
    /// Ends `run()`: accepts nobody more, lets answers and goodbyes go out, at most for `shutdown_timeout`. Any thread.
    void stop();
    /// Runs `function` on the application's thread, soon. Any thread. After the application is gone: never.
    void post(Function<void()> function);

    /// For libraries on top: what answers all requests of some paths before the routes do. The mount must be unmounted,
    /// or outlive the application.
    void mount(web::Mount& mount);
    void unmount(web::Mount& mount);
    /// For libraries on top: what takes WebSocket upgrades only.
    void mount_upgrade(web::UpgradeHandler& handler);
    void unmount_upgrade(web::UpgradeHandler& handler);
    /// For libraries on top: the loop that everything here lives on.
    [[nodiscard]] net::Loop& loop();
    /// For libraries on top: reports a user's function that threw, inside the catch block.
    void report_current_exception(std::string_view where);

 private:
    friend class WebSocketServer;
    friend class web::WebSocketServerState;

    template <typename... Handlers>
    Application& add_routes(std::string_view method, std::string_view pattern, Handlers&&... handlers) {
        static_assert(sizeof...(Handlers) > 0, "parley: a route needs a handler");
        (add_route(method, pattern, web::make_handler(std::forward<Handlers>(handlers))), ...);
        return *this;
    }
    void add_route(std::string_view method, std::string_view pattern, web::Handler handler);
    Application& add_middleware(std::string_view prefix, web::Handler handler);
    void set_fallback(web::Handler handler);

    web::ApplicationState* state_;
};

}  // namespace parley
