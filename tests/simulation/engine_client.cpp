// SPDX-License-Identifier: MIT
#include "tests/simulation/engine_client.hpp"

#include <algorithm>
#include <utility>

#include "tests/support/web_site.hpp"

namespace parley::simulation {

namespace {

constexpr char separator = '\x1e';

}  // namespace

std::string EngineClient::target(std::string_view transport) const {
    std::string target = "/socket.io/?EIO=4&transport=" + std::string(transport);
    if (!sid_.empty()) target += "&sid=" + sid_;
    return target;
}

void EngineClient::connect(Way way) {
    reset_state();
    way_ = way;
    is_connecting_ = true;
    is_mute_ = context_.wild(20);
    last_heard_ = context_.network.now();
    context_.report.note(name_, " connects by ", static_cast<int>(way));
    if (way == Way::websocket) {
        dial(socket_);
        request(socket_, web::test::upgrade_request(target("websocket")));
    } else {
        request(get_, write_request("GET", target("polling")));
    }
    watch();
}

void EngineClient::reset_state() {
    ++life_;
    for (Lane* lane : {&get_, &post_, &socket_})
        *lane = {};
    sid_.clear();
    outgoing_.clear();
    is_connecting_ = is_open_ = is_on_websocket_ = is_socket_up_ = is_probing_ = is_upgrading_ = false;
}

// A client does not wait for ever for a server that says nothing.
void EngineClient::watch() {
    const Duration patience = context_.swarm.ping_interval + context_.swarm.ping_timeout + std::chrono::seconds(20);
    context_.network.plan(patience / 4, [this, life = life_, patience] {
        if (life != life_ || context_.is_over) return;
        if (context_.network.now() - last_heard_ < patience) return watch();
        if (context_.is_calm && (get_.is_busy || is_on_websocket_))
            context_.report.violation(name_, " hears nothing from its server");
        gone("silence");
    });
}

// ---- connections

void EngineClient::dial(Lane& lane) {
    lane.peer = &context_.network.connect(Context::port);
    lane.number = ++connections_;
    lane.is_busy = false;
    lane.peer->on_activity([this, &lane, life = life_, number = lane.number] {
        if (life == life_ && number == lane.number) handle_activity(lane);
    });
}

void EngineClient::drop(Lane& lane) {
    if (lane.peer != nullptr) lane.peer->close();
    lane = {};
}

void EngineClient::request(Lane& lane, std::string_view octets) {
    const bool is_usable = lane.peer != nullptr && !lane.peer->is_closed();
    if (!is_usable || (&lane != &socket_ && context_.chance.one_in(10))) {
        drop(lane);
        dial(lane);
    }
    lane.is_busy = true;
    context_.report.note(name_, " asks ", octets.substr(0, octets.find('\r')), " on ", lane.number);
    lane.peer->send(octets);
}

void EngineClient::handle_activity(Lane& lane) {
    last_heard_ = context_.network.now();
    if (&lane == &socket_ && is_socket_up_) return handle_frames();
    if (lane.is_busy) {
        if (const auto answer = take_answer(lane.peer->received(), context_.report)) {
            lane.is_busy = false;
            context_.report.note(name_, " is answered ", answer->status, " ", answer->body.substr(0, 60), " on ",
                                 lane.number);
            return &lane == &socket_ ? handle_websocket_answer(*answer) : handle_answer(lane, *answer);
        }
        if (!lane.peer->is_closed()) return;
        // A kept connection may close while the next request is on its way: that one is asked again, as browsers do.
        if (&lane == &socket_) return lose_websocket();
        return gone("a request was not answered");
    }
    if (lane.peer->is_closed()) drop(lane);
}

// ---- polling

void EngineClient::poll() {
    if (get_.is_busy || is_on_websocket_ || is_upgrading_) return;
    request(get_, write_request("GET", target("polling")));
}

void EngineClient::flush() {
    if (!is_open_ || outgoing_.empty() || is_upgrading_) return;
    if (is_on_websocket_) {
        for (const std::string& packet : std::exchange(outgoing_, {}))
            write(websocket::Opcode::text, packet);
        return;
    }
    if (post_.is_busy) return;
    const std::size_t payload_bytes_max = context_.swarm.message_bytes_max - 200;
    std::string body = std::move(outgoing_.front());
    outgoing_.pop_front();
    while (!outgoing_.empty() && body.size() + 1 + outgoing_.front().size() <= payload_bytes_max) {
        body += separator + outgoing_.front();
        outgoing_.pop_front();
    }
    const auto windows = static_cast<int>(body.size() / context_.swarm.network.window_bytes);
    request(post_, write_request("POST", target("polling"), body));
    expect_answer(Swarm::soon + (2 + 2 * windows) * context_.swarm.network.delay_max);
}

// A POST is answered when its packets are read, whatever comes of them.
void EngineClient::expect_answer(Duration within) {
    ++posts_;
    if (!context_.swarm.is_open_to_all()) return;
    context_.network.plan(within, [this, life = life_, number = posts_] {
        if (life == life_ && number == posts_ && post_.is_busy && !context_.is_over && !post_.peer->is_closed())
            context_.report.violation(name_, " posted long ago and is not answered");
    });
}

void EngineClient::handle_answer(Lane& lane, const HttpAnswer& answer) {
    if (answer.status != 200) return gone("status " + std::to_string(answer.status));
    if (answer.head.find("\r\nConnection: close") != std::string::npos) drop(lane);
    const std::uint64_t life = life_;
    if (&lane == &get_) {
        handle_payload(answer.body);
        if (life != life_ || !is_open_) return;
        if (context_.wild(10)) {
            context_.network.plan(context_.swarm.moment(context_.chance), [this, life] {
                if (life == life_) poll();
            });
        } else {
            poll();
        }
    } else if (answer.body != "ok") {
        context_.report.violation(name_, " posts and is answered ", answer.body);
    }
    go_on_upgrading();
    flush();
}

void EngineClient::handle_payload(std::string_view payload) {
    const std::uint64_t life = life_;
    while (life == life_) {
        const std::size_t end = payload.find(separator);
        handle_packet(payload.substr(0, end));
        if (end == std::string_view::npos) return;
        payload.remove_prefix(end + 1);
    }
}

void EngineClient::handle_packet(std::string_view packet) {
    if (packet.empty()) return context_.report.violation(name_, " gets an empty packet");
    switch (packet.front()) {
        case '0':
            return handle_open(packet);
        case '1':
            return gone("the server said so");
        case '2':
            if (!is_mute_ || context_.is_calm) outgoing_.emplace_back("3");
            return flush();
        case '4':
            return listener_.on_text(packet.substr(1));
        case 'b':
            return listener_.on_binary();
        case '6':
            return;
        default:
            return context_.report.violation(name_, " gets the packet ", packet);
    }
}

void EngineClient::handle_open(std::string_view packet) {
    constexpr std::string_view begin = R"(0{"sid":")";
    if (is_open_ || !packet.starts_with(begin)) return context_.report.violation(name_, " is opened by ", packet);
    sid_ = packet.substr(begin.size(), 20);
    is_open_ = true;
    is_connecting_ = false;
    is_on_websocket_ = way_ == Way::websocket;
    const std::uint64_t life = life_;
    if (way_ == Way::upgrade) {
        const Duration wait = context_.is_calm ? Duration::zero() : context_.swarm.moment(context_.chance) / 4;
        context_.network.plan(wait, [this, life] {
            if (life == life_) begin_upgrade();
        });
    }
    listener_.on_open();
}

