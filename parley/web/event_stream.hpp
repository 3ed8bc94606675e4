// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "parley/base/done.hpp"
#include "parley/base/octets.hpp"
#include "parley/base/time_of.hpp"
#include "parley/http/event_stream.hpp"
#include "parley/json/codec.hpp"
#include "parley/web/request.hpp"
#include "parley/web/response.hpp"

namespace parley {

using http::ServerSentEvent;

/// What can be chosen about a stream of events.
struct EventStreamOptions {
    /// How often a comment is sent when nothing else is, so that no proxy takes the connection for a dead one. 0:
    /// never.
    Milliseconds heartbeat{15'000};
    /// How long a page waits before it reconnects; the browser's own time unless told.
    std::optional<std::chrono::milliseconds> retry = {};
};

/// An answer that goes on: server-sent events, which a page reads with `new EventSource("/prices")` (HTML §9.2).
///
///     app.get("/prices", [&](parley::Request& request, parley::Response response) {
///         parley::EventStream events(response);
///         events.send("welcome");
///         readers.push_back(events);
///     });
///
/// A small handle to copy anywhere: it cannot dangle. It is open until `close`, until the peer goes away, the
/// application stops, or the last copy of it (and of the `Response`) goes away; a browser then reconnects by itself,
/// unless it is answered 204. A peer that does not take what is sent is cut off when `answer_bytes_waiting_max` waits
/// for it: it comes back and says in `last_event_id` what it has. Of the application's thread; copies may be dropped on
/// any.
class EventStream {
 public:
    /// Answers `response` with a stream: 200 unless told otherwise, `text/event-stream`, kept by no cache.
    explicit EventStream(Response response, const EventStreamOptions& options = {});

    /// Sends an event: its data, or with a name, an id and a time to reconnect. False once it is closed, and for a name
    /// or id with the end of a line in it.
    Done send(TextView data) const { return send(ServerSentEvent{.data = data}); }
    Done send(const ServerSentEvent& event) const;
    /// The same with a value as JSON, under a name if there is one.
    template <typename T>
    Done send_json(const T& value, TextView event = {}) const {
        const auto text = to_json(value);
        return send(ServerSentEvent{.data = text, .event = event});
    }

    /// Ends the stream.
    void close() const;
    [[nodiscard]] bool is_open() const { return response_.is_open(); }
    /// Calls `handler` once if the peer goes away or the application stops; replaces an earlier one. For copies of this
    /// that it owns see `Response::on_abort`.
    template <typename Handler>
    void on_close(Handler&& handler) const {
        response_.on_abort(std::forward<Handler>(handler));
    }

    /// The id of the last event that this browser has, when it reconnects; empty the first time.
    [[nodiscard]] static std::string_view last_event_id(const Request& request) {
        return request.header("Last-Event-ID");
    }

 private:
    Response response_;
};

}  // namespace parley
