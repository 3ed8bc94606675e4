// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <exception>
#include <string_view>
#include <type_traits>
#include <utility>

#include "parley/base/error.hpp"
#include "parley/base/function.hpp"
#include "parley/base/octets.hpp"
#include "parley/server/namespace.hpp"
#include "parley/server/options.hpp"
#include "parley/server/server_engine.hpp"
#include "parley/web/application.hpp"

namespace parley {

namespace server::detail {
class ServerCore;

template <typename Options>
void refuse_copy(Options&) {
    static_assert(sizeof(Options) == 0, "parley: a Server takes its options over: write Server io{std::move(options)}");
}
}  // namespace server::detail

/// Something that went wrong with an event, contained: the process and the other sockets went on.
struct EventFailure {
    enum class Kind {
        handler_threw,      ///< a handler, callback or middleware of the program
        payload_mismatch,   ///< what the client sent does not fit the handler, which was not called
        answer_unsendable,  ///< an acknowledgement with more than ten binary values; the client gets an error instead
        answer_lost,        ///< the last copy of an `Ack` went away unanswered; the client gets an error instead
        bad_packet,         ///< the client broke the Socket.IO protocol; its connection is being closed
    };

    Kind kind;
    Socket socket;                 ///< no socket where there was none yet
    std::string_view event;        ///< empty where there is none
    std::string_view message;      ///< what the exception said, or what did not fit
    std::exception_ptr exception;  ///< null if nothing was thrown
};

/// What a server has done so far.
struct ServerCounters {
    std::uint64_t events_received = 0;
    std::uint64_t events_unhandled = 0;  ///< no handler was registered for them
    std::uint64_t handlers_failed = 0;   ///< threw
    std::uint64_t payloads_mismatched = 0;
    std::uint64_t answers_lost = 0;     ///< the last copy of an `Ack` went away unanswered
    std::uint64_t packets_refused = 0;  ///< broke the protocol
    std::uint64_t acks_unexpected = 0;  ///< unknown, late or second
    std::uint64_t acks_timed_out = 0;
    std::uint64_t volatile_dropped = 0;
    std::uint64_t sessions_refused = 0;    ///< there was no room for them: answered 503
    std::uint64_t sessions_made_room = 0;  ///< unconfirmed ones that were closed for others
    std::uint64_t requests_refused = 0;    ///< too many for one session: answered 429
};

/// A Socket.IO server: the namespace `/`, and the place where the others are.
///
///     parley::Server io;
///     io.on("chat message", [&](std::string text) { io.emit("chat message", text); });
///     io.listen(3000);
///     return io.run();
///
/// The thread that is in `run()` calls all handlers; on an application with `threads`, each connection has one of so
/// many, which calls what concerns it. What does not say "any thread" belongs to such a thread while it runs, and to
/// anybody before `run()` and behind it: from another thread a build without NDEBUG ends with a sentence that names the
/// member, in any other what registers takes effect a little later and what asks gets nothing. Destroying it cuts every
/// connection and calls nobody any more; one of its own handlers may do that, and then what the other handlers own goes
/// at the end of the turn. With an application of its own, that ends `run()`, too.
class Server : public Namespace {
 public:
    /// With an HTTP application of its own, which answers 404 to everything else. Throws SetupError for options that
    /// cannot be.
    explicit Server(ServerOptions&& options = {});
    /// On `app`, beside its routes: it listens and runs. Either may be destroyed first. A server whose application has
    /// gone does nothing: `of` makes no namespace, `port` is 0, `listen`, `run` and `application` throw SetupError.
    explicit Server(Application& app, ServerOptions&& options = {});
    // Options own a function and cannot be copied; this says so.
    template <typename Options>
        requires std::is_same_v<std::remove_const_t<Options>, ServerOptions>
    explicit Server(Options& options) {
        server::detail::refuse_copy(options);
    }
    template <typename Options>
        requires std::is_same_v<std::remove_const_t<Options>, ServerOptions>
    Server(Application&, Options& options) {
        server::detail::refuse_copy(options);
    }
    // Braces that only JavaScript's spelling of an option fits.
    template <typename Slip = server::detail::JavaScriptOptions>
        requires std::is_same_v<Slip, server::detail::JavaScriptOptions>
    explicit Server(Slip) {
        server::detail::refuse_javascript<Slip>();
    }
    template <typename Slip = server::detail::JavaScriptOptions>
        requires std::is_same_v<Slip, server::detail::JavaScriptOptions>
    Server(Application&, Slip) {
        server::detail::refuse_javascript<Slip>();
    }
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// The namespace of this name, made on the first call; `"admin"` is `"/admin"`. Throws SetupError for a name with a
    /// comma, which the protocol cannot carry, and for one longer than `namespace_bytes_max`.
    [[nodiscard]] Namespace of(TextView name);

    /// Calls `handler` for each failure. Without one, a line goes to the standard error, at most ten a second.
    void on_error(Function<void(const EventFailure&)> handler);
    /// What has been counted so far, on all loops. Any thread.
    [[nodiscard]] ServerCounters counters() const;
    /// How many clients are connected, over all namespaces and loops. Any thread.
    [[nodiscard]] std::size_t clients_count() const;

    /// The requests beneath: middlewares and headers of their answers.
    [[nodiscard]] ServerEngine engine() const { return ServerEngine(*core_); }

    /// Listening and running are the application's: see there. This, and `port`: any thread.
    [[nodiscard]] Application& application();
    void listen(int port) { application().listen(port); }
    void listen(const ListenOptions& options) { application().listen(options); }
    template <typename... Given>
        requires web::is_listen_slip<Given...>
    void listen(Given&&...) {
        web::refuse_listen<Given...>();
    }
    Result<void> try_listen(const ListenOptions& options);
    [[nodiscard]] int port();
    int run(const RunOptions& options = {});
    /// Ends `run()`. Any thread.
    void stop();
    /// Functions to run on the server's thread: soon, once after a while, or again and again. Any thread.
    void post(Function<void()> function);
    ScheduledCall after(Delay delay, Function<void()> function);
    ScheduledCall every(Delay interval, Function<void()> function);

    /// For `spawn`: where its tasks run, on the calling loop or the first one.
    [[nodiscard]] task::Home task_home() const;

    /// Disconnects everybody with the reason `server_shutting_down`, and ends `run()`. The clients see their connection
    /// close, not a disconnect, and try again by themselves. Any thread.
    void close();

 private:
    Server(server::detail::ServerCore& core);

    server::detail::ServerCore* core_;
};

}  // namespace parley
