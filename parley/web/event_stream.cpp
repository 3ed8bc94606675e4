// SPDX-License-Identifier: MIT
#include "parley/web/event_stream.hpp"

#include <string>

#include "parley/web/exchange.hpp"

namespace parley {

EventStream::EventStream(Response response, const EventStreamOptions& options) : response_(std::move(response)) {
    if (!response_.is_open()) return;
    response_.set("Content-Type", "text/event-stream");
    if (response_.header("Cache-Control").empty()) response_.set("Cache-Control", "no-store");
    response_.set("X-Accel-Buffering", "no");  // for nginx, which would wait until much has come
    web::Exchange::of(response_).make_endless(":\n\n", options.heartbeat);
    std::string first;
    // A comment, so that what stands between passes on the head.
    if (options.retry && options.retry->count() >= 0) {
        first = "retry: " + std::to_string(options.retry->count()) + "\n\n";
    } else {
        first = ":\n\n";
    }
    response_.write(first);
}

Done EventStream::send(const ServerSentEvent& event) const {
    if (!response_.is_open()) return Done(false);
    std::string text;
    if (!http::append_event(text, event)) return Done(false);
    if (response_.write(text)) return Done(true);
    // It comes back, and says what it has.
    if (response_.is_open()) web::Exchange::of(response_).cut_slow_reader();
    return Done(false);
}

void EventStream::close() const {
    response_.end();
}

}  // namespace parley
