// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "parley/base/done.hpp"
#include "parley/base/function.hpp"
#include "parley/base/octets.hpp"
#include "parley/http/cookie.hpp"
#include "parley/json/codec.hpp"

namespace parley {

struct SendFileOptions;
class Next;
class SharedBuffer;

namespace web {
class BodySource;
class Exchange;
}  // namespace web

/// How an answer ended, for a log or a counter.
struct ResponseSummary {
    int status = 0;                ///< 0 if none was sent
    std::uint64_t body_bytes = 0;  ///< that were given out to be sent
    bool is_complete = false;      ///< false if the peer went away before it had all
};

/// The answer to one request: a small handle to copy anywhere and to complete at once or later.
///
/// It cannot dangle: when the peer has gone, or the answer is complete, every member does nothing (`is_open` tells).
/// The senders return nothing, so that `if (bad) return response.status(404).send("no");` may stand in any handler.
/// Each request is answered once; while its answer is due, the connection's next request waits. A request whose last
/// `Response` goes away unanswered is answered 500. Whatever makes the answer may be called on any thread: elsewhere
/// than on that of the connection it takes effect a little later, in the order of that thread's calls. `header`,
/// `waiting_bytes` and what takes a handler belong to the connection's thread (a build without NDEBUG ends with a
/// sentence elsewhere). Copies may be made and dropped on any thread.
class Response {
 public:
    Response(const Response& other) noexcept;
    Response(Response&& other) noexcept;
    Response& operator=(Response other) noexcept;
    ~Response();

    /// The status to answer with, 200 to 599; 200 unless told. Any other becomes 500 and is reported to `on_error`.
    const Response& status(int code) const;
    /// Sets a header, replacing any of this name. A name or value that HTTP cannot carry (control bytes) is dropped and
    /// reported to `on_error`. `Content-Length`, `Date`, `Connection` and the like are set by the connection.
    const Response& set(TextView name, TextView value) const;
    /// Adds a header beside any of this name, as `Set-Cookie` needs.
    const Response& append(TextView name, TextView value) const;
    /// Sets a cookie, as in `cookie({.name = "sid", .value = id, .http_only = true})`, for the whole site unless it has
    /// a path. The value leaves percent-encoded. One that cannot be sent is left out and reported to `on_error`.
    const Response& cookie(http::Cookie cookie) const;
    const Response& cookie(TextView name, TextView value) const;
    /// Sets `Content-Type`: a whole type (`image/png`) or a file extension (`html`, `json`, `txt`, `png` ...).
    const Response& type(TextView type) const;
    /// The value of a header that was set; empty without one. Valid until the next change.
    [[nodiscard]] std::string_view header(TextView name) const;

    /// Sends `body` and completes the answer. Without a type it is `text/html; charset=utf-8`, as in Express. Copies.
    void send(TextView body) const;
    /// The same with octets that many answers share; they are not copied.
    void send(SharedBuffer body) const;
    /// The same as `json`.
    template <typename T>
        requires std::is_same_v<T, Json>
    void send(const T& value) const {
        json(value);
    }
    /// Sends a value as JSON with the type `application/json; charset=utf-8`; an object may stand in braces, as in
    /// `response.json({{"ok", true}})`.
    template <typename T = Json>
    void json(T&& value) const {
        if (is_open()) send_json_text(to_json(value));
    }
    /// Sends JSON text as it is, with the type `application/json; charset=utf-8`.
    void send_json_text(TextView json_text) const;
    /// Sends a file with its type, validators and ranges. The path is the program's, never a part of a request: to
    /// serve a directory use `Application::serve_static`. If there is none, the answer is 404, which is reported to
    /// `on_error` with the whole path.
    void send_file(TextView path) const;
    void send_file(TextView path, const SendFileOptions& options) const;
    /// Sends the status with its phrase as text, as in `Not Found`, beside the headers that were set.
    void send_status(int code) const;
    /// Sends the client elsewhere. What a URL may not contain leaves percent-encoded; what is encoded stays.
    void redirect(TextView location, int code = 302) const;
    /// Completes the answer: without a body, or behind what was written of it.
    void end() const;

