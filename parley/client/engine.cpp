// SPDX-License-Identifier: MIT
//
// The machine (engineio::ClientSession) says what is due, the links do it, and what comes of it goes back to the
// machine: `drive` takes its events, and what they leave to be sent goes once, at the end of the turn, but for messages
// over WebSocket, which wait in no queue here.
#include "parley/client/engine.hpp"

#include <algorithm>

namespace parley::client {

using engineio::ClientEvent;
using engineio::CloseReason;
using engineio::PacketType;
using engineio::Transport;

Engine::Engine(Home home, const EngineOptions& options, EngineListener& listener)
    : Ending(std::move(home)),
      options_(options),
      listener_(&listener),
      timer_(loop(),
             [this] {
                 session_->handle_deadline(loop().now());
                 drive();
             }),
      sending_(loop(), [this] { loop().contain([this] { send_due(); }); }) {}

Engine::Owner Engine::open(Home home, const EngineOptions& options, Transport first, EngineListener& listener) {
    Owner engine(new Engine(std::move(home), options, listener));
    std::ranges::copy_if(options.transports, std::back_inserter(engine->untried_),
                         [first](Transport transport) { return transport != first; });
    engine->start(first);
    return engine;
}

void Engine::abandon() noexcept {
    listener_ = nullptr;
    timer_.stop();
    sending_.cancel();
    polling_.reset();
    websocket_.reset();
}

http::Url Engine::url_for(Transport transport) const {
    http::Url url = options_.url;
    std::string query = url.query.value_or("");
    if (!query.empty()) query += '&';
    query.append("EIO=").append(std::to_string(options_.session.revision));
    query.append("&transport=").append(to_string(transport));
    if (session_ && !session_->greeting().sid.empty()) query.append("&sid=").append(session_->greeting().sid);
    url.query = std::move(query);
    return url;
}

void Engine::start(Transport transport) {
    session_.emplace(options_.session, transport, loop().now());
    error_.reset();
    polling_.reset();  // it has the cookies
    cookies_.reset();
    if (options_.cookies) cookies_.emplace(options_.url, *options_.cookies);
    if (transport == Transport::websocket) {
        connect_websocket();
    } else {
        websocket_.reset();
        polling_ = Polling::make(home(), options_.polling, *this, cookies_ ? &*cookies_ : nullptr);
    }
    sending_.schedule();
    timer_.start_at(session_->next_deadline());
}

// ---- the machine

// What a listener does may come back to here; the outermost call goes on until nothing is left.
void Engine::drive() {
    if (is_driving_ || listener_ == nullptr) return;
    struct Driving {
        explicit Driving(bool& flag) : is_driving(flag) { is_driving = true; }
        ~Driving() { is_driving = false; }
        Driving(const Driving&) = delete;
        Driving& operator=(const Driving&) = delete;
        bool& is_driving;
    };
    {
        const Driving driving(is_driving_);
        while (listener_ != nullptr) {
            const std::optional<ClientEvent> event = session_->next_event();
            if (!event) break;
            handle(*event);
        }
    }
    if (listener_ == nullptr) return;
    sending_.schedule();
    timer_.start_at(session_->next_deadline());
}

void Engine::handle(const ClientEvent& event) {
    switch (event.kind) {
        case ClientEvent::Kind::opened:
            was_open_ = true;
            return listener_->on_engine_open();
        case ClientEvent::Kind::message_received:
            return listener_->on_engine_message(event.message);
        case ClientEvent::Kind::pinged:
            return listener_->on_engine_ping();
        case ClientEvent::Kind::upgraded:
            polling_.reset();
            return listener_->on_engine_upgrade();
        case ClientEvent::Kind::closed:
            return handle_closed(event.closed);
    }
}

void Engine::handle_closed(const engineio::Closed& closed) {
    if (!was_open_ && options_.try_all_transports && !untried_.empty() && closed.reason != CloseReason::forced_close) {
        const Transport next = untried_.front();
        untried_.erase(untried_.begin());
        return start(next);
    }
    EngineListener* const listener = listener_;
    abandon();
    if (was_open_ || closed.reason == CloseReason::forced_close) return listener->on_engine_closed(closed);
    ConnectError error = error_.value_or(ConnectError());
    if (error.message.empty()) {
        const bool is_parse_error = closed.reason == CloseReason::parse_error;
        error.message = is_parse_error ? "parse error" : "timeout";
        error.description = closed.description;
    }
    listener->on_engine_failed(std::move(error));
}

void Engine::send_due() {
    if (listener_ == nullptr) return;
    if (websocket_ != nullptr && session_->transport() == Transport::polling && !session_->is_upgrading()) {
        websocket_.reset();  // the upgrade has failed
    }
    if (session_->is_upgrade_due()) begin_upgrade();
    if (const auto packet = session_->take_upgrade_packet(); packet && websocket_ != nullptr) {
        websocket_->send_text(*packet, websocket::Compress::no);
    }
    if (session_->is_poll_due()) {
        session_->begin_poll();
        polling_->poll(url_for(Transport::polling));
    }
    if (session_->is_post_due()) polling_->post(url_for(Transport::polling), session_->take_payload());
    while (websocket_ != nullptr && websocket_->is_open()) {
        const auto packet = session_->take_packet();
        if (!packet) break;
        const auto compress = packet->compress ? websocket::Compress::yes : websocket::Compress::no;
        packet->is_binary ? send_binary(packet->data, compress)
                          : websocket_->send_text(to_char(packet->type), packet->data, compress);
    }
    if (session_->is_goodbye_due()) {
        websocket_->close({});
        session_->receive_failure(CloseReason::forced_close, {});
        drive();
    }
}

void Engine::begin_upgrade() {
    const bool is_wanted = std::ranges::find(options_.transports, Transport::websocket) != options_.transports.end();
    session_->begin_upgrade();
    if (!is_wanted) return session_->receive_upgrade_closed();
    connect_websocket();
}

void Engine::connect_websocket() {
    if (cookies_) {
        websocket_.reset();  // the last one has its options still
        with_cookies_ = options_.websocket;
        with_cookies_->headers = cookies_->add_to(std::move(with_cookies_->headers), loop().wall_time());
    }
    const WebSocketLinkOptions& options = cookies_ ? *with_cookies_ : options_.websocket;
    websocket_ = WebSocketLink::connect(home(), url_for(Transport::websocket), options, *this);
}

// ---- what the program wants

bool Engine::is_writable() const noexcept {
    return is_open() && session_->is_writable() && (websocket_ == nullptr || websocket_->waiting_bytes() == 0);
}

std::size_t Engine::waiting_bytes() const noexcept {
    if (!session_) return 0;
    return session_->waiting_bytes() + (websocket_ != nullptr ? websocket_->waiting_bytes() : 0);
}

bool Engine::send(const engineio::Message& message) {
    if (listener_ == nullptr) return false;
    if (session_->sends_directly() && websocket_ != nullptr) {
        const auto compress = message.compress ? websocket::Compress::yes : websocket::Compress::no;
        return message.is_binary ? send_binary(message.data, compress)
                                 : websocket_->send_text(to_char(PacketType::message), message.data, compress);
    }
    if (!session_->send(message)) return false;
    // As the official client: what can leave does so alone. Servers that read the end of a session in the payload of
    // a message drop the message.
    if (session_->is_post_due()) {
        polling_->post(url_for(Transport::polling), session_->take_payload());
    } else {
        sending_.schedule();
    }
    return true;
}

bool Engine::send_binary(std::string_view octets, websocket::Compress compress) {
    if (options_.session.revision != 3) return websocket_->send_binary(octets, compress);
    std::string typed(1, static_cast<char>(PacketType::message));
    return websocket_->send_binary(typed.append(octets), compress);
}

void Engine::close() {
    if (listener_ == nullptr) return;
    session_->close(loop().now());
    drive();
}

// ---- the links

void Engine::on_link_open() {
    if (session_->transport() == Transport::websocket) return;
    session_->receive_upgrade_open();
    drive();
}

void Engine::on_link_message(websocket::Message message) {
    if (session_->transport() == Transport::websocket) {
        session_->receive_frame(message.data, message.is_binary, loop().now());
    } else {
        session_->receive_upgrade_frame(message.data, message.is_binary, loop().now());
    }
    drive();
}

void Engine::on_link_failed(ConnectError error) {
    if (session_->transport() == Transport::polling) {
        session_->receive_upgrade_closed();
        return drive();
    }
    fail(std::move(error));
}

void Engine::on_link_closed(const websocket::Closed& closed) {
    if (session_->transport() == Transport::polling) {
        session_->receive_upgrade_closed();
        return drive();
    }
    const bool is_error =
        closed.cause == WebSocketCloseCause::protocol_error || closed.cause == WebSocketCloseCause::timed_out;
    ConnectError error;
    error.message = "websocket error";
    error.description = "The server closed the connection before the session was open.";
    error_ = std::move(error);
    session_->receive_failure(is_error ? CloseReason::transport_error : CloseReason::transport_close,
                              is_error ? "the server broke a rule of WebSocket" : "the connection was closed");
    drive();
}

void Engine::on_poll_answer(std::string_view body) {
    session_->receive_poll_answer(body, loop().now());
    drive();
}

void Engine::on_post_answer() {
    session_->receive_post_answer(loop().now());
    drive();
}

void Engine::on_polling_failed(ConnectError error) {
    fail(std::move(error));
}

void Engine::fail(ConnectError error) {
    error_ = std::move(error);
    session_->receive_failure(CloseReason::transport_error, "the connection failed");
    drive();
}

}  // namespace parley::client
