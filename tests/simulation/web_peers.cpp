// SPDX-License-Identifier: MIT
#include "tests/simulation/web_peers.hpp"

#include <charconv>
#include <utility>

#include "tests/support/web_site.hpp"

namespace parley::simulation {

using namespace std::chrono_literals;

void ConnectedActor::dial() {
    peer_ = &context_.network.connect(Context::port);
    ++number_;
    peer_->on_activity([this, number = number_] {
        if (number == number_ && peer_ != nullptr) handle_activity();
    });
}

bool ConnectedActor::hang_up() {
    net::SimulatedPeer* const peer = std::exchange(peer_, nullptr);
    ++number_;
    if (peer == nullptr) return false;
    const bool is_through = peer->unsent() == 0;
    switch (context_.is_calm ? 0 : context_.chance.below(4)) {
        case 0:
            peer->close();
            return is_through;
        case 1:
            peer->reset();
            return true;
        case 2:
            peer->stop_reading();
            return false;
        default:
            return false;
    }
}

// ---- HTTP

void HttpPeer::act() {
    Chance& chance = context_.chance;
    if (!is_connected()) {
        asked_.clear();
        is_sending_ = false;
        return dial();
    }
    if (chance.one_in(context_.swarm.vanishing)) {
        asked_.clear();
        return static_cast<void>(hang_up());
    }
    if (chance.one_in(context_.swarm.stops_reading)) return peer_->stop_reading();
    if (chance.one_in(5)) return peer_->resume_reading();
    if (is_sending_) return;
    const std::uint64_t times = chance.one_in(4) ? 1 + chance.below(30) : 1;
    for (std::uint64_t i = 0; i < times; ++i)
        ask(times == 1 && chance.one_in(3));
}

void HttpPeer::ask(bool slowly) {
    const std::uint64_t token = context_.ledger.next_token();
    const char* const path =
        context_.is_calm ? "/now/" : context_.chance.pick({"/now/", "/now/", "/later/", "/lost/", "/throw/", "/big/"});
    const bool posts = context_.chance.one_in(3);
    std::string target = path + std::to_string(token);
    std::string octets = write_request(
        posts ? "POST" : "GET", target,
        posts ? std::string(context_.chance.below(context_.wild(8) ? 6'000 : 2'000), 'b') : std::string());
    asked_.push_back(
        {token, !context_.is_calm && std::string_view(path) != "/now/" && std::string_view(path) != "/big/"});
    if (!slowly) return peer_->send(octets);
    const std::size_t cut = context_.chance.below(octets.size());
    peer_->send(octets.substr(0, cut));
    is_sending_ = true;
    context_.network.plan(context_.swarm.moment(context_.chance), [this, number = number_, rest = octets.substr(cut)] {
        if (number != number_ || peer_ == nullptr) return;
        is_sending_ = false;
        peer_->send(rest);
    });
}

void HttpPeer::handle_activity() {
    while (const auto answer = take_answer(peer_->received(), context_.report)) {
        // The server's own: 408, 413, 431, 503. What was pipelined behind is not answered.
        const bool closes = answer->head.find("\r\nConnection: close") != std::string::npos;
        const bool is_refusal = answer->status != 200 && answer->status != 500;
        note_status(answer->status);
        if (asked_.empty()) {
            if (!is_refusal) context_.report.violation(name(), " is answered without a question: ", answer->body);
        } else if (!is_refusal) {
            const Asked asked = asked_.front();
            asked_.pop_front();
            const std::string token = std::to_string(asked.token);
            if (answer->status == 200 && answer->body.substr(0, answer->body.find(' ')) != token)
                context_.report.violation(name(), " asked ", token, " and is answered ", answer->body);
            if (answer->status == 500 && !asked.may_fail) context_.report.violation(name(), " is answered 500");
            if (is_calm_asked_ && answer->status == 200) is_answered_ = true;
        }
        if (closes || is_refusal) {
            asked_.clear();
            return static_cast<void>(hang_up());
        }
    }
    if (peer_->is_closed()) {
        asked_.clear();
        hang_up();
    }
}

void HttpPeer::note_status(int status) {
    if (status == 408) context_.moments.note(Moment::answered_408);
    if (status == 413) context_.moments.note(Moment::answered_413);
    if (status == 500) context_.moments.note(Moment::answered_500);
    if (status == 503) context_.moments.note(Moment::answered_503);
}

// What was asked before is answered, too, or the connection ends.
void HttpPeer::calm_down() {
    if (is_connected() && !is_sending_) {
        peer_->resume_reading();
    } else {
        asked_.clear();
        hang_up();
    }
    be_calm();
}

void HttpPeer::be_calm() {
    if (context_.is_over) return;
    if (!is_connected()) {
        asked_.clear();
        dial();
    }
    is_sending_ = false;
    if (!is_answered_ && asked_.empty()) {
        ask(false);
        is_calm_asked_ = true;
    }
    if (is_answered_) hang_up();
    if (!is_answered_) context_.network.plan(500ms, [this] { be_calm(); });
}

std::string HttpPeer::complaint() const {
    return is_answered_ ? "" : name() + " is not answered";
}

// ---- WebSocket

void WebSocketPeer::open() {
    hang_up();
    dial();
    id_.clear();
    said_ = 0;
    is_up_ = is_closing_ = false;
    std::string octets = web::test::upgrade_request("/ws");
    if (context_.chance.one_in(4)) {
        octets += web::test::client_text(std::to_string(said_++));
        context_.moments.note(Moment::early_frame);
    }
    peer_->send(octets);
}

void WebSocketPeer::say() {
    std::string text = std::to_string(said_++);
    if (context_.chance.one_in(6)) text += " " + std::string(context_.chance.below(1'500), 'x');
    peer_->send(web::test::client_text(text));
}

void WebSocketPeer::act() {
    Chance& chance = context_.chance;
    if (!is_connected()) return open();
    if (!is_up_ || is_closing_) return;
    if (chance.one_in(context_.swarm.vanishing)) {
        if (chance.one_in(2)) return vanish();
        is_closing_ = true;
        return peer_->send(web::test::client_close(1000));
    }
    if (chance.one_in(context_.swarm.stops_reading)) return peer_->stop_reading();
    if (chance.one_in(6)) return peer_->resume_reading();
    const std::uint64_t times = chance.one_in(5) ? chance.below(200) : 1;
    for (std::uint64_t i = 0; i < times; ++i)
        say();
}

void WebSocketPeer::handle_activity() {
    const std::uint64_t number = number_;
    if (!is_up_) {
        const auto answer = take_answer(peer_->received(), context_.report);
        if (answer && answer->status != 101) return static_cast<void>(hang_up());
        is_up_ = answer.has_value();
    }
    while (is_up_ && number == number_) {
        const auto frame = take_frame(peer_->received(), context_.report);
        if (!frame) break;
        handle_frame(*frame);
    }
    if (number == number_ && peer_->is_closed()) hang_up();
}

void WebSocketPeer::handle_frame(const Frame& frame) {
    switch (frame.opcode) {
        case websocket::Opcode::text: {
            if (frame.payload.starts_with("id ")) {
                id_ = frame.payload.substr(3);
                return;
            }
            std::uint64_t token = 0;
            std::from_chars(frame.payload.data(), frame.payload.data() + frame.payload.size(), token);
            return context_.ledger.receive(id_, token);
        }
        case websocket::Opcode::ping:
            return peer_->send(web::test::client_frame(websocket::Opcode::pong, frame.payload));
        case websocket::Opcode::close:
            if (!is_closing_) peer_->send(web::test::client_frame(websocket::Opcode::close, frame.payload));
            return static_cast<void>(hang_up());
        default:
            return;
    }
}

// Soon the program knows.
void WebSocketPeer::vanish() {
    const std::string id = id_;
    if (!hang_up() || id.empty() || !context_.swarm.is_brisk()) return;
    context_.network.plan(Swarm::soon, [this, id] {
        if (!context_.is_over && context_.ledger.is_in(id))
            context_.report.violation(name(), " left long ago, and ", id, " is there");
    });
}

void WebSocketPeer::calm_down() {
    if (is_connected()) peer_->resume_reading();
    be_calm();
}

void WebSocketPeer::be_calm() {
    if (context_.is_over) return;
    if (!is_connected()) {
        open();
    } else if (is_up_ && !is_closing_) {
        say();
    }
    context_.network.plan(500ms, [this] { be_calm(); });
}

std::string WebSocketPeer::complaint() const {
    if (!is_connected() || id_.empty()) return name() + " is not connected";
    if (!context_.ledger.is_in(id_)) return name() + " is in, but the program does not know";
    if (said_ == 0 || context_.ledger.heard(id_) + 1 < said_) return name() + " is not heard";
    return context_.ledger.waiting(id_) > 0 ? name() + " does not receive what was said to it" : "";
}

// ---- malice

std::string Attacker::malice() {
    Chance& chance = context_.chance;
    const std::string polling = "/socket.io/?EIO=4&transport=polling";
    const std::string upgrade = web::test::upgrade_request("/socket.io/?EIO=4&transport=websocket");
    const auto garbage = [&](std::size_t longest) {
        std::string octets(chance.below(longest + 1), '\0');
        for (char& octet : octets)
            octet = static_cast<char>(chance.below(256));
        return octets;
    };
    switch (chance.below(15)) {
        case 0:
            return garbage(300);
        case 1:
            return "GET / HT";
        case 2:
            return "POST " + polling + " HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\nhalf";
        case 3: {
            std::string many;
            for (std::uint64_t i = chance.below(40); i > 0; --i)
                many += write_request("GET", polling);
            return many;
        }
        case 4:
            return upgrade + garbage(50);
        case 5:
            return upgrade + web::test::client_text("40") + web::test::client_text("45999-[\"x\"]");
        case 6:
            return upgrade + web::test::client_text("40") +
                   web::test::client_text("451-[\"x\",{\"_placeholder\":true}]");
        case 7:
            return upgrade + web::test::client_text("40").substr(0, 1 + chance.below(5));
        case 8:
            return upgrade + web::test::client_text("40") + web::test::client_text("42[\"ask\",null]");
        case 9:
            return upgrade + web::test::client_text("40") + web::test::client_text("42[");
        case 10:
            return upgrade + web::test::client_frame(websocket::Opcode::binary, garbage(200));
        case 11:
            return web::test::upgrade_request("/ws") + web::test::client_text("0") + web::test::client_close(1001) +
                   web::test::client_text("1");
        case 12:
            return upgrade + web::test::client_text("40") + web::test::client_text("9");
        case 13:
            return "POST /now/1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab";
        default:
            return {};  // and say nothing
    }
}

void Attacker::act() {
    if (!is_connected() || context_.chance.one_in(3)) {
        hang_up();
        dial();
        // Some come in crowds, and go as one.
        for (std::uint64_t more = context_.chance.one_in(4) ? context_.chance.below(6) : 0; more > 0; --more) {
            net::SimulatedPeer& peer = context_.network.connect(Context::port);
            peer.send(malice());
            context_.network.plan(context_.swarm.moment(context_.chance), [&peer, resets = context_.chance.one_in(2)] {
                resets ? peer.reset() : peer.close();
            });
        }
    }
    peer_->send(malice());
    if (context_.chance.one_in(4)) peer_->stop_reading();
    if (context_.chance.one_in(2)) {
        context_.network.plan(context_.swarm.moment(context_.chance), [this, number = number_] {
            if (number == number_) hang_up();
        });
    }
}

void Attacker::calm_down() {
    hang_up();
}

}  // namespace parley::simulation
