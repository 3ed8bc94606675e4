// SPDX-License-Identifier: MIT
#pragma once

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "parley/engineio/payload.hpp"
#include "parley/engineio/session.hpp"

namespace parley::engineio::test {

using namespace std::chrono_literals;

using Words = std::vector<std::string>;

inline constexpr TimePoint start = TimePoint(1h);
inline constexpr std::string_view open_polling =
    R"(0{"sid":"SID","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})";

// A session and what its driver would have done so far, in words.
struct Driver {
    explicit Driver(Transport transport = Transport::polling, Options chosen = {})
        : options(chosen), session(options, "SID", transport, start) {
        if (transport != Transport::polling) return;
        enqueue("0" + session.opening());
        REQUIRE(session.receive_poll(now));
        CHECK(answer() == open_polling);
    }

    // Drains the events.
    Words events() {
        Words words;
        while (const std::optional<SessionEvent> event = session.next_event()) {
            switch (event->kind) {
                case SessionEvent::Kind::message_received:
                    words.push_back((event->message.is_binary ? "binary " : "text ") +
                                    std::string(event->message.data));
                    break;
                case SessionEvent::Kind::probe_received:
                    words.emplace_back("probe received");
                    break;
                case SessionEvent::Kind::probe_failed:
                    words.emplace_back("probe failed");
                    break;
                case SessionEvent::Kind::upgraded:
                    words.emplace_back("upgraded");
                    break;
                case SessionEvent::Kind::ping_due:
                    enqueue("2");
                    break;
                case SessionEvent::Kind::closed:
                    words.push_back("closed: " + std::string(to_string(event->closed.reason)));
                    break;
            }
        }
        return words;
    }

    std::string event() {
        const Words words = events();
        CHECK(words.size() <= 1);
        return words.empty() ? "" : words.front();
    }

    // What is sent: it waits here for a poll, or counts as what the WebSocket was given.
    void enqueue(std::string_view records) {
        if (session.route() == Session::Route::nowhere) return;
        if (!waiting.empty()) waiting += record_separator;
        waiting += records;
        session.set_waiting(session.route() == Session::Route::queue);
    }

    // What the WebSocket was given since.
    std::string take_payload() {
        if (session.transport() == Transport::polling) return {};
        session.set_waiting(false);
        return std::exchange(waiting, {});
    }

    // The answer to the pending poll at the end of the turn; "-" when it goes on waiting.
    std::string answer() {
        if (!session.is_poll_answer_due()) return "-";
        std::string payload;
        if (session.transport() == Transport::polling) payload = std::exchange(waiting, {});
        const std::string_view ending = session.answer_poll();
        if (!payload.empty() && !ending.empty()) payload += record_separator;
        return payload.append(ending);
    }

    std::string poll() {
        if (!session.receive_poll(now)) return "refused";
        return answer();
    }

    // One POST that is handled to its end, over as many turns as it needs.
    Words post(std::string_view body) {
        if (!session.receive_post(body, now)) return {"refused"};
        Words words = events();
        while (session.is_post_pending()) {
            session.resume_post(now);
            for (std::string& word : events())
                words.push_back(std::move(word));
        }
        return words;
    }

    std::string frame(std::string_view data, bool is_binary = false) {
        session.receive_frame(data, is_binary, now);
        return event();
    }

    std::string probe(std::string_view data, bool is_binary = false) {
        session.receive_probe_frame(data, is_binary, now);
        return event();
    }

    // Lets time pass as the driver's timer would.
    Words pass(Duration duration) {
        const TimePoint end = now + duration;
        Words words;
        while (session.next_deadline() <= end) {
            now = session.next_deadline();
            session.handle_deadline(now);
            for (std::string& word : events())
                words.push_back(std::move(word));
        }
        now = end;
        return words;
    }

    void upgrade() {
        REQUIRE(session.receive_upgrade(now));
        CHECK(probe("2probe") == "probe received");
        CHECK(probe("5") == "upgraded");
    }

    TimePoint now = start;
    Options options;
    Session session;
    std::string waiting;
};

}  // namespace parley::engineio::test
