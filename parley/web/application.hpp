// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/base/octets.hpp"
#include "parley/base/time.hpp"
#include "parley/base/time_of.hpp"
#include "parley/net/closing_limits.hpp"
#include "parley/net/loop_lag.hpp"
#include "parley/tls/server_options.hpp"
#include "parley/web/handler.hpp"
#include "parley/web/handler_failure.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"
#include "parley/web/route_methods.hpp"
#include "parley/web/scheduled_call.hpp"

namespace parley {

class ApplicationObserver;
class MemoryBudget;

namespace net {
class Loop;
}
namespace task {
struct Home;
}

namespace web {
class ApplicationState;
class Mount;
class UpgradeHandler;
class WebSocketServerState;

/// Loops that somebody else owns.
struct LoopList {
    explicit LoopList(std::span<net::Loop* const> its_loops) : loops(its_loops) {}
    std::span<net::Loop* const> loops;
};
}  // namespace web

/// The limits of an application. Each has its answer: 431 and 414 (head), 413 (body), 408 (time), or the end of the
/// connection. What cannot be throws SetupError.
struct ApplicationOptions {
    std::size_t threads = 1;  ///< that serve, connections and handlers divided among them; 0: one for each core
    std::size_t head_bytes_max = 16 * 1024;            ///< request line and headers; at most 65,535
    std::size_t request_line_bytes_max = 8 * 1024;     ///< as a part of the head
    std::size_t method_bytes_max = 32;                 ///< a longer method is unknown: 501
    std::size_t headers_max = 100;                     ///< header lines, and again trailer lines
    std::size_t body_bytes_max = 1'000'000;            ///< of one request
    std::size_t chunk_extension_bytes_max = 256;       ///< of one chunk; more is 400
    std::size_t chunk_overhead_bytes_max = 16 * 1024;  ///< chunk framing beyond the size of the body; more is 400
    std::size_t trailer_bytes_max = 16 * 1024;         ///< behind a body in chunks
    Milliseconds head_timeout{10'000};                 ///< for a whole head, from the first wait for it
    Milliseconds body_grace{10'000};                   ///< before `body_bytes_per_second_min` counts
    std::size_t body_bytes_per_second_min = 4096;      ///< on average, after the grace
    /// Between two requests; answers say it (`Keep-Alive: timeout=75`), and the end comes a second later. More than the
    /// 60 s for which nginx and others keep a connection: one that closes first makes a 502 of a request on its way.
    Milliseconds keep_alive_timeout{75'000};
    Milliseconds stall_timeout{15'000};                  ///< an answer of which the peer takes nothing
    std::size_t answer_bytes_per_second_min = 1024;      ///< taken of an answer on average, after a `stall_timeout`
    std::size_t answer_bytes_waiting_max = 1024 * 1024;  ///< of a streamed answer that its peer has not taken
    Milliseconds shutdown_timeout{5'000};                ///< for answers and goodbyes after `stop()`
    ClosingLimits closing = {};                          ///< the end of each connection, WebSockets too
    std::size_t connections_max = 0;                     ///< at one time; 0: as many as the system allows
    /// A longer turn of a loop, in which all its connections wait, is counted (`Application::loop_lag`) and told to
    /// `on_error`, at most once in ten seconds for each loop. 0: none is.
    Milliseconds slow_turn{250};
    /// Octets of memory that the process may come to need through its peers: cut messages, bodies, what waits for slow
    /// peers, connections and sessions. An eighth, 16 MiB at least and a half at most, is left to the allocator and to
    /// the program itself. Of the rest from 85 % on newcomers are answered 503 and volatile messages dropped, from 95 %
    /// on those are ended for whom most is kept, and at 100 % nothing more is kept for anybody. 32 MiB is the least
    /// that makes sense. 0: no bound. `Application::memory_used` says how much it is just now, and
    /// `Application::peers_shed` how many had to go for it.
    ///
    /// What TLS keeps for its connections, the keys and state of each, is the business of its library and comes on top
    /// of that: where there are many, leave room for it, and bound them with `connections_max`.
    std::size_t memory_max = 1024 * 1024 * 1024;
    /// Who may ask for others, as proxies do, by X-Forwarded-For, -Proto and -Host: how many are always in between
    /// (`1`), or a list of addresses, networks (`10.0.0.0/8`), `loopback`, `linklocal`, `uniquelocal`. Empty: nobody.
    std::string trust_proxy = {};
    bool trust_forwarded = false;             ///< they say it in Forwarded (RFC 7239), and the others are not looked at
    ApplicationObserver* observer = nullptr;  ///< hears what happens: see web/observer.hpp; outlives the application
};

/// Where to listen: on a port, at a Unix-domain socket, or on what the service manager has opened.
///
/// With `socket_path` a Unix-domain socket is made, as `/run/chat/chat.sock`, of 107 octets at most, and with it a
/// file, which goes with the application: one that was left behind by a process that is gone is replaced, anything else
/// that is there is not touched and an error. Nobody who connects has an address there (`::`).
///
/// With `handed_over` it is the next of the sockets that systemd hands over (LISTEN_FDS, sd_listen_fds(3)), each of
/// which can be taken once.
struct ListenOptions {
    int port = 0;                  ///< 0: any free port, see `Application::port()`
    std::string host = {};         ///< an address or a name, as in `localhost`; empty: all addresses of the machine
    TlsServerOptions tls = {};     ///< with a certificate, `https` and `wss` are spoken here, and nothing else
    std::string socket_path = {};  ///< empty: a port
    int socket_mode = 0660;        ///< of its file: who may connect
    bool handed_over = false;
};

namespace web {

// What `listen` of Node.js may be given, and ours may not.
template <typename...>
inline constexpr bool is_listen_slip = false;
template <typename Port, typename... More>
inline constexpr bool is_listen_slip<Port, More...> =
    std::is_convertible_v<Port, std::string_view> || (std::is_convertible_v<Port, int> && sizeof...(More) > 0);

template <typename Port, typename... More>
constexpr void refuse_listen() {
    constexpr bool is_text = std::is_convertible_v<Port, std::string_view>;
    static_assert(!is_text, "parley: a port is a number: write listen(parley::port_from_environment(3000)) for PORT");
    static_assert(is_text,
                  "parley: listen() takes no callback, because it listens when it returns: write behind it what "
                  "comes then");
}

}  // namespace web

/// How to run.
struct RunOptions {
    bool stop_on_signals = true;  ///< SIGINT and SIGTERM call `stop()`; a second one ends at once
};

/// An HTTP/1.1 server with routes and middlewares, as people know them from Express.
///
/// `get`, `use`, `serve_static` and the like stand in web/route_methods.hpp.
/// Handlers and middlewares are asked in the order of their registration. A pattern is made of segments: `/users`,
/// `/users/:id` (one segment, decoded, `request.parameter("id")`), and at the end `/files/*path` (the rest). A
/// parameter takes a whole segment, and there are no optional ones: register both paths. A trailing slash does not
/// matter, case does. A path that nothing answers is 404, also when other methods would: as in Express. HEAD is
/// answered by a GET handler without the body; OPTIONS by the list of methods, unless a handler takes it. A handler
/// that throws, or lets the last copy of its `Response` go unanswered, is answered 500 and reported to `on_error`.
///
/// The thread that is in `run()` calls all handlers; with `threads`, each connection has one of so many threads, which
/// calls what concerns it, and `post()`, `after()` and `every()` come to the one in `run()`. Members are called on such
/// a thread, or before `run()`; `stop()`, `post()`, `after()`, `every()`, `port()`, `loop_lag()` and `loop()` on any.
/// From another thread a build without NDEBUG ends with a sentence that names the member; in any other what registers
/// or listens throws SetupError.
class Application : public web::RouteMethods<Application> {
 public:
    explicit Application(ApplicationOptions options = {});
    /// For libraries and tests: on a loop that somebody else owns and runs, and that must outlive the application.
    explicit Application(net::Loop& loop, ApplicationOptions options = {});
    /// For tests: on several loops that one thread runs, as those of a simulated world.
    explicit Application(web::LoopList loops, ApplicationOptions options = {});
    Application(const Application&) = delete;
    Application& operator=(const Application&) = delete;
    /// Cuts all connections. One of its own handlers may do that: none is called any more, and when the turn of the
    /// loop ends the connections go, with what the handlers own, and `run()` returns. With `threads` it waits for the
    /// handlers that the other threads are in.
    ~Application();

    /// Calls `handler` for every user's function that threw, and for what a program asked of a response that cannot be
    /// sent. Without one, a line goes to the standard error, at most ten a second.
    void on_error(Function<void(const HandlerFailure&)> handler);

    /// Starts to accept connections; may be called several times. Throws SetupError, with a sentence that helps, if
    /// that cannot be; `try_listen` returns it. In a program that does not catch that, the sentence goes to the
    /// standard error and the status is 1, unless it has set a terminate handler of its own.
    void listen(int port);
    void listen(const ListenOptions& options);
    template <typename... Given>
        requires web::is_listen_slip<Given...>
    void listen(Given&&...) {
        web::refuse_listen<Given...>();
    }
    Result<void> try_listen(const ListenOptions& options);
    /// Reads certificates and keys again, for connections that follow; what cannot be used changes nothing.
    Result<void> reload_certificates();
    /// The port of the first listener; 0 before `listen`. Any thread.
    [[nodiscard]] int port() const;

    /// Serves until `stop()`. Returns 0, for `main` to return. Throws SetupError if the application runs already: from
    /// inside a handler, or on another thread.
    int run(const RunOptions& options = {});
    /// Ends `run()`: accepts nobody more, lets answers and goodbyes go out, at most for `shutdown_timeout`. Any thread.
    void stop();
    [[nodiscard]] bool is_stopping() const;  ///< from `stop()` on until `run()` returns. Of the application's thread
    /// Runs `function` on the application's thread, soon. Any thread. After the application is gone: never.
    void post(Function<void()> function);
    using RouteMethods::post;  // of routes

    /// The time that timers count by, for measuring how long something took; read once per turn of the loop. It never
    /// jumps. Of the application's thread.
    [[nodiscard]] TimePoint now() const;
    /// The calendar's time, for what is stored or shown; it may jump. Of the application's thread.
    [[nodiscard]] WallTime wall_time() const;

    /// Calls `function` once, `delay` from now, or again and again with `interval` (at least a millisecond); what it
    /// throws goes to `on_error`. Never early, and late by a fraction of a millisecond unless the thread is busy. Any
    /// thread. Before `run()`, and from other threads, the time is counted from the moment when the application's
    /// thread takes the call up. Ends with the application.
    ///
    /// `every` keeps its rhythm: the ticks are due at multiples of `interval` from its beginning, so that a late one
    /// moves none of those behind it. A tick that is late comes once, as soon as it can; those that have passed
    /// meanwhile are left out, not made up. A simulation that has to make them up counts its steps by the clock.
    ///
    /// Either may have a fraction, as `every(1s / 30.0, ...)`. `1s / 30` is 0 in whole seconds: an interval of 0 or
    /// less is told to `on_error`.
    ScheduledCall after(Delay delay, Function<void()> function);
    ScheduledCall every(Delay interval, Function<void()> function);

    /// For libraries on top: what answers all requests of some paths before the routes do. A mount unmounts itself
    /// when it is destroyed.
    void mount(web::Mount& mount);
    void unmount(web::Mount& mount);
    /// For libraries on top: what takes WebSocket upgrades only.
    void mount_upgrade(web::UpgradeHandler& handler);
    void unmount_upgrade(web::UpgradeHandler& handler);
    [[nodiscard]] std::size_t threads() const;  ///< that serve. Any thread.
    /// How late loop number `loop_index`, counted from 0, notices what happens; nothing for one that is none. Any
    /// thread.
    [[nodiscard]] LoopLag loop_lag(std::size_t loop_index = 0) const;
    /// Begins anew with `LoopLag::longest`, on all loops. Any thread.
    void reset_loop_lag();
    /// For libraries on top: the loop that everything here lives on, the first of several; and what is on one of them.
    [[nodiscard]] net::Loop& loop();
    /// For `spawn`: where its tasks run, on the first of its loops.
    [[nodiscard]] task::Home task_home() const;
    [[nodiscard]] web::ApplicationState& part(std::size_t loop_index);
    /// Octets that are kept for peers now, of those that `memory_max` leaves for them.
    [[nodiscard]] std::size_t memory_used() const;
    /// Peers that were ended because `memory_max` was reached.
    [[nodiscard]] std::uint64_t peers_shed() const;
    /// For libraries on top: where to count what is kept for peers.
    [[nodiscard]] MemoryBudget& memory();
    /// For libraries on top: reports a user's function that threw, inside the catch block.
    void report_current_exception(std::string_view where);
    /// For libraries on top: reports a failure as those of this application's own handlers.
    void report(const HandlerFailure& failure);
    /// For libraries on top: whether a mount answers requests for `path` already.
    [[nodiscard]] bool is_mounted(std::string_view path) const;
    /// For libraries on top: what answers when no route does; if it calls `next`, the answer is 404 as without it.
    void set_fallback(web::Handler handler);

 private:
    friend class WebSocketServer;
    friend class web::RouteMethods<Application>;
    friend class web::WebSocketServerState;

    void add_route(const web::Route& route, web::Handler handler);
    void add_middleware(TextView prefix, web::Handler handler);
    void add_middleware(TextView prefix, web::ErrorHandler handler);
    void add_router(TextView prefix, Router& router);

    web::ApplicationState* state_;
};

}  // namespace parley
