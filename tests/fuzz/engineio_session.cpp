// SPDX-License-Identifier: MIT
// One Engine.IO session under everything that peer, program and time can do to it: it ends once and for all, says
// nothing afterwards, and every answer is a payload that can be read.
#include "parley/engineio/session.hpp"

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "parley/engineio/payload.hpp"
#include "tests/fuzz/support/input.hpp"

using namespace parley;
using namespace std::chrono_literals;
using engineio::Session;
using engineio::SessionEvent;
using engineio::Transport;
using fuzz::require;

namespace {

engineio::Options options_of(std::uint8_t choice) {
    engineio::Options options;
    if ((choice & 1) != 0) options.queue_bytes_max = 64;
    if ((choice & 2) != 0) options.packets_per_turn = 2;
    if ((choice & 4) != 0) options.allow_upgrades = false;
    return options;
}

// The engine around a session: it keeps the session's contract, whatever the input asks for.
class Driver {
 public:
    Driver(std::uint8_t choice, Transport transport)
        : options_(options_of(choice)), session_(options_, "SID", transport, now_) {
        send("0" + session_.opening());
        drain();
    }

    void step(fuzz::Input& input) {
        switch (input.octet() % 18) {
            case 0:
            case 1:
                poll();
                break;
            case 2:
                if (session_.is_poll_pending()) session_.receive_poll_aborted(now_);
                break;
            case 3:
            case 4:
                post(input.text());
                break;
            case 5:
                if (session_.is_post_pending()) session_.resume_post(now_);
                break;
            case 6:
                if (session_.transport() == Transport::polling) session_.receive_invalid_post(now_);
                break;
            case 7:
                frame(input.text(), false);
                break;
            case 8:
                frame(input.text(), true);
                break;
            case 9:
                leave(input.octet());
                break;
            case 10:
                if (!probes_ && session_.receive_upgrade(now_)) probes_ = true;
                break;
            case 11:
                probe(input);
                break;
            case 12:
                lose_probe();
                break;
            case 13:
                say(input.octet());
                break;
            case 14:
                session_.close(input.flag(), now_);
                break;
            case 16:
                session_.abandon(now_);
                break;
            case 17:
                waiting_.clear();
                session_.drop_waiting({parley::engineio::CloseReason::slow_consumer, "memory is short"}, now_);
                break;
            default:
                pass(std::chrono::milliseconds(input.octet() * 200));
                break;
        }
        drain();
    }

    // Without a word from anybody it ends, and the last pending poll is answered.
    void finish() {
        while (session_.is_post_pending()) {
            session_.resume_post(now_);
            drain();
        }
        pass(10min);
        require(is_closed_ && !session_.is_open(), "silence ends a session");
        require(session_.is_finished(), "and what waits is answered");
        require(session_.next_deadline() == no_deadline, "nothing is due any more");
        require(!session_.receive_poll(now_) && !session_.receive_upgrade(now_), "nobody finds it again");
    }

 private:
    void poll() {
        if (session_.transport() != Transport::polling && !session_.is_poll_pending()) return;
        const bool was_pending = session_.is_poll_pending();
        const bool is_taken = session_.receive_poll(now_);
        require(is_taken || was_pending || session_.is_finished(), "only an overlap is refused");
    }

    void post(std::string_view body) {
        bodies_.emplace_back(body);
        const bool was_pending = session_.is_post_pending();
        const bool is_taken = session_.receive_post(bodies_.back(), now_);
        require(is_taken || was_pending || is_closed_, "only an overlap is refused");
    }

    void frame(std::string_view data, bool is_binary) {
        if (session_.transport() != Transport::websocket || is_closed_) return;
        session_.receive_frame(data, is_binary, now_);
    }

    void leave(std::uint8_t how) {
        if (session_.transport() != Transport::websocket) return;
        const auto reason =
            (how & 1) != 0 ? engineio::CloseReason::transport_close : engineio::CloseReason::transport_error;
        session_.receive_websocket_closed(reason, "gone", now_);
    }

    void probe(fuzz::Input& input) {
        if (!probes_) return;
        const std::string_view data = input.text();
        session_.receive_probe_frame(data, input.flag(), now_);
    }

    void lose_probe() {
        if (!probes_) return;
        probes_ = false;
        session_.receive_probe_closed();
    }

    void say(std::uint8_t what) {
        if ((what & 2) != 0 && session_.route() == Session::Route::queue) return session_.receive_overflow(now_);
        send((what & 1) != 0 ? "4text" : "bAQID");
    }

    void send(std::string_view record) {
        if (session_.route() != Session::Route::queue) return;
        if (!waiting_.empty()) waiting_ += engineio::record_separator;
        waiting_ += record;
        session_.set_waiting(true);
    }

    void pass(Duration duration) {
        const TimePoint end = now_ + duration;
        while (session_.next_deadline() <= end) {
            require(session_.next_deadline() >= now_ - 1ms, "no deadline stays behind");
            now_ = std::max(now_, session_.next_deadline());
            session_.handle_deadline(now_);
            drain();
        }
        now_ = end;
    }

    void drain() {
        while (const std::optional<SessionEvent> event = session_.next_event())
            note(*event);
        if (!session_.is_poll_answer_due()) return;
        std::string payload;
        if (session_.transport() == Transport::polling) payload = std::exchange(waiting_, {});
        const std::string_view ending = session_.answer_poll();
        if (!payload.empty() && !ending.empty()) payload += engineio::record_separator;
        check_payload(payload.append(ending));
        require(!session_.is_poll_pending(), "an answer answers the poll");
    }

    void note(const SessionEvent& event) {
        require(!is_closed_ || event.kind != SessionEvent::Kind::message_received, "no message behind the end");
        if (event.kind == SessionEvent::Kind::closed) {
            require(!is_closed_, "the end is told once");
            require(!engineio::to_string(event.closed.reason).empty(), "with its reason");
            is_closed_ = true;
        }
        if (event.kind == SessionEvent::Kind::ping_due) {
            require(session_.is_open(), "who is closed is asked for no pong");
            send("2");
        }
        if (event.kind == SessionEvent::Kind::upgraded) {
            waiting_.clear();
            session_.set_waiting(false);
        }
        if (event.kind == SessionEvent::Kind::probe_failed || event.kind == SessionEvent::Kind::upgraded) {
            probes_ = false;
            require(event.kind != SessionEvent::Kind::upgraded || session_.transport() == Transport::websocket,
                    "an upgrade changes the transport");
        }
    }

    static void check_payload(std::string_view payload) {
        engineio::PayloadReader reader(payload);
        while (!reader.done()) {
            engineio::Packet packet;
            require(reader.next(packet), "every answer is a payload of packets");
        }
    }

    TimePoint now_{1h};
    engineio::Options options_;
    Session session_;
    std::string waiting_;  // for a poll
    std::deque<std::string> bodies_;
    bool is_closed_ = false;
    bool probes_ = false;  // a WebSocket tries to take the session over
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::Input input(data, size);
    const std::uint8_t choice = input.octet();
    Driver driver(choice, (choice & 8) != 0 ? Transport::websocket : Transport::polling);
    for (int steps = 0; !input.empty() && steps < 500; ++steps)
        driver.step(input);
    driver.finish();
    return 0;
}
