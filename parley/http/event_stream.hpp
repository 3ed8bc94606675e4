// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace parley::http {

/// One event of a stream of server-sent events (HTML §9.2), which a page reads with an EventSource.
struct ServerSentEvent {
    std::string_view data{};   ///< text of any number of lines, each ended by LF, CR or both
    std::string_view event{};  ///< what the page listens for; empty: `message`
    std::string_view id{};     ///< comes back as `Last-Event-ID` when the page reconnects; empty: as before
    std::optional<std::chrono::milliseconds> retry{};  ///< how long the page waits before it reconnects, from now on
};

/// Appends `event` in the form in which it is sent. False, and nothing is appended, for an event or id with the end of
/// a line in it, an id with a zero, or a negative time.
bool append_event(std::string& out, const ServerSentEvent& event);

/// Appends a line that pages do not see, as a sign of life. False for a text with the end of a line in it.
bool append_event_comment(std::string& out, std::string_view text);

}  // namespace parley::http
