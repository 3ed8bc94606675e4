// SPDX-License-Identifier: MIT
#include "parley/server/socket_core.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include "parley/server/client.hpp"
#include "parley/server/namespace_core.hpp"
#include "parley/server/server_core.hpp"
#include "parley/server/socket.hpp"
#include "parley/socketio/arguments.hpp"
#include "parley/socketio/room_table.hpp"

namespace parley::server::detail {

namespace {

// A moment and its reason as the arguments of an event. It needs no memory, because an end must not.
class MomentText {
 public:
    MomentText(std::string_view moment, std::optional<DisconnectReason> reason) {
        add("[\"");
        add(moment);
        if (reason) {
            add("\",\"");
            add(to_string(*reason));
        }
        add("\"]");
    }

    [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

 private:
    void add(std::string_view part) { size_ += part.copy(text_.data() + size_, text_.size() - size_); }

    std::array<char, 64> text_;
    std::size_t size_ = 0;
};

// What the server tells of a socket; all else comes from its client.
bool is_moment(std::string_view event) noexcept {
    return event == "disconnect" || event == "disconnecting";
}

}  // namespace

void retain(SocketCore* socket) noexcept {
    socket->add_reference();
}
void release(SocketCore* socket) noexcept {
    if (socket->remove_reference()) delete socket;
}

SocketCore::SocketCore(Start start)
    : nsp_(&start.nsp),
      client_(&start.client),
      id_(std::move(start.id)),
      handshake_(start.client.handshake()),
      auth_(std::move(start.auth)) {}

SocketCore::~SocketCore() = default;

net::LoopGate& SocketCore::gate() const noexcept {
    return nsp_->gate();
}

bool SocketCore::is_reachable() const noexcept {
    if (!gate().is_here()) return connected();
    return stage_ == Stage::connected && client_->is_open();
}

engineio::Transport SocketCore::transport() const {
    return client_ != nullptr ? client_->transport() : Transport::polling;
}

socketio::SocketHandle SocketCore::handle() noexcept {
    return static_cast<socketio::SocketHandle>(reinterpret_cast<std::uintptr_t>(this));
}

SocketCore& SocketCore::from(socketio::SocketHandle handle) noexcept {
    return *reinterpret_cast<SocketCore*>(static_cast<std::uintptr_t>(handle));
}

bool SocketCore::join(std::span<const std::string> rooms) {
    if (stage_ == Stage::admitting) {
        const ServerOptions& options = nsp_->server().options();
        const socketio::RoomLimits limits{.rooms_per_socket_max = options.rooms_per_socket_max,
                                          .room_bytes_max = options.room_bytes_max};
        if (rooms_to_join_.size() + rooms.size() > limits.rooms_per_socket_max) return false;
        const auto is_too_long = [&](const std::string& room) { return room.size() > limits.room_bytes_max; };
        if (std::ranges::any_of(rooms, is_too_long)) return false;
        rooms_to_join_.insert(rooms_to_join_.end(), rooms.begin(), rooms.end());
        return true;
    }
    return stage_ == Stage::connected && nsp_->node().rooms().join(id_, rooms);
}

bool SocketCore::leave_rooms(std::span<const std::string> rooms) {
    bool left = false;
    for (const std::string& room : rooms) {
        if (stage_ == Stage::admitting) {
            left = std::erase(rooms_to_join_, room) > 0 || left;
        } else if (stage_ == Stage::connected) {
            left = nsp_->node().rooms().leave(id_, room) || left;
        }
    }
    return left;
}

std::vector<std::string> SocketCore::rooms() const {
    if (stage_ == Stage::admitting) return rooms_to_join_;
    return nsp_->node().rooms().rooms_of(id_);
}

Socket handle_of(SocketCore& socket) {
    return Socket(Reference<SocketCore>(&socket));
}

Socket& lasting_handle_of(SocketCore& socket) {
    return socket.lasting_handle();
}

Socket& SocketCore::lasting_handle() {
    if (!lasting_handle_) {
        lasting_handle_ = std::make_unique<Socket>(Reference<SocketCore>(this));
        if (is_over_) end_soon();  // a handler before this one has ended the socket
    }
    return *lasting_handle_;
}

void* SocketCore::state(const StateType& type) {
    return is_over_ ? nullptr : states_.get(type);
}

// A handler that runs just now may ask who it was, so that happens in a later turn, where one comes.
void SocketCore::end_soon() {
    if (!lasting_handle_ && states_.empty()) {
        is_over_ = true;
        return;
    }
    struct Ending {
        explicit Ending(SocketCore& ended) : core(&ended) {}
        Ending(Ending&&) noexcept = default;
        ~Ending() {
            if (core) core->end();
        }
        Reference<SocketCore> core;
    };
    const Reference<SocketCore> self(this);
    try {
        gate().mailbox().push([ending = Ending(*this)] {});  // also when a handler has closed the gate
    } catch (const std::bad_alloc&) {                        // then it has ended already
    }
}

// The lent handle stays where it is until this goes, for whoever still has its address, but keeps this no more. Nor
// does the program's state, which may own handles of this socket.
void SocketCore::end() {
    is_over_ = true;
    if (lasting_handle_) lasting_handle_->core_ = {};
    if (keepers_.load(std::memory_order_acquire) == 0) states_.clear();
}

void SocketCore::release_kept() noexcept {
    const Reference<SocketCore> self(this);
    if (keepers_.fetch_sub(1, std::memory_order_acq_rel) == 1 && is_over_) states_.clear();
    release(this);
}

net::Lender SocketCore::lender() noexcept {
    static constexpr net::Lender::Counting counting{
        [](void* core) noexcept {
            auto* const socket = static_cast<SocketCore*>(core);
            if (!socket->lasting_handle_ && socket->states_.empty()) return false;
            socket->add_reference();
            socket->keepers_.fetch_add(1, std::memory_order_relaxed);
            return true;
        },
        [](void* core) noexcept { static_cast<SocketCore*>(core)->release_kept(); }};
    return {this, &counting};
}

SocketCore::Handlers& SocketCore::handlers() {
    if (!handlers_) handlers_ = std::make_unique<Handlers>();
    return *handlers_;
}

void SocketCore::add_handler(std::string_view event, EventHandler handler, bool once) {
    // A handler usually owns a handle of its socket: one that came late would keep it for ever.
    if (stage_ == Stage::gone) return;
    net::keep(gate(), handler, this);
    if (!is_moment(event)) nsp().server().tell_if_misspelt(event, true);
    (is_moment(event) ? handlers().moments : handlers().events).add(event, std::move(handler), once);
}

void SocketCore::add_any_handler(EventHandler handler, bool in_front) {
    if (stage_ == Stage::gone) return;
    net::keep(gate(), handler, this);
    handlers().events.add_any(std::move(handler), in_front);
}

void SocketCore::add_waiter(std::string_view event, const void* waiter, EventHandler handler) {
    if (stage_ == Stage::gone) return;
    net::keep(gate(), handler, this);
    (is_moment(event) ? handlers().moments : handlers().events).add_waiter(event, waiter, std::move(handler));
}

void SocketCore::remove_waiter(std::string_view event, const void* waiter) {
    if (!handlers_) return;
    (is_moment(event) ? handlers_->moments : handlers_->events).remove_waiter(event, waiter);
}

void SocketCore::report_exception(std::string_view event) noexcept {
    nsp_->server().report_exception(this, event);
}

void SocketCore::remove_any_handlers() {
    if (handlers_) handlers_->events.clear_any();
}

void SocketCore::remove_handlers(std::string_view event) {
    if (!handlers_) return;
    handlers_->events.remove(event);
    handlers_->moments.remove(event);
}

bool SocketCore::emit(const EncodedArguments& arguments, const EmitOptions& options, AckCallback callback) {
    if (stage_ != Stage::connected || !client_->is_open()) {
        fail_later(std::move(callback), ErrorCode::disconnected, std::string(disconnected_message));
        return false;
    }
    std::optional<std::uint64_t> ack_id;
    if (callback) {
        ack_id = nsp_->next_ack_id();
        if (!expect_ack(*ack_id, options.timeout, std::move(callback))) {
            // NOLINTNEXTLINE(bugprone-use-after-move): a refused callback is left as it was
            fail_later(std::move(callback), ErrorCode::limit_exceeded, "the client owes too many acknowledgements");
            return false;
        }
    }
    if (options.is_volatile && !client_->writable()) {
        nsp_->server().tally().count(ServerFact::volatile_dropped);
        return true;
    }
    client_->send({.type = socketio::PacketType::event, .namespace_name = nsp_->name(), .ack_id = ack_id}, arguments,
                  options.compress);
    return true;
}

bool SocketCore::deliver(const engine::Message& message, bool is_volatile) {
    if (stage_ != Stage::connected) return false;
    if (is_volatile && !client_->writable()) {
        nsp_->server().tally().count(ServerFact::volatile_dropped);
        return false;
    }
    client_->send(message);
    return true;
}

bool SocketCore::send_ack(std::uint64_t id, const EncodedArguments& arguments) {
    if (stage_ != Stage::connected || !client_->is_open()) return false;
    if (arguments.attachments.size() > attachments_max) {
        constexpr std::string_view problem = "the answer has more than ten binary values";
        nsp_->server().report_answer(*this, problem);
        send_ack(id, error_answer(problem));
        return false;
    }
    client_->send({.type = socketio::PacketType::ack, .namespace_name = nsp_->name(), .ack_id = id}, arguments);
    return true;
}

void SocketCore::fail_answer(std::uint64_t id) {
    if (!send_ack(id, error_answer(internal_error))) return;
    const Reference<SocketCore> self(this);
    nsp_->server().report_lost_answer(this, "acknowledgement");
}

bool SocketCore::disconnect(bool close) {
    if (stage_ != Stage::connected) return false;
    if (close) {
        client_->disconnect();
    } else {
        client_->disconnect_socket(*this);
    }
    return true;
}

void SocketCore::admit() {
    if (stage_ != Stage::admitting || client_ == nullptr || !client_->accept(*this)) return;
    const Reference<SocketCore> self(this);
    nsp_->add(*this, std::exchange(rooms_to_join_, {}));
    stage_ = Stage::connected;
    connected_.store(true, std::memory_order_release);
    announce("connection", std::nullopt);
}

void SocketCore::refuse(std::string_view message, const Json& data) {
    if (stage_ != Stage::admitting || client_ == nullptr) return;
    stage_ = Stage::gone;
    handlers_.reset();
    end_soon();
    client_->refuse(*this, message, data);
}

void SocketCore::receive_event(const socketio::Event& event) {
    const Reference<SocketCore> self(this);
    const net::CallFrame frame(gate(), lender());
    Tally& tally = nsp_->server().tally();
    tally.count(ServerFact::event_received);
    SocketInvocation invocation(*this, event);
    nsp_->handlers().call_any(invocation);
    if (handlers_) handlers_->events.call_any(invocation);
    // As with the official server, whoever was disconnected by one of those is not heard any more.
    if (stage_ != Stage::connected) return;
    bool handled = nsp_->handlers().call(invocation);
    if (handlers_ && handlers_->events.call(invocation)) handled = true;
    if (!handled) tally.count(ServerFact::event_unhandled);
    invocation.finish();
}

// The moments of a socket's life are told like events, so that their handlers are made like all others.
void SocketCore::announce(std::string_view moment, std::optional<DisconnectReason> reason) {
    HandlerTable& of_namespace = nsp_->moments();
    HandlerTable* of_socket = handlers_ ? &handlers_->moments : nullptr;
    if (!of_namespace.contains(moment) && (of_socket == nullptr || !of_socket->contains(moment))) return;
    const MomentText text(moment, reason);
    const net::CallFrame frame(gate(), lender());
    socketio::Event event;
    event.kind = socketio::Event::Kind::event_received;
    event.event_name = moment;
    event.data = text.view();
    event.arguments_at = std::string_view("[\"\"").size() + moment.size();
    SocketInvocation invocation(*this, event);
    of_namespace.call(invocation);
    if (of_socket != nullptr) of_socket->call(invocation);
}

void SocketCore::leave(DisconnectReason reason) {
    if (stage_ == Stage::admitting) {
        stage_ = Stage::gone;
        client_ = nullptr;
        handlers_.reset();
        end_soon();
        return;
    }
    if (stage_ != Stage::connected) return;
    const Reference<SocketCore> self(this);
    stage_ = Stage::leaving;
    announce("disconnecting", reason);
    nsp_->remove(*this);
    connected_.store(false, std::memory_order_release);
    announce("disconnect", reason);
    stage_ = Stage::gone;
    client_ = nullptr;
    forget_handlers();
    fail_acks();
    end_soon();
}

void SocketCore::abandon() {
    const Reference<SocketCore> self(this);
    if (stage_ == Stage::connected) nsp_->remove(*this);
    stage_ = Stage::gone;
    connected_.store(false, std::memory_order_release);
    client_ = nullptr;
    forget_handlers();
    acks_.reset();
    // What the program keeps here may refer to the server; but its handler may be what destroys that.
    if (gate().mailbox().call_frame == nullptr) return end();
    end_soon();
}

// One of them may be running.
void SocketCore::forget_handlers() {
    if (!handlers_) return;
    handlers_->events.clear();
    handlers_->moments.clear();
}

bool SocketCore::expect_ack(std::uint64_t id, std::chrono::milliseconds timeout, AckCallback&& callback) {
    const ServerOptions& options = nsp_->server().options();
    net::Loop& loop = nsp_->server().loop();
    if (!acks_) {
        acks_ = std::make_unique<AckTable>(loop, options.acks_per_socket_max, [this] { fail_overdue_acks(); });
    }
    const TimePoint deadline = loop.now() + (timeout.count() < 0 ? options.ack_timeout : Milliseconds(timeout));
    if (!acks_->pending.add(id, deadline, std::move(callback))) return false;
    acks_->timer.start_at(acks_->pending.next_deadline());
    return true;
}

void SocketCore::receive_ack(const socketio::Event& event) {
    std::optional<AckCallback> callback;
    if (acks_ && event.ack_id) callback = acks_->pending.take(*event.ack_id);
    if (!callback) {
        nsp_->server().tally().count(ServerFact::ack_unexpected);
        return;
    }
    ArgumentReader arguments(socketio::open_arguments(event));
    AckOutcome outcome;
    outcome.arguments = &arguments;
    call_ack(*callback, outcome);
}

void SocketCore::fail_overdue_acks() {
    const Reference<SocketCore> self(this);
    const Error& error = nsp_->server().timed_out();
    while (acks_) {
        std::optional<AckCallback> callback = acks_->pending.take_expired(nsp_->server().loop().now());
        if (!callback) break;
        nsp_->server().tally().count(ServerFact::ack_timed_out);
        AckOutcome outcome;
        outcome.error = &error;
        call_ack(*callback, outcome);
    }
    if (acks_) acks_->timer.start_at(acks_->pending.next_deadline());
}

void SocketCore::fail_acks() {
    const std::unique_ptr<AckTable> acks = std::move(acks_);
    if (!acks) return;
    const Error& error = nsp_->server().disconnected();
    while (std::optional<AckCallback> callback = acks->pending.take_first()) {
        AckOutcome outcome;
        outcome.error = &error;
        call_ack(*callback, outcome);
    }
}

void SocketCore::call_ack(AckCallback& callback, AckOutcome& outcome) {
    if (!gate().is_open()) return;  // the server was destroyed: nobody is called any more
    const Reference<SocketCore> self(this);
    const net::CallFrame frame(gate(), lender());
    try {
        callback(outcome);
    } catch (...) {
        nsp_->server().report_exception(this, "acknowledgement");
    }
    if (!outcome.mismatch.empty()) nsp_->server().report_mismatch(this, "acknowledgement", outcome.mismatch);
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

}  // namespace parley::server::detail
