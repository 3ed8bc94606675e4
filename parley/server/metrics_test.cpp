// SPDX-License-Identifier: MIT
#include "parley/server/metrics.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "parley/server/metrics_table.hpp"

using namespace parley;
using namespace std::chrono_literals;

namespace {

std::string text_of(const Metrics& metrics) {
    std::string text;
    metrics.append_to(text);
    return text;
}

bool has_line(const std::string& text, const std::string& line) {
    return text.contains("\n" + line + "\n");
}

}  // namespace

TEST_CASE("what an observer hears of is counted, over all loops") {
    Metrics metrics;
    metrics.on_accepted(0);
    metrics.on_accepted(3);
    metrics.on_refused(1);
    metrics.on_request_done(0, {.method = "GET",
                                .target = "/",
                                .status = 200,
                                .bytes_received = 3,
                                .bytes_sent = 70,
                                .duration = 2ms,
                                .is_complete = true});
    metrics.on_request_done(1, {.status = 503, .duration = 40s});
    metrics.on_request_done(1, {.status = 0, .duration = 1ms});
    metrics.on_session_opened(0, engineio::Transport::polling);
    metrics.on_session_opened(1, engineio::Transport::websocket);
    metrics.on_session_upgraded(0);
    metrics.on_session_closed(1, DisconnectReason::ping_timeout);
    metrics.on_message_received(0, 10);
    metrics.on_message_sent(0, 20);
    metrics.on_message_sent(1, 1);
    metrics.on_broadcast(0, {.namespace_name = "/", .recipients = 7, .octets = 9});
    metrics.on_counted(2, ServerFact::volatile_dropped);
    metrics.on_websocket_opened(0);
    metrics.on_websocket_opened(0);
    metrics.on_websocket_closed(0, WebSocketCloseCause::slow_consumer);
    metrics.on_websocket_received(0, 5);
    metrics.on_websocket_sent(0, 6);
    metrics.on_websocket_broadcast(0, 2, 6);
    metrics.on_backlog(0, 100);
    metrics.on_shed(0);
    metrics.on_slow_turn(1, 300ms);
    const std::string text = text_of(metrics);
    for (const char* const line : {"parley_connections_accepted_total 2",
                                   "parley_connections_refused_total 1",
                                   "parley_http_requests_total{status=\"2xx\"} 1",
                                   "parley_http_requests_total{status=\"5xx\"} 1",
                                   "parley_http_requests_total{status=\"gone\"} 1",
                                   "parley_http_received_bytes_total 3",
                                   "parley_http_sent_bytes_total 70",
                                   "parley_http_request_duration_seconds_bucket{le=\"0.001\"} 1",
                                   "parley_http_request_duration_seconds_bucket{le=\"0.0025\"} 2",
                                   "parley_http_request_duration_seconds_bucket{le=\"30\"} 2",
                                   "parley_http_request_duration_seconds_bucket{le=\"+Inf\"} 3",
                                   "parley_http_request_duration_seconds_count 3",
                                   "parley_sessions 1",
                                   "parley_sessions_opened_total{transport=\"polling\"} 1",
                                   "parley_sessions_upgraded_total 1",
                                   "parley_sessions_closed_total{reason=\"ping timeout\"} 1",
                                   "parley_messages_received_total 1",
                                   "parley_received_bytes_total 10",
                                   "parley_messages_sent_total 2",
                                   "parley_sent_bytes_total 21",
                                   "parley_broadcasts_total 1",
                                   "parley_broadcast_recipients_total 7",
                                   "parley_facts_total{fact=\"volatile_dropped\"} 1",
                                   "parley_facts_total{fact=\"events_received\"} 0",
                                   "parley_websockets 1",
                                   "parley_websockets_closed_total{cause=\"slow_consumer\"} 1",
                                   "parley_websocket_received_bytes_total 5",
                                   "parley_websocket_sent_bytes_total 6",
                                   "parley_websocket_broadcast_recipients_total 2",
                                   "parley_backlogs_total 1",
                                   "parley_peers_shed_total 1",
                                   "parley_slow_turns_total 1"}) {
        CAPTURE(line);
        CHECK(has_line(text, line));
    }
}

TEST_CASE("each line is one that Prometheus reads, and each family is described once") {
    const std::string text = text_of(Metrics());
    std::set<std::string> families;
    std::string family;
    std::size_t samples = 0;
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = text.find('\n', at);
        REQUIRE(end != std::string::npos);
        const std::string line = text.substr(at, end - at);
        at = end + 1;
        if (line.starts_with("# HELP ")) {
            family = line.substr(7, line.find(' ', 7) - 7);
            CHECK(families.insert(family).second);
        } else if (line.starts_with("# TYPE ")) {
            CHECK(line.substr(7, family.size() + 1) == family + " ");
        } else {
            ++samples;
            CHECK(line.starts_with(family));
            CHECK(line.find_last_of(' ') != std::string::npos);
        }
    }
    CHECK(families.size() >= 30);
    CHECK(samples > families.size());
}

TEST_CASE("threads count for themselves, and nothing is lost while somebody reads") {
    Metrics metrics;
    {
        std::vector<std::jthread> threads;
        for (std::size_t loop = 0; loop < 3; ++loop)
            threads.emplace_back([&metrics, loop] {
                for (int i = 0; i < 10'000; ++i)
                    metrics.on_message_sent(loop, 2);
            });
        for (int i = 0; i < 20; ++i)
            CHECK(text_of(metrics).contains("parley_messages_sent_total "));
    }
    CHECK(has_line(text_of(metrics), "parley_messages_sent_total 30000"));
    CHECK(has_line(text_of(metrics), "parley_sent_bytes_total 60000"));
}

TEST_CASE("a loop that cannot be counts nothing") {
    server::detail::MetricsTable table;
    table.add(server::detail::MetricsTable::loops_max, 0);
    table.add(server::detail::MetricsTable::loops_max - 1, 0, 5);
    CHECK(table.sum(0) == 5);
}
