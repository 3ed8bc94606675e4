// SPDX-License-Identifier: MIT
#include "parley/server/metrics.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "parley/json.hpp"
#include "parley/server/metrics_table.hpp"

namespace parley {

namespace {

using server::detail::append_family;
using server::detail::append_sample;
using server::detail::MetricsTable;

constexpr std::size_t facts = static_cast<std::size_t>(ServerFact::request_refused) + 1;
constexpr std::size_t close_causes = static_cast<std::size_t>(WebSocketCloseCause::connection_lost) + 1;
constexpr std::size_t disconnect_reasons = static_cast<std::size_t>(DisconnectReason::slow_consumer) + 1;

// Seconds; a poll that waits for something to say is a request, too.
constexpr std::array duration_bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                        0.25,  0.5,    1.0,   2.5,  5.0,   10.0, 30.0};

/// The places in the table; where there are several of a kind, the first of them. Behind messages stand their octets,
/// and behind broadcasts their recipients.
enum Number : std::size_t {
    accepted,
    refused,
    request_octets_received,
    request_octets_sent,
    request_microseconds,
    requests_of_status,  // of 0 (gone before there was one), and of each hundred
    requests_within = requests_of_status + 6,
    websockets_opened = requests_within + duration_bounds.size() + 1,
    websockets_closed,
    websocket_received = websockets_closed + close_causes,
    websocket_octets_received,
    websocket_sent,
    websocket_octets_sent,
    websocket_broadcasts,
    websocket_recipients,
    backlogs,
    shed,
    slow_turns,
    slow_turn_microseconds,
    sessions_polling,
    sessions_websocket,
    sessions_upgraded,
    sessions_closed,
    messages_received = sessions_closed + disconnect_reasons,
    octets_received,
    messages_sent,
    octets_sent,
    broadcasts,
    broadcast_recipients,
    counted,
    numbers = counted + facts
};
static_assert(numbers <= MetricsTable::numbers_max);

std::string_view to_word(WebSocketCloseCause cause) {
    switch (cause) {
        case WebSocketCloseCause::closed_by_peer:
            return "closed_by_peer";
        case WebSocketCloseCause::closed_by_us:
            return "closed_by_us";
        case WebSocketCloseCause::protocol_error:
            return "protocol_error";
        case WebSocketCloseCause::slow_consumer:
            return "slow_consumer";
        case WebSocketCloseCause::timed_out:
            return "timed_out";
        case WebSocketCloseCause::connection_lost:
            return "connection_lost";
    }
    return {};
}

std::uint64_t microseconds(Duration time) {
    const auto count = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
    return static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0));
}

/// Writes what is in a table.
class Page {
 public:
    Page(const MetricsTable& table, std::string& text) : table_(table), text_(text) {}

    void counter(std::string_view name, std::string_view help, std::size_t number) {
        append_family(text_, {name, "counter", help});
        sample(name, {}, number);
    }
    void family(std::string_view name, std::string_view type, std::string_view help) {
        append_family(text_, {name, type, help});
    }
    void sample(std::string_view name, std::string_view labels, std::size_t number) {
        append_sample(text_, name, labels, value(number));
    }
    void sample_of(std::string_view name, const char* label, std::string_view word, std::size_t number) {
        sample(name, std::string(label) + "=\"" + std::string(word) + "\"", number);
    }
    /// What there is now: so many came, and so many went.
    void present(std::string_view name, std::string_view help, double number) {
        append_family(text_, {name, "gauge", help});
        append_sample(text_, name, {}, std::max(number, 0.0));  // the two are not read at one moment
    }
    [[nodiscard]] double value(std::size_t number) const { return static_cast<double>(table_.sum(number)); }
    [[nodiscard]] double values(std::size_t first, std::size_t count) const {
        double all = 0;
        for (std::size_t i = 0; i < count; ++i)
            all += value(first + i);
        return all;
    }
    [[nodiscard]] std::string& text() { return text_; }

 private:
    const MetricsTable& table_;
    std::string& text_;
};

