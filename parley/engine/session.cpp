// SPDX-License-Identifier: MIT
//
// In:   WebSocket message -> machine -> listener, at once and without a copy.
//       POST -> machine -> listener, a share per turn; the request is kept until its last packet is read.
// Out:  over WebSocket straight into the connection's outbox.
//       By polling into the machine's queue, which leaves at the end of the turn: what the handlers of one POST say
//       becomes one payload.
#include "parley/engine/session.hpp"

#include <utility>

#include "parley/engine/engine.hpp"
#include "parley/engine/request.hpp"
#include "parley/engine/websocket_transport.hpp"
#include "parley/engineio/payload.hpp"
#include "parley/engineio/request.hpp"
#include "parley/net/loop.hpp"

namespace parley::engine {

Session::Session(Engine& engine, Start start)
    : engine_(engine),
      machine_(engine.options(), std::move(start.sid), start.transport, engine.loop().now()),
      handshake_(std::move(start.handshake)),
      timer_(engine.loop(), [this] { handle_timer(); }),
      takes_binary_(start.takes_binary) {
    const bool is_counted = engine_.options().sessions_per_address_max > 0;
    if (start.transport == engineio::Transport::polling || is_counted) {
        place_ = std::make_unique<Place>(*this, start.address);
        engine_.newcomers_.enter(*place_, start.address);
        note_presence();
    }
    engine_.memory_->count(0, retained_);
}

Session::~Session() {
    engine_.memory_->count(retained_, 0);
    if (is_leaving_) --engine_.leaving_;
    release(websocket_);
    release(probe_);
}

// --- requests

bool Session::admit_request() noexcept {
    return machine_.admit_request(engine_.loop().now());
}

void Session::handle_poll(Response response) {
    contain([&] {
        catch_up();
        if (machine_.receive_poll(loop().now())) {
            poll_ = std::move(response);
            poll_->on_abort([this] { handle_poll_aborted(); });
        } else {
            send_answer(response, engineio::answer_empty(400));
        }
        settle();
    });
}

void Session::handle_poll_aborted() {
    contain([this] {
        catch_up();
        poll_.reset();
        machine_.receive_poll_aborted(loop().now());
        settle();
    });
}

void Session::handle_post(const Request& request, Response response) {
    contain([&] {
        catch_up();
        if (is_octet_stream(request)) {
            machine_.receive_invalid_post(loop().now());
            send_answer(response, engineio::answer_empty(400));
        } else if (machine_.receive_post(request.body(), loop().now())) {
            post_ = std::move(response);
        } else {
            send_answer(response, engineio::answer_empty(400));
        }
        settle();
    });
}

void Session::resume_post() {
    contain([this] {
        catch_up();
        machine_.resume_post(loop().now());
        settle();
    });
}

void Session::answer_poll() {
    if (!poll_ || !machine_.is_poll_answer_due()) return;
    const Response response = *std::exchange(poll_, std::nullopt);
    const HeadersMoment moment = std::exchange(is_greeted_, true) ? HeadersMoment::every : HeadersMoment::initial;
    engine_.send_transport_answer(response, engineio::answer_poll(machine_.take_poll_answer()), moment);
    note_presence();
    arm_timer();
}

void Session::answer_post() {
    if (!post_ || machine_.is_post_pending()) return;
    const Response response = *std::exchange(post_, std::nullopt);
    engine_.send_transport_answer(response, engineio::answer_post(), HeadersMoment::every);
}

// --- WebSockets

void Session::attach(WebSocketTransport& websocket) {
    websocket_ = &websocket;
    websocket.set_session(*this);
    contain([this] { settle(); });
}

void Session::handle_upgrade(WebSocketTransport& websocket) {
    contain([this] { catch_up(); });
    if (!machine_.receive_upgrade(loop().now())) return websocket.release();
    probe_ = &websocket;
    websocket.set_session(*this);
    contain([this] { settle(); });
}

void Session::handle_frame(WebSocketTransport& from, websocket::Message message) {
    contain([&] {
        catch_up();
        const TimePoint now = loop().now();
        if (&from == websocket_) {
            machine_.receive_frame(message.data, message.is_binary, now);
        } else {
            machine_.receive_probe_frame(message.data, message.is_binary, now);
        }
        settle();
    });
}

void Session::handle_websocket_closed(WebSocketTransport& from, const engineio::Closed& closed) {
    contain([this] { catch_up(); });
    if (&from == websocket_) {
        websocket_ = nullptr;
        machine_.receive_websocket_closed(closed.reason, closed.description, loop().now());
    } else {
        probe_ = nullptr;
        machine_.receive_probe_closed();
    }
    contain([this] { settle(); });
}

void Session::release(WebSocketTransport*& websocket) {
    if (websocket != nullptr) std::exchange(websocket, nullptr)->release();
}

// What waits in the machine while a WebSocket is the transport: the open packet, a ping, what polling left behind.
void Session::flush_to_websocket() {
    if (websocket_ == nullptr || machine_.queued_bytes() == 0) return;
    const std::string payload = machine_.take_payload();
    engineio::PayloadReader reader(payload);
    engineio::Packet packet;
    while (!reader.done() && reader.next(packet))
        write(packet);
}

// --- the machine

// What the program did since comes out before the machine is told something new.
void Session::catch_up() {
    if (machine_.has_event()) settle();
}

void Session::settle() {
    // A listener may close within its call: the outer loop goes on with what came of it.
    if (is_settling_) return;
    is_settling_ = true;
    contain([this] {
        while (const std::optional<engineio::SessionEvent> event = machine_.next_event())
            handle_event(*event);
    });
    is_settling_ = false;
    flush_to_websocket();
    arm_timer();
    answer_post();
    if (machine_.is_post_pending() && !PostHook::is_linked()) engine_.resume_later(*this);
    note_presence();
    if (machine_.is_poll_answer_due() || machine_.is_finished()) schedule();
}

void Session::handle_event(const engineio::SessionEvent& event) {
    using Kind = engineio::SessionEvent::Kind;
    switch (event.kind) {
        case Kind::message_received:
            if (listener_ != nullptr) listener_->on_message(event.message);
            break;
        case Kind::probe_received:
            if (probe_ != nullptr) probe_->send_text(engineio::Session::probe_answer);
            break;
        case Kind::probe_failed:
            release(probe_);
            break;
        case Kind::upgraded:
            handle_upgraded();
            break;
        case Kind::closed:
            handle_closed(event.closed);
            break;
    }
}

// Whoever is there holds a connection. A POST is a connection, too, but one that waits for no answer of ours: who has
// sent nothing else has not begun to poll.
void Session::note_presence() {
    if (place_ == nullptr) return;
    const bool waits = poll_ || websocket_ != nullptr || probe_ != nullptr;
    if (waits && is_greeted_) place_->move_to(engine_.absent_);
    if (waits || post_) {
        place_->confirm();
    } else {
        place_->unconfirm();
    }
    engine_.tell_population();
}

Session::Place::Place(Session& its_session, engineio::AddressGroup its_address)
    : session(its_session), address(its_address), population(its_session.engine_.population_.get()) {
    if (population != nullptr) population->enter(address);
}

Session::Place::~Place() {
    if (population != nullptr) population->leave(address);
}

void Session::make_room() {
    place_.reset();
    is_leaving_ = true;
    ++engine_.leaving_;
    machine_.abandon(loop().now());
    schedule();
}

// Over WebSocket it is the connection for which something waits.
void Session::note_retained() {
    const std::size_t retained = idle_bytes + machine_.queued_bytes();
    engine_.memory_->count(std::exchange(retained_, retained), retained);
}

void Session::shed() {
    contain([this] { catch_up(); });
    machine_.drop_queue({engineio::CloseReason::slow_consumer, "memory is short"}, loop().now());
    note_retained();
    schedule();
}

// Its place is given up, too, because to be counted may need memory.
void Session::end_without_memory() noexcept {
    loop().note_allocation_failure();
    place_.reset();
    machine_.drop_queue({engineio::CloseReason::transport_error, "out of memory"}, loop().now());
    schedule();
}

net::Loop& Session::loop() const noexcept {
    return engine_.loop();
}

void Session::handle_upgraded() {
    if (engine_.options().sessions_per_address_max == 0) place_.reset();
    websocket_ = std::exchange(probe_, nullptr);
    flush_to_websocket();
    note_retained();
    if (listener_ != nullptr) listener_->on_upgraded();
}

void Session::handle_closed(const engineio::Closed& closed) {
    loop().contain([this] { flush_to_websocket(); });
    release(websocket_);
    // A client that believes in its upgrade hears the last words there.
    if (!machine_.is_upgrading()) release(probe_);
    if (SessionListener* const listener = std::exchange(listener_, nullptr)) listener->on_closed(closed);
}

void Session::handle_passed_deadline() {
    if (loop().now() >= machine_.next_deadline()) handle_timer();
}

void Session::handle_timer() {
    armed_for_ = no_deadline;
    contain([this] {
        catch_up();
        machine_.handle_deadline(loop().now());
        settle();
    });
}

void Session::arm_timer() {
    const TimePoint deadline = machine_.next_deadline();
    if (deadline == armed_for_) return;
    armed_for_ = deadline;
    timer_.start_at(deadline);
}

void Session::schedule() {
    engine_.schedule(*this);
}

// --- from the program

bool Session::is_open() const noexcept {
    return machine_.is_open() && (websocket_ == nullptr || websocket_->is_open());
}

bool Session::writable() const noexcept {
    if (!machine_.is_open()) return false;
    if (websocket_ != nullptr) return websocket_->is_writable();
    return machine_.queued_bytes() <= engine_.options().queue_bytes_soft && !engine_.memory_->is_scarce();
}

void Session::send(const EncodedPacket& packet) {
    switch (machine_.route()) {
        case engineio::Session::Route::nowhere:
            break;
        case engineio::Session::Route::queue:
            contain([&] { machine_.enqueue(packet.polling_records(), loop().turn()); });
            schedule();
            break;
        case engineio::Session::Route::websocket:
            if (websocket_ == nullptr) break;
            contain([&] {
                if (takes_binary_ || packet.attachments().empty()) {
                    websocket_->send_frames(packet.websocket_frames());
                } else {
                    send_as_text(packet);
                }
            });
            break;
    }
}

void Session::send_as_text(const EncodedPacket& packet) {
    write({engineio::PacketType::message, packet.text(), false});
    for (const SharedBuffer& attachment : packet.attachments())
        write({engineio::PacketType::message, attachment.view(), true});
}

void Session::send(std::string_view text, std::span<const std::string_view> attachments) {
    send_text(text);
    for (const std::string_view attachment : attachments)
        send_binary(attachment);
}

void Session::send_text(std::string_view text) {
    send_message({engineio::PacketType::message, text, false});
}

void Session::send_binary(std::string_view octets) {
    send_message({engineio::PacketType::message, octets, true});
}

void Session::send_message(const engineio::Packet& message) {
    switch (machine_.route()) {
        case engineio::Session::Route::nowhere:
            break;
        case engineio::Session::Route::queue:
            contain([&] {
                std::string record;
                engineio::append_record(record, message);
                machine_.enqueue(record, loop().turn());
            });
            schedule();
            break;
        case engineio::Session::Route::websocket:
            if (websocket_ != nullptr) contain([&] { write(message); });
            break;
    }
}

// One packet straight to the WebSocket.
void Session::write(const engineio::Packet& packet) {
    if (!packet.is_binary) {
        websocket_->send_text(packet);
    } else if (takes_binary_) {
        websocket_->send_binary(packet.data);
    } else {
        websocket_->send_base64(packet.data);
    }
}

void Session::close(bool discard) {
    machine_.close(discard, loop().now());
    schedule();
}

}  // namespace parley::engine
