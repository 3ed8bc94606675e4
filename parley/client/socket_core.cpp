// SPDX-License-Identifier: MIT
#include "parley/client/socket_core.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "parley/base/bytes.hpp"
#include "parley/base/reserved_events.hpp"
#include "parley/client/client_core.hpp"
#include "parley/client/client_socket.hpp"
#include "parley/socketio/arguments.hpp"
#include "parley/socketio/packet.hpp"

namespace parley::client {

using contract::AckCallback;
using contract::AckOutcome;
using contract::EncodedArguments;

namespace {

socketio::Event event_of(const socketio::DecodedPacket& packet, socketio::Event::Kind kind) {
    socketio::Event event;
    event.kind = kind;
    event.event_name = packet.event_name;
    event.ack_id = packet.ack_id;
    event.data = packet.data;
    event.arguments_at = packet.arguments_at;
    event.attachments = packet.attachments;
    return event;
}

bool is_moment(std::string_view event) {
    return event == "connect" || event == "connect_error" || event == "disconnect";
}

}  // namespace

void retain(SocketCore* socket) noexcept {
    socket->add_reference();
}
void release(SocketCore* socket) noexcept {
    if (socket->remove_reference()) delete socket;
}

SocketCore::SocketCore(ClientCore& client, std::string nsp)
    : client_(&client), home_thread_(client.home_thread()), nsp_(std::move(nsp)) {}

SocketCore::~SocketCore() = default;

std::size_t SocketCore::Waiting::bytes() const noexcept {
    std::size_t bytes = text.size();
    for (const std::string& octets : attachments)
        bytes += octets.size();
    return bytes;
}

std::vector<std::string> SocketCore::copies(std::span<const BytesView> attachments) {
    std::vector<std::string> texts;
    texts.reserve(attachments.size());
    for (const BytesView octets : attachments)
        texts.emplace_back(as_chars(octets));
    return texts;
}

std::string SocketCore::id() const {
    const std::lock_guard lock(id_mutex_);
    return id_;
}

ClientSocket& SocketCore::lasting_handle() {
    if (!lasting_handle_) lasting_handle_ = std::make_unique<ClientSocket>(Reference<SocketCore>(this));
    return *lasting_handle_;
}

// Handlers keep this, and with it the handle that they were lent, however the client ends.
net::Lender SocketCore::lender() noexcept {
    static constexpr net::Lender::Counting counting{
        [](void* core) noexcept {
            auto* const socket = static_cast<SocketCore*>(core);
            if (!socket->lasting_handle_) return false;
            retain(socket);
            return true;
        },
        [](void* core) noexcept { release(static_cast<SocketCore*>(core)); }};
    return {this, &counting};
}

void SocketCore::set_stage(Stage stage) {
    stage_ = stage;
    forget_auth();
    is_connected_.store(stage == Stage::connected, std::memory_order_release);
    is_active_.store(stage != Stage::idle, std::memory_order_release);
}

// ---- handlers

void SocketCore::add_handler(std::string_view event, contract::EventHandler handler, bool once) {
    if (client_ == nullptr) return;
    net::keep(gate(), handler, this);
    (is_moment(event) ? moments_ : handlers_).add(event, std::move(handler), once);
}

void SocketCore::add_any_handler(contract::EventHandler handler, bool in_front) {
    if (client_ == nullptr) return;
    net::keep(gate(), handler, this);
    handlers_.add_any(std::move(handler), in_front);
}

void SocketCore::add_waiter(std::string_view event, const void* waiter, contract::EventHandler handler) {
    if (client_ == nullptr) return;
    net::keep(gate(), handler, this);
    (is_moment(event) ? moments_ : handlers_).add_waiter(event, waiter, std::move(handler));
}

void SocketCore::remove_waiter(std::string_view event, const void* waiter) {
    (is_moment(event) ? moments_ : handlers_).remove_waiter(event, waiter);
}

void SocketCore::wait_for_connect(const void* waiter, Function<void(const Error*)> done) {
    if (client_ == nullptr) return;
    if (stage_ == Stage::connected) return done(nullptr);
    const auto shared = std::make_shared<Function<void(const Error*)>>(std::move(done));
    add_waiter("connect", waiter, [shared](contract::Invocation&) { (*shared)(nullptr); });
    wait_for_refusal(waiter, shared);
}

// An attempt that fails is followed by another one, but for the last.
void SocketCore::wait_for_refusal(const void* waiter, const std::shared_ptr<Function<void(const Error*)>>& done) {
    add_waiter("connect_error", waiter, [this, waiter, done](contract::Invocation& invocation) {
        if (stage_ != Stage::idle && client_ != nullptr && client_->tries_again())
            return wait_for_refusal(waiter, done);
        ConnectError error;
        static_cast<void>(static_cast<SocketInvocation&>(invocation).arguments().read(error));
        const Error failure{error.is_refusal ? ErrorCode::permission_denied : ErrorCode::unavailable, error.message};
        (*done)(&failure);
    });
}

void SocketCore::remove_handlers(std::string_view event) {
    handlers_.remove(event);
    moments_.remove(event);
}

void SocketCore::remove_any_handlers() {
    handlers_.clear_any();
}

template <typename... Values>
void SocketCore::announce(std::string_view moment, const Values&... values) {
    if (client_ == nullptr || !moments_.contains(moment)) return;
    contract::ArgumentWriter writer(moment);
    (writer.write(values), ...);
    const EncodedArguments arguments = writer.finish();
    socketio::Event event;
    event.kind = socketio::Event::Kind::event_received;
    event.event_name = moment;
    event.data = arguments.json;
    event.arguments_at = std::string_view("[\"\"").size() + moment.size();
    const net::CallFrame frame(gate(), lender());
    SocketInvocation invocation(*this, event);
    moments_.call(invocation);
}

void SocketCore::call_handlers(const socketio::Event& event) {
    const net::CallFrame frame(gate(), lender());
    SocketInvocation invocation(*this, event);
    handlers_.call_any(invocation);
    handlers_.call(invocation);
    invocation.finish();
}

// ---- acknowledgements

bool SocketCore::expect_ack(std::uint64_t id, std::chrono::milliseconds timeout, AckCallback&& callback) {
    if (!acks_) {
        acks_ =
            std::make_unique<AckTable>(client_->loop(), client_->options().acks_max, [this] { fail_overdue_acks(); });
    }
    const std::chrono::milliseconds wanted = timeout.count() < 0 ? client_->options().ack_timeout : timeout;
    const bool is_bounded = timeout.count() >= 0 || wanted.count() > 0;
    const TimePoint deadline = is_bounded ? client_->loop().deadline_after(wanted) : no_deadline;
    if (!acks_->pending.add(id, deadline, std::move(callback))) return false;
    acks_->timer.start_at(acks_->pending.next_deadline());
    return true;
}

void SocketCore::fail_overdue_acks() {
    const Reference<SocketCore> self(this);
    const Error error{ErrorCode::timed_out, "operation has timed out"};
    while (client_ != nullptr) {
        std::optional<AckCallback> callback = acks_->pending.take_expired(client_->loop().now());
        if (!callback) break;
        AckOutcome outcome;
        outcome.error = &error;
        call_ack(*callback, outcome);
    }
    if (client_ == nullptr) return;
    // Nobody would hear the answer.
    std::erase_if(to_send_, [&](const Waiting& packet) {
        const bool is_void = packet.ack_id && !acks_->pending.contains(*packet.ack_id);
        if (is_void) to_send_bytes_ -= packet.bytes();
        return is_void;
    });
    acks_->timer.start_at(acks_->pending.next_deadline());
}

// Those that wait to be sent are asked yet.
void SocketCore::fail_acks() {
    if (!acks_) return;
    const Error error{ErrorCode::disconnected, std::string(disconnected_message)};
    const std::uint64_t end = first_waiting_ack();
    while (acks_) {
        std::optional<AckCallback> callback = acks_->pending.take_first_below(end);
        if (!callback) break;
        AckOutcome outcome;
        outcome.error = &error;
        call_ack(*callback, outcome);
    }
}

void SocketCore::receive_ack(const socketio::DecodedPacket& packet) {
    std::optional<AckCallback> callback;
    if (acks_ && packet.ack_id) callback = acks_->pending.take(*packet.ack_id);
    if (!callback) return;  // too late, or never asked for
    const socketio::Event event = event_of(packet, socketio::Event::Kind::ack_received);
    contract::ArgumentReader arguments(socketio::open_arguments(event));
    AckOutcome outcome;
    outcome.arguments = &arguments;
    call_ack(*callback, outcome);
}

void SocketCore::call_ack(AckCallback& callback, AckOutcome& outcome) {
    if (!gate().is_open()) return;  // the client was destroyed: nobody is called any more
    const net::CallFrame frame(gate(), lender());
    try {
        callback(outcome);
    } catch (...) {
        report_exception("acknowledgement");
    }
    if (!outcome.mismatch.empty()) report_mismatch("acknowledgement", outcome.mismatch);
}

// Not from within `emit`: nobody expects to be called back by it.
void SocketCore::fail_later(AckCallback callback, ErrorCode code, std::string message) {
    if (!callback) return;
    gate().post([self = Reference<SocketCore>(this), callback = std::move(callback),
                 error = Error{code, std::move(message)}]() mutable {
        AckOutcome outcome;
        outcome.error = &error;
        self->call_ack(callback, outcome);
    });
}

// ---- the way into the namespace and out of it

void SocketCore::connect() {
    if (client_ == nullptr) return;
    if (stage_ == Stage::idle) set_stage(Stage::waiting);
    // Also where it has waited until nothing more was tried.
    if (stage_ == Stage::waiting) client_->is_open() ? join() : client_->open();
}

bool SocketCore::disconnect() {
    if (client_ == nullptr || stage_ == Stage::idle) return false;
    const Reference<SocketCore> self(this);
    // Of who still waits for what to say, or to be let into "/" unasked, the server has heard nothing.
    const bool is_asking = auth_attempt_ != 0 || (client_->is_old() && nsp_ == "/");
    if (stage_ == Stage::connected || (stage_ == Stage::joining && !is_asking)) {
        std::string text;
        socketio::append_disconnect(text, nsp_);
        client_->send(text);
    }
    end_session(ClientDisconnectReason::io_client_disconnect);
    if (client_ != nullptr && stage_ == Stage::idle) client_->handle_left();
    return true;
}

void SocketCore::receive(const socketio::DecodedPacket& packet) {
    using Type = socketio::PacketType;
    flush();
    if (stage_ != Stage::joining && stage_ != Stage::connected) return;  // sent before the server knew that we left
    switch (packet.type) {
        case Type::connect:
            return receive_connect(packet);
        case Type::connect_error:
            return receive_refusal(packet);
        case Type::event:
        case Type::binary_event:
            return receive_event(packet);
        case Type::ack:
        case Type::binary_ack:
            return receive_ack(packet);
        case Type::disconnect:
            end_session(ClientDisconnectReason::io_server_disconnect);
            if (client_ != nullptr && stage_ == Stage::idle) client_->handle_left();
            return;
    }
}

void SocketCore::receive_connect(const socketio::DecodedPacket& packet) {
    if (client_->is_old()) {
        // The official client of those servers derives the id from that of the session.
        std::string id = nsp_ == "/" ? "" : nsp_ + "#";
        if (stage_ == Stage::joining) handle_joined(id.append(client_->session_id()), false);
        return;
    }
    const Json payload = parse_json(packet.data).value_or(Json());
    const std::optional<std::string_view> sid = payload["sid"].as_string();
    if (!sid) {
        ConnectError error;
        error.message =
            "It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client, but they are not "
            "compatible (more information here: https://socket.io/docs/v3/migrating-from-2-x-to-3-0/)";
        error.description = "Set engineio_revision to 3 for a server of Socket.IO 1 or 2.";
        return announce("connect_error", error);
    }
    const std::string_view recovery_id = payload["pid"].as_string().value_or("");
    const bool is_recovered = !recovery_id.empty() && recovery_id == recovery_id_;
    recovery_id_ = recovery_id;
    handle_joined(std::string(*sid), is_recovered);
}

void SocketCore::handle_joined(std::string id, bool is_recovered) {
    is_recovered_.store(is_recovered, std::memory_order_release);
    {
        const std::lock_guard lock(id_mutex_);
        id_ = std::move(id);
    }
    ++connection_;
    set_stage(Stage::connected);
    missed_bytes_ = 0;
    for (const Waiting& missed : std::exchange(missed_, {})) {
        if (stage_ != Stage::connected) return;
        std::vector<BytesView> attachments;
        for (const std::string& octets : missed.attachments)
            attachments.push_back(as_bytes(octets));
        socketio::Event event;
        event.kind = socketio::Event::Kind::event_received;
        event.event_name = missed.event_name;
        event.ack_id = missed.ack_id;
        event.data = missed.text;
        event.arguments_at = missed.arguments_at;
        event.attachments = attachments;
        call_handlers(event);
        note_offset(event);
    }
    flush();
    send_retries();
    if (stage_ == Stage::connected) announce("connect");
}

void SocketCore::receive_refusal(const socketio::DecodedPacket& packet) {
    const Json payload = parse_json(packet.data).value_or(Json());
    ConnectError error;
    error.is_refusal = true;
    error.message = payload.as_string().value_or(payload["message"].as_string().value_or(""));
    const bool is_all_data = client_->is_old() && payload.is_object();
    error.data = is_all_data ? payload : payload["data"];
    set_stage(Stage::idle);
    announce("connect_error", error);
    if (client_ != nullptr && stage_ == Stage::idle) client_->handle_left();
}

void SocketCore::receive_event(const socketio::DecodedPacket& packet) {
    if (stage_ == Stage::connected) {
        const socketio::Event event = event_of(packet, socketio::Event::Kind::event_received);
        call_handlers(event);
        return note_offset(event);
    }
    Waiting missed{.text = std::string(packet.data),
                   .attachments = copies(packet.attachments),
                   .ack_id = packet.ack_id,
                   .event_name = std::string(packet.event_name),
                   .arguments_at = packet.arguments_at};
    const ClientOptions& options = client_->options();
    if (missed_.size() >= options.missed_packets_max || missed.bytes() > options.missed_bytes_max - missed_bytes_) {
        return client_->report(
            {ClientFailure::Kind::bad_packet, packet.event_name, "too much came before the namespace was joined", {}});
    }
    missed_bytes_ += missed.bytes();
    missed_.push_back(std::move(missed));
}

// As the official client: where the session may be given back, a text at the end of an event is where to go on.
void SocketCore::note_offset(const socketio::Event& event) {
    if (recovery_id_.empty() || !event.data.ends_with("\"]")) return;
    constexpr std::size_t offset_bytes_max = 1'024;
    const Arguments arguments = contract::all_arguments(contract::ArgumentReader(socketio::open_arguments(event)));
    if (arguments.empty()) return;
    const std::optional<std::string_view> last = arguments.back().as_string();
    if (last && last->size() <= offset_bytes_max) offset_ = *last;
}

// What ends by itself is tried again; what somebody has ended is not.
void SocketCore::end_session(ClientDisconnectReason reason) {
    if (client_ == nullptr || stage_ == Stage::idle) return;
    const bool was_connected = stage_ == Stage::connected;
    const bool is_ended = reason == ClientDisconnectReason::io_server_disconnect ||
                          reason == ClientDisconnectReason::io_client_disconnect;
    set_stage(is_ended ? Stage::idle : Stage::waiting);
    missed_.clear();
    missed_bytes_ = 0;
    {
        const std::lock_guard lock(id_mutex_);
        id_.clear();
    }
    if (was_connected) announce("disconnect", reason);
    fail_acks();
}

void SocketCore::announce_error(const ConnectError& error) {
    announce("connect_error", error);
}

void SocketCore::fail(const ConnectError& error) {
    if (stage_ == Stage::waiting || stage_ == Stage::joining) announce_error(error);
}

void SocketCore::abandon() {
    const Reference<SocketCore> self(this);
    set_stage(Stage::idle);
    has_client_.store(false, std::memory_order_release);
    client_ = nullptr;
    handlers_.clear();
    moments_.clear();
    if (outgoing_) outgoing_->clear();
    retries_.reset();
    acks_.reset();
    auth_timer_.reset();
    to_send_.clear();
    missed_.clear();
    if (lasting_handle_) lasting_handle_->core_ = {};
}

// ---- what went wrong

void SocketCore::report_mismatch(std::string_view event, std::string_view message) noexcept {
    if (client_ != nullptr) client_->report({ClientFailure::Kind::payload_mismatch, event, message, {}});
}

void SocketCore::report_exception(std::string_view event) noexcept {
    if (client_ != nullptr) client_->failures().report_current(gate(), event);
}

void SocketCore::report_lost_answer(std::string_view event) noexcept {
    if (client_ == nullptr) return;
    client_->report(
        {ClientFailure::Kind::answer_lost, event, "no answer was given, and no copy of the Ack is left", {}});
}

}  // namespace parley::client