void append_requests(Page& page) {
    page.counter("parley_connections_accepted_total", "Connections that were accepted.", accepted);
    page.counter("parley_connections_refused_total", "Connections that were answered 503.", refused);
    page.family("parley_http_requests_total", "counter", "Requests that are over, by the hundred of their status.");
    constexpr std::array<std::string_view, 6> statuses = {"gone", "1xx", "2xx", "3xx", "4xx", "5xx"};
    for (std::size_t i = 0; i < statuses.size(); ++i)
        page.sample_of("parley_http_requests_total", "status", statuses[i], requests_of_status + i);
    page.counter("parley_http_received_bytes_total", "Octets of the bodies of requests.", request_octets_received);
    page.counter("parley_http_sent_bytes_total", "Octets of the bodies of answers.", request_octets_sent);

    constexpr std::string_view name = "parley_http_request_duration_seconds";
    page.family(name, "histogram", "How long requests took, polls that waited among them.");
    double all = 0;
    for (std::size_t i = 0; i <= duration_bounds.size(); ++i) {
        all += page.value(requests_within + i);
        const std::string bound = i < duration_bounds.size() ? to_json(duration_bounds[i]) : "+Inf";
        append_sample(page.text(), std::string(name) + "_bucket", "le=\"" + bound + "\"", all);
    }
    append_sample(page.text(), std::string(name) + "_sum", {}, page.value(request_microseconds) / 1e6);
    append_sample(page.text(), std::string(name) + "_count", {}, all);
}

void append_websockets(Page& page) {
    page.present("parley_websockets", "Plain WebSockets that are open.",
                 page.value(websockets_opened) - page.values(websockets_closed, close_causes));
    page.counter("parley_websockets_opened_total", "Plain WebSockets that were opened.", websockets_opened);
    page.family("parley_websockets_closed_total", "counter", "Plain WebSockets that ended, by why.");
    for (std::size_t i = 0; i < close_causes; ++i)
        page.sample_of("parley_websockets_closed_total", "cause", to_word(static_cast<WebSocketCloseCause>(i)),
                       websockets_closed + i);
    page.counter("parley_websocket_messages_received_total", "Messages on plain WebSockets.", websocket_received);
    page.counter("parley_websocket_received_bytes_total", "Their octets.", websocket_octets_received);
    page.counter("parley_websocket_messages_sent_total", "Messages to plain WebSockets.", websocket_sent);
    page.counter("parley_websocket_sent_bytes_total", "Their octets.", websocket_octets_sent);
    page.counter("parley_websocket_broadcasts_total", "Messages to all of them, on each loop.", websocket_broadcasts);
    page.counter("parley_websocket_broadcast_recipients_total", "To whom these went.", websocket_recipients);
    page.counter("parley_backlogs_total", "Sends to a WebSocket that had not taken what was sent before.", backlogs);
    page.counter("parley_peers_shed_total", "Peers that were ended because memory_max was near.", shed);
    page.counter("parley_slow_turns_total", "Turns of loops that took longer than slow_turn.", slow_turns);
    page.family("parley_slow_turns_seconds_total", "counter", "How long these took.");
    append_sample(page.text(), "parley_slow_turns_seconds_total", {}, page.value(slow_turn_microseconds) / 1e6);
}

void append_sessions(Page& page) {
    page.present("parley_sessions", "Sessions of Socket.IO clients that are open.",
                 page.values(sessions_polling, 2) - page.values(sessions_closed, disconnect_reasons));
    page.family("parley_sessions_opened_total", "counter", "Sessions that were opened, by their first transport.");
    page.sample_of("parley_sessions_opened_total", "transport", "polling", sessions_polling);
    page.sample_of("parley_sessions_opened_total", "transport", "websocket", sessions_websocket);
    page.counter("parley_sessions_upgraded_total", "Sessions that went from polling to a WebSocket.",
                 sessions_upgraded);
    page.family("parley_sessions_closed_total", "counter", "Sessions that ended, by why.");
    for (std::size_t i = 0; i < disconnect_reasons; ++i)
        page.sample_of("parley_sessions_closed_total", "reason", to_string(static_cast<DisconnectReason>(i)),
                       sessions_closed + i);
    page.counter("parley_messages_received_total", "Messages of Engine.IO that came in.", messages_received);
    page.counter("parley_received_bytes_total", "Their octets.", octets_received);
    page.counter("parley_messages_sent_total", "Messages of Engine.IO that went out.", messages_sent);
    page.counter("parley_sent_bytes_total", "Their octets.", octets_sent);
    page.counter("parley_broadcasts_total", "Events to several sockets, on each loop that had any.", broadcasts);
    page.counter("parley_broadcast_recipients_total", "For whom these were.", broadcast_recipients);
    page.family("parley_facts_total", "counter", "What ServerCounters count: events, failures, refusals, drops.");
    for (std::size_t i = 0; i < facts; ++i)
        page.sample_of("parley_facts_total", "fact", to_string(static_cast<ServerFact>(i)), counted + i);
}

}  // namespace

