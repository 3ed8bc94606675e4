// SPDX-License-Identifier: MIT
#include "parley/http/event_stream.hpp"

#include <cstddef>

namespace parley::http {
namespace {

constexpr std::string_view line_ends{"\r\n"};

bool is_one_line(std::string_view text) {
    return text.find_first_of(line_ends) == std::string_view::npos;
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\n");
}

// The page puts the lines together again, with LF between.
void append_data(std::string& out, std::string_view data) {
    for (;;) {
        const std::size_t end = data.find_first_of(line_ends);
        append_field(out, "data", data.substr(0, end));
        if (end == std::string_view::npos) return;
        data.remove_prefix(end + (data.substr(end).starts_with("\r\n") ? 2 : 1));
    }
}

}  // namespace

bool append_event(std::string& out, const ServerSentEvent& event) {
    const bool is_id = is_one_line(event.id) && event.id.find('\0') == std::string_view::npos;
    if (!is_one_line(event.event) || !is_id) return false;
    if (event.retry && *event.retry < std::chrono::milliseconds(0)) return false;
    if (!event.event.empty()) append_field(out, "event", event.event);
    if (!event.id.empty()) append_field(out, "id", event.id);
    if (event.retry) append_field(out, "retry", std::to_string(event.retry->count()));
    append_data(out, event.data);
    out.push_back('\n');
    return true;
}

bool append_event_comment(std::string& out, std::string_view text) {
    if (!is_one_line(text)) return false;
    out.append(": ").append(text).append("\n\n");
    return true;
}

}  // namespace parley::http