// ---- WebSocket

void EngineClient::begin_upgrade() {
    if (!is_open_ || is_on_websocket_ || is_probing_) return;
    is_probing_ = true;
    dial(socket_);
    request(socket_, web::test::upgrade_request(target("websocket")));
}

void EngineClient::handle_websocket_answer(const HttpAnswer& answer) {
    if (answer.status != 101) return lose_websocket();
    is_socket_up_ = true;
    if (is_probing_) write(websocket::Opcode::text, "2probe");
    handle_frames();
}

void EngineClient::handle_frames() {
    const std::uint64_t number = socket_.number;
    while (number == socket_.number) {
        const auto frame = take_frame(socket_.peer->received(), context_.report);
        if (!frame) break;
        handle_frame(*frame);
    }
    if (number == socket_.number && socket_.peer->is_closed()) lose_websocket();
}

void EngineClient::handle_frame(const Frame& frame) {
    switch (frame.opcode) {
        case websocket::Opcode::text:
            if (!is_probing_) return handle_packet(frame.payload);
            if (frame.payload != "3probe") return context_.report.violation(name_, " is probed by ", frame.payload);
            if (context_.wild(10)) return;  // and never completes its upgrade
            is_upgrading_ = true;
            return go_on_upgrading();
        case websocket::Opcode::binary:
            return listener_.on_binary();
        case websocket::Opcode::ping:
            return write(websocket::Opcode::pong, frame.payload);
        case websocket::Opcode::close:
            write(websocket::Opcode::close, frame.payload);
            socket_.peer->close();
            return lose_websocket();
        default:
            return;
    }
}

// Whatever is under way by polling comes to its end first.
void EngineClient::go_on_upgrading() {
    if (!is_upgrading_ || get_.is_busy || post_.is_busy) return;
    context_.report.note(name_, " upgrades");
    context_.moments.note(Moment::upgraded);
    write(websocket::Opcode::text, "5");
    is_probing_ = is_upgrading_ = false;
    is_on_websocket_ = true;
    drop(get_);
    drop(post_);
    flush();
}

void EngineClient::lose_websocket() {
    if (!is_probing_) return gone("its WebSocket ended");
    context_.moments.note(Moment::upgrade_failed);
    drop(socket_);
    is_probing_ = is_upgrading_ = is_socket_up_ = false;
    poll();
    flush();
}

void EngineClient::write(websocket::Opcode opcode, std::string_view payload) {
    socket_.peer->send(web::test::client_frame(opcode, payload));
}

// ---- from above

void EngineClient::send_text(std::string_view text) {
    outgoing_.push_back("4" + std::string(text));
    flush();
}

void EngineClient::leave(End end) {
    context_.report.note(name_, " leaves by ", static_cast<int>(end));
    if (end == End::goodbye && is_open_) {
        outgoing_.emplace_back("1");
        flush();
    }
    for (const Lane* lane : {&get_, &post_, &socket_}) {
        if (lane->peer == nullptr) continue;
        if (end == End::end || end == End::goodbye) lane->peer->close();
        if (end == End::reset) lane->peer->reset();
        if (end == End::silence) lane->peer->stop_reading();
    }
    reset_state();
}

void EngineClient::set_reading(bool reads) {
    for (const Lane* lane : {&get_, &post_, &socket_}) {
        if (lane->peer == nullptr) continue;
        if (reads) {
            lane->peer->resume_reading();
        } else {
            lane->peer->stop_reading();
        }
    }
}

void EngineClient::gone(std::string_view why) {
    context_.report.note(name_, " is gone: ", why);
    for (Lane* lane : {&get_, &post_, &socket_})
        drop(*lane);
    reset_state();
    listener_.on_gone();
}

}  // namespace parley::simulation