Metrics::Metrics() : table_(std::make_unique<MetricsTable>()) {}
Metrics::~Metrics() = default;

void Metrics::append_to(std::string& text) const {
    Page page(*table_, text);
    append_requests(page);
    append_websockets(page);
    append_sessions(page);
}

void Metrics::on_accepted(std::size_t loop) {
    table_->add(loop, accepted);
}

void Metrics::on_refused(std::size_t loop) {
    table_->add(loop, refused);
}

void Metrics::on_request_done(std::size_t loop, const RequestSummary& request) {
    const auto hundred = static_cast<std::size_t>(std::clamp(request.status / 100, 0, 5));
    table_->add(loop, requests_of_status + hundred);
    table_->add(loop, request_octets_received, request.bytes_received);
    table_->add(loop, request_octets_sent, request.bytes_sent);
    table_->add(loop, request_microseconds, microseconds(request.duration));
    const double seconds = std::chrono::duration<double>(request.duration).count();
    const auto bound = std::ranges::lower_bound(duration_bounds, seconds);
    table_->add(loop, requests_within + static_cast<std::size_t>(bound - duration_bounds.begin()));
}

void Metrics::on_websocket_opened(std::size_t loop) {
    table_->add(loop, websockets_opened);
}

void Metrics::on_websocket_closed(std::size_t loop, WebSocketCloseCause cause) {
    table_->add(loop, websockets_closed + static_cast<std::size_t>(cause));
}

void Metrics::on_websocket_received(std::size_t loop, std::size_t octets) {
    table_->add_one_of(loop, websocket_received, octets);  // and of their octets
}

void Metrics::on_websocket_sent(std::size_t loop, std::size_t octets) {
    table_->add_one_of(loop, websocket_sent, octets);  // and of their octets
}

void Metrics::on_websocket_broadcast(std::size_t loop, std::size_t recipients, std::size_t /*octets*/) {
    table_->add_one_of(loop, websocket_broadcasts, recipients);
}

void Metrics::on_backlog(std::size_t loop, std::size_t /*octets*/) {
    table_->add(loop, backlogs);
}

void Metrics::on_shed(std::size_t loop) {
    table_->add(loop, shed);
}

void Metrics::on_slow_turn(std::size_t loop, Duration took) {
    table_->add(loop, slow_turns);
    table_->add(loop, slow_turn_microseconds, microseconds(took));
}

void Metrics::on_session_opened(std::size_t loop, engineio::Transport transport) {
    table_->add(loop, transport == engineio::Transport::polling ? sessions_polling : sessions_websocket);
}

void Metrics::on_session_upgraded(std::size_t loop) {
    table_->add(loop, sessions_upgraded);
}

void Metrics::on_session_closed(std::size_t loop, DisconnectReason cause) {
    table_->add(loop, sessions_closed + static_cast<std::size_t>(cause));
}

void Metrics::on_message_received(std::size_t loop, std::size_t octets) {
    table_->add_one_of(loop, messages_received, octets);  // and of their octets
}

void Metrics::on_message_sent(std::size_t loop, std::size_t octets) {
    table_->add_one_of(loop, messages_sent, octets);  // and of their octets
}

void Metrics::on_broadcast(std::size_t loop, const BroadcastSummary& broadcast) {
    table_->add_one_of(loop, broadcasts, broadcast.recipients);
}

void Metrics::on_counted(std::size_t loop, ServerFact fact) {
    table_->add(loop, counted + static_cast<std::size_t>(fact));
}

}  // namespace parley