    /// Sends a part of a body of which the length is not known yet, as Node's `response.write`: the first one sends the
    /// head, `end()` completes the answer. Copies. False, and nothing is sent, once the answer is complete or the peer
    /// gone, and while as much waits for it as `ApplicationOptions::answer_bytes_waiting_max` allows: go on in
    /// `on_drain`. To HEAD the head is all, and completes the answer.
    ///
    /// From then on status and headers are sent, and `send` and its like come too late: as a handler that fails now, or
    /// a last copy that goes away before `end()`, they cut the connection, so that nobody takes a part for the whole,
    /// and are reported to `on_error`.
    Done write(TextView part) const;
    /// Octets that were written and that the system has not taken yet.
    [[nodiscard]] std::size_t waiting_bytes() const;
    /// Calls `handler` whenever all that was written has been taken, and once soon after this call, until the answer is
    /// complete; replaces an earlier one. Copies of this that it owns keep the answer due: it may be all that is left.
    void on_drain(Function<void()> handler) const;

    /// True while the peer is there and the answer is not complete. Any thread; elsewhere it may change at any moment.
    [[nodiscard]] bool is_open() const;
    /// Calls `handler` once if the peer goes away before the answer is complete; replaces an earlier one. It may own
    /// copies of this: they are no right to answer, so when no other is left, the answer is 500. (What cannot be copied
    /// itself is not looked into.)
    template <typename Handler>
    void on_abort(Handler&& handler) const {
        if constexpr (std::is_copy_constructible_v<std::decay_t<Handler>>) {
            const CountOfCopies count(*this);
            [[maybe_unused]] const std::decay_t<Handler> copied(handler);
        }
        set_abort_handler(std::forward<Handler>(handler));
    }

    /// Calls `handler`, which takes a `const ResponseSummary&` or nothing, once when the answer is over: all of it was
    /// given out to be sent, or the peer went away before. Several are called in their order, after the handler that
    /// answered has returned; the request's views are valid then. For copies of this that it owns see `on_abort`. Not
    /// called for a request that became a WebSocket.
    template <typename Handler>
    void on_finish(Handler&& handler) const {
        if constexpr (std::is_copy_constructible_v<std::decay_t<Handler>>) {
            const CountOfCopies count(*this);
            [[maybe_unused]] const std::decay_t<Handler> copied(handler);
        }
        if constexpr (std::is_invocable_v<std::decay_t<Handler>&, const ResponseSummary&>) {
            add_finish_handler(std::forward<Handler>(handler));
        } else {
            static_assert(std::is_invocable_v<std::decay_t<Handler>&>,
                          "parley: on_finish takes a function of (const ResponseSummary&), or of nothing");
            if (is_empty_function<std::decay_t<Handler>>(handler)) return;
            add_finish_handler([handler = std::decay_t<Handler>(std::forward<Handler>(handler))](
                                   const ResponseSummary&) mutable { call_for_effect(handler); });
        }
    }

    /// For libraries on top: answers with `size` octets that come from `source`, a piece at a time
    /// (web/body_source.hpp). Takes `source`, which must come from `new`, whatever it returns.
    void send_from(web::BodySource* source, std::uint64_t size) const;

 private:
    friend class web::Exchange;
    friend class Next;
    explicit Response(web::Exchange& exchange) noexcept;
    /// The same for `member`, which the program called on the connection's thread.
    [[nodiscard]] bool is_open(const char* member) const;
    [[nodiscard]] bool is_elsewhere() const noexcept;  // the connection's thread is another one
    const Response& post(Function<void(const Response&)> act) const;

    // While it lives, copies of a response that this thread makes are counted.
    struct CountOfCopies {
        explicit CountOfCopies(const Response& response) noexcept;
        CountOfCopies(const CountOfCopies&) = delete;
        CountOfCopies& operator=(const CountOfCopies&) = delete;
        ~CountOfCopies();
        web::Exchange* exchange;
    };
    void set_abort_handler(Function<void()> handler) const;
    void add_finish_handler(Function<void(const ResponseSummary&)> handler) const;

    web::Exchange* exchange_;
};

}  // namespace parley
