// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "parley/base/function.hpp"
#include "parley/base/octets.hpp"
#include "parley/client/client_failure.hpp"
#include "parley/client/client_socket.hpp"
#include "parley/client/loop_of.hpp"
#include "parley/client/options.hpp"

namespace parley {

namespace net {
class Loop;
}
namespace client {
class ClientCore;
template <typename Core>
class Runner;
}  // namespace client

/// A Socket.IO client: a connection to one server that is made again when it is lost, and this client's place in the
/// namespace that the URL names.
///
///     parley::Client client("http://localhost:3000");
///     client.on("chat message", [](std::string text) { show(text); });
///     client.emit("chat message", "hello");
///     return client.run();
///
/// Register handlers first, then let it run, in one of these ways:
///
/// | Call | Where handlers run |
/// |---|---|
/// | `run()` | on this thread, until the client is finished or `stop()` is called |
/// | `connect()` | on a thread of the client's own, which ends with it |
/// | `poll()` again and again | on this thread, when the program has time: games, windows |
/// | `connect()`, when made with an `Application` or a `Server` | on the thread in whose `run()` that is |
///
/// Any thread may emit, ask, connect, disconnect and stop. It may be destroyed on any thread but another one that is in
/// `run()` or `poll()`, and inside its own handlers; no handler is called afterwards, and one that runs on the client's
/// own thread, or that of its application, is waited for.
class Client : public ClientSocket {
 public:
    /// `url` names the server, and as its path the namespace, as in "http://localhost:3000" or "https://host/admin".
    /// Nothing is sent yet. Throws SetupError for a URL or options that cannot be.
    explicit Client(TextView url, ClientOptions options = {});
    /// The same on the loop of an `Application` or a `Server`: one program that is both server and client. Its handlers
    /// are called by the thread that is in the `run()` of that, like those of the server, so that either may use what
    /// the other does without a lock; `connect()` begins, now or in any handler.
    ///
    /// The two may end in either order, on any threads: where the application goes first, the client falls silent.
    /// Destroyed by another thread than the one in that `run()`, it waits for that, which must not wait for it
    /// meanwhile; in a handler on another thread of the application it does not wait.
    template <client::HasLoop Host>
    Client(Host& host, TextView url, ClientOptions options = {})
        : Client(client::loop_of(host), url, std::move(options)) {}
    /// For libraries and tests: on a loop that somebody else owns and runs.
    Client(net::Loop& loop, TextView url, ClientOptions options = {});
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// The place in another namespace of the same server, over the same connection; it is joined by its `connect()`.
    /// Throws SetupError for what can be no name.
    [[nodiscard]] ClientSocket of(TextView nsp);

    /// Connects, on a thread of the client's own unless `run()` or `poll()` have been called. Handlers then run there.
    void connect();
    /// Connects, and handles what happens on this thread, until nothing is left to be done: every namespace was left,
    /// or refused, or there is nothing more to try; or until `stop()`. Behind `connect()` it waits for that on the
    /// client's own thread. Returns 0. Throws SetupError where an application runs it.
    int run();
    /// Connects if that was not begun, and handles what has happened by now, or happens within `patience`. False: the
    /// client is finished. Behind `connect()` there is nothing to do for it, and it returns true. Throws SetupError
    /// where an application runs it.
    bool poll(Milliseconds patience = Milliseconds(0));
    /// For the loop of another program, such as poll(2), epoll or a GUI's: what becomes readable when `poll()` has
    /// something to do. It stays the client's, which does all reading; -1: there is none. Throws SetupError as
    /// `poll()`.
    [[nodiscard]] int poll_descriptor() const;
    /// How long that loop may sleep before it calls `poll()` although nothing was readable, in the form that poll(2)
    /// takes: rounded up, and -1 where only the descriptor tells. Ask anew behind each `poll()`, and behind what the
    /// thread of that loop has asked of the client. Throws SetupError as `poll()`.
    [[nodiscard]] std::chrono::milliseconds poll_timeout() const;
    /// Any thread: makes `run()` return soon. The connection stays. Nothing happens where an application runs it.
    void stop();
    /// Leaves all namespaces, and closes the connection when everything has been sent; nothing is tried again until
    /// `connect()`. Any thread.
    void close();

    /// Runs `function` soon, where handlers run. Any thread; after the end of the client it is dropped.
    void post(Function<void()> function);
    /// What the connection runs over just now; nothing while there is none. Where handlers run.
    [[nodiscard]] std::optional<Transport> transport() const;

    /// Calls `handler` with the number of the attempt, from 1, before each attempt to connect again.
    void on_reconnect_attempt(Function<void(std::uint32_t)> handler);
    /// Calls `handler` with the number of attempts that it took when there is a connection again.
    void on_reconnect(Function<void(std::uint32_t)> handler);
    /// Calls `handler` when such an attempt has failed.
    void on_reconnect_error(Function<void(const ConnectError&)> handler);
    /// Calls `handler` when `reconnection_attempts` have failed in a row, and no further one is made.
    void on_reconnect_failed(Function<void()> handler);
    /// Calls `handler` when the server has asked whether the client is there.
    void on_ping(Function<void()> handler);
    /// Calls `handler` with what goes wrong in handlers, and with what the server breaks; without one that is written
    /// to the standard error.
    void on_error(Function<void(const ClientFailure&)> handler);

 private:
    client::Runner<client::ClientCore>* runner_;  // its own
};

}  // namespace parley
