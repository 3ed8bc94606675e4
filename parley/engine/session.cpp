// SPDX-License-Identifier: MIT
//
// In:   WebSocket message -> machine -> listener, at once and without a copy.
//       POST -> machine -> listener, a share per turn; the request is kept until its last packet is read.
// Out:  packets of the program, the open packet and pings alike, over WebSocket straight into the connection's outbox.
//       By polling into the queue, which leaves at the end of the turn: what the handlers of one POST say becomes one
//       payload. There it waits in no form yet, so that an upgrade may take it along.
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
    const bool is_polling = start.transport == engineio::Transport::polling;
    if (is_polling) {
        polling_ = std::make_unique<Polling>(*this);
        send_opening();
    }
    // Counted last, when nothing can fail any more.
    if (is_polling || engine_.options().sessions_per_address_max > 0) {
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
        if (polling_ != nullptr && machine_.receive_poll(loop().now())) {
            polling_->poll = std::move(response);
            polling_->poll->on_abort([this] { handle_poll_aborted(); });
        } else {
            send_answer(response, engineio::answer_empty(400));
        }
        settle();
    });
}

void Session::handle_poll_aborted() {
    contain([this] {
        catch_up();
        polling_->poll.reset();
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
        } else if (polling_ != nullptr && machine_.receive_post(request.body(), loop().now())) {
            polling_->post = std::move(response);
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
    if (!is_polled() || !machine_.is_poll_answer_due()) return;
    // First what may find no memory: the poll is still there then, and hears of the end.
    std::string payload;
    if (machine_.transport() == engineio::Transport::polling) payload = polling_->queue.take_payload();
    const std::string_view ending = machine_.answer_poll();
    if (!payload.empty() && !ending.empty()) payload.push_back(engineio::record_separator);
    payload.append(ending);
    const Response response = std::move(*polling_->poll);
    polling_->poll.reset();
    const HeadersMoment moment = std::exchange(is_greeted_, true) ? HeadersMoment::every : HeadersMoment::initial;
    engine_.send_transport_answer(response, engineio::answer_poll(std::move(payload)), moment);
    forget_polling();
    note_presence();
    arm_timer();
}

void Session::settle_polling() {
    if (machine_.is_post_pending()) {
        if (!polling_->is_linked()) engine_.resume_later(*polling_);
    } else if (polling_->post) {
        const Response response = *std::exchange(polling_->post, std::nullopt);
        engine_.send_transport_answer(response, engineio::answer_post(), HeadersMoment::every);
    }
    forget_polling();
}

void Session::forget_polling() {
    const bool is_polling = machine_.transport() == engineio::Transport::polling;
    if (!is_polling && !is_polled() && !is_posting()) polling_.reset();
}

// --- WebSockets

void Session::attach(WebSocketTransport& websocket) {
    websocket_ = &websocket;
    websocket.set_session(*this);
    contain([this] {
        send_opening();
        settle();
    });
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

void Session::move_queue_to_websocket() {
    polling_->queue.drop(MessageKey::ping);
    machine_.set_waiting(false);
    polling_->queue.take_all([this](const KeptMessage& kept) { websocket_->send(Message(kept.packets()), wire()); });
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
    arm_timer();
    if (polling_ != nullptr) settle_polling();
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
            if (probe_ != nullptr) probe_->send(engineio::Session::probe_answer, wire());
            break;
        case Kind::probe_failed:
            release(probe_);
            break;
        case Kind::upgraded:
            handle_upgraded();
            break;
        case Kind::ping_due:
            if (websocket_ != nullptr) websocket_->trim();
            send(engine_.ping(), MessageKey::ping);
            break;
        case Kind::closed:
            handle_closed(event.closed);
            break;
    }
}

Session::Place::Place(Session& its_session, engineio::AddressGroup its_address)
    : session(its_session), address(its_address), population(its_session.engine_.population_.get()) {
    if (population != nullptr) population->enter(address);
}

Session::Place::~Place() {
    if (population != nullptr) population->leave(address);
}

// Whoever is there holds a connection. A POST is a connection, too, but one that waits for no answer of ours: who has
// sent nothing else has not begun to poll.
void Session::note_presence() {
    if (place_ == nullptr) return;
    const bool waits = is_polled() || websocket_ != nullptr || probe_ != nullptr;
    if (waits && is_greeted_) place_->move_to(engine_.absent_);
    if (waits || is_posting()) {
        place_->confirm();
    } else {
        place_->unconfirm();
    }
    engine_.tell_population();
}

void Session::make_room() {
    place_.reset();
    is_leaving_ = true;
    ++engine_.leaving_;
    machine_.abandon(loop().now());
    schedule();
}

void Session::forget_waiting(const engineio::Closed& closed) {
    if (polling_ != nullptr) polling_->queue.clear();
    machine_.drop_waiting(closed, loop().now());
}

// Over WebSocket it is the connection for which something waits.
void Session::note_retained() {
    const std::size_t retained = idle_bytes + queued_bytes();
    engine_.memory_->count(std::exchange(retained_, retained), retained);
}

void Session::shed() {
    contain([this] { catch_up(); });
    forget_waiting({engineio::CloseReason::slow_consumer, "memory is short"});
    note_retained();
    schedule();
}

// Its place is given up, too, because to be counted may need memory.
void Session::end_without_memory() noexcept {
    loop().note_allocation_failure();
    place_.reset();
    forget_waiting({engineio::CloseReason::transport_error, "out of memory"});
    schedule();
}

net::Loop& Session::loop() const noexcept {
    return engine_.loop();
}

void Session::handle_upgraded() {
    if (engine_.options().sessions_per_address_max == 0) place_.reset();
    websocket_ = std::exchange(probe_, nullptr);
    if (websocket_ != nullptr) move_queue_to_websocket();
    note_retained();
    if (listener_ != nullptr) listener_->on_upgraded();
}

void Session::handle_closed(const engineio::Closed& closed) {
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
    return queued_bytes() <= engine_.options().queue_bytes_soft && !engine_.memory_->is_scarce();
}

void Session::send(const Message& message, MessageKey key) {
    switch (machine_.route()) {
        case engineio::Session::Route::nowhere:
            break;
        case engineio::Session::Route::queue:
            contain([&] { enqueue(message, key); });
            schedule();
            break;
        case engineio::Session::Route::websocket:
            if (websocket_ != nullptr) contain([&] { websocket_->send(message, wire()); });
            break;
    }
}

// The bound is on a peer that does not fetch what it is sent.
void Session::enqueue(const Message& message, MessageKey key) {
    const engineio::Options& options = engine_.options();
    if (polling_->backlog.measure(polling_->queue, loop().turn(), options.turn_bytes_max) > options.queue_bytes_max)
        return machine_.receive_overflow(loop().now());
    polling_->queue.push(
        message.forms != nullptr ? message.forms->kept(message.packets) : KeptMessage::make(message.packets), key);
    machine_.set_waiting(true);
}

// The first of what is sent; the program may already say something when a session is made. It is contained by whoever
// makes the session.
void Session::send_opening() {
    const std::string opening = machine_.opening();
    const engineio::Packet packet{engineio::PacketType::open, opening, false};
    if (polling_ != nullptr) {
        enqueue(packet, MessageKey::none);
    } else {
        websocket_->send(packet, wire());
    }
}

void Session::close(bool discard) {
    machine_.close(discard, loop().now());
    schedule();
}

}  // namespace parley::engine
