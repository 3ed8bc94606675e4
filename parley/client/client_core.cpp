// SPDX-License-Identifier: MIT
#include "parley/client/client_core.hpp"

#include <algorithm>
#include <utility>

#include "parley/client/client_options.hpp"
#include "parley/socketio/packet.hpp"

namespace parley::client {

using engineio::CloseReason;
using socketio::PacketDecoder;

namespace {

ClientDisconnectReason reason_of(CloseReason reason) {
    switch (reason) {
        case CloseReason::transport_error:
        case CloseReason::slow_consumer:
            return ClientDisconnectReason::transport_error;
        case CloseReason::ping_timeout:
            return ClientDisconnectReason::ping_timeout;
        case CloseReason::parse_error:
            return ClientDisconnectReason::parse_error;
        case CloseReason::transport_close:
        case CloseReason::forced_close:
            break;
    }
    return ClientDisconnectReason::transport_close;
}

}  // namespace

Owned<ClientCore> ClientCore::make(net::Loop& loop, LoopOwner owner, std::string_view url, ClientOptions options) {
    const http::Url parsed = check_client_options(url, options);
    return Owned<ClientCore>(new ClientCore(loop, owner, parsed, std::move(options)));
}

ClientCore::ClientCore(net::Loop& loop, LoopOwner owner, const http::Url& url, ClientOptions options)
    : Ending({loop, std::make_shared<net::LoopGate>(loop)}),
      home_thread_(gate(), owner),
      options_(std::move(options)),
      engine_options_(engine_options(url, options_)),
      default_namespace_(url.path),
      backoff_({.delay = options_.reconnection_delay,
                .delay_max = options_.reconnection_delay_max,
                .randomization = options_.randomization_factor}),
      timer_(loop, [this] { this->loop().contain([this] { handle_delay_over(); }); }),
      failures_(loop) {
    packet_options_.limits.packet_bytes_max = options_.max_http_buffer_size;
}

void ClientCore::abandon() noexcept {
    is_over_ = true;
    gate()->close();
    timer_.stop();
    engine_.reset();
    last_receiver_ = {};
    std::vector<Reference<SocketCore>> sockets;
    {
        const std::lock_guard lock(sockets_mutex_);
        sockets.swap(sockets_);
    }
    for (const Reference<SocketCore>& socket : sockets)
        socket->abandon();
}

Reference<SocketCore> ClientCore::of(std::string_view nsp) {
    const std::lock_guard lock(sockets_mutex_);
    for (const Reference<SocketCore>& socket : sockets_)
        if (socket->nsp() == nsp) return socket;
    Reference<SocketCore> socket(new SocketCore(*this, std::string(nsp)));
    // Where the application that this was given is gone, the socket is one that has outlived its client.
    gate()->is_open() ? sockets_.push_back(socket) : socket->abandon();
    return socket;
}

// A copy, because handlers may ask for further namespaces, or end this.
std::vector<Reference<SocketCore>> ClientCore::sockets() const {
    const std::lock_guard lock(sockets_mutex_);
    return sockets_;
}

template <typename Visit>
void ClientCore::for_each_active(Visit&& visit) {
    for (const Reference<SocketCore>& socket : sockets())
        if (socket->active() && !is_over_) visit(*socket);
}

bool ClientCore::is_wanted() const {
    const std::lock_guard lock(sockets_mutex_);
    return std::ranges::any_of(sockets_, [](const Reference<SocketCore>& socket) { return socket->active(); });
}

std::optional<Transport> ClientCore::transport() const noexcept {
    return is_open() ? std::optional(engine_->transport()) : std::nullopt;
}

std::string_view ClientCore::session_id() const noexcept {
    return is_open() ? std::string_view(engine_->greeting().sid) : std::string_view();
}

ClientCore::MainNamespace ClientCore::take_main_namespace() noexcept {
    const bool has_come = main_namespace_ != MainNamespace::awaited;
    return has_come ? std::exchange(main_namespace_, MainNamespace::taken) : MainNamespace::awaited;
}

// ---- the session

void ClientCore::begin() {
    of(default_namespace_)->connect();
}

void ClientCore::open() {
    if (engine_ == nullptr && !is_reconnecting_) start_engine();
}

void ClientCore::start_engine() {
    const auto& transports = engine_options_.transports;
    const bool remembers = options_.remember_upgrade && used_websocket_ &&
                           std::ranges::find(transports, Transport::websocket) != transports.end();
    is_parse_error_ = false;
    main_namespace_ = MainNamespace::awaited;
    decoder_.emplace(packet_options_);
    engine_ = Engine::open(home(), engine_options_, remembers ? Transport::websocket : transports.front(), *this);
}

void ClientCore::on_engine_open() {
    opened_at_ = loop().now();
    used_websocket_ = engine_->transport() == Transport::websocket;
    const bool was_reconnecting = std::exchange(is_reconnecting_, false);
    const std::uint32_t attempt = std::exchange(attempts_, 0);
    for_each_active([](SocketCore& socket) { socket.join(); });
    if (!is_over_ && was_reconnecting && on_reconnect) contain("on_reconnect", [&] { on_reconnect(attempt); });
}

void ClientCore::on_engine_upgrade() {
    used_websocket_ = true;
}

void ClientCore::on_engine_ping() {
    if (on_ping) contain("on_ping", [&] { on_ping(); });
}

void ClientCore::on_engine_failed(ConnectError error) {
    engine_.reset();
    const bool was_reconnecting = is_reconnecting_;
    is_reconnecting_ = true;  // so that whoever joins now waits
    for_each_active([&](SocketCore& socket) { socket.fail(error); });
    if (!is_over_ && was_reconnecting && on_reconnect_error) {
        contain("on_reconnect_error", [&] { on_reconnect_error(error); });
    }
    if (!is_over_) wait_to_reconnect(std::chrono::seconds(error.retry_after));
}

void ClientCore::on_engine_closed(const engineio::Closed& closed) {
    const bool was_left = closed.reason == CloseReason::forced_close && !is_parse_error_;
    engine_.reset();
    if (was_left) {  // we have said goodbye; somebody may want to be back by now
        if (is_wanted()) return start_engine();
        return tell_if_finished();
    }
    end_session(is_parse_error_ ? ClientDisconnectReason::parse_error : reason_of(closed.reason));
}

void ClientCore::end_session(ClientDisconnectReason reason) {
    backoff_.note_connection(loop().now() - opened_at_);
    is_reconnecting_ = true;
    for_each_active([&](SocketCore& socket) { socket.end_session(reason); });
    if (!is_over_) wait_to_reconnect(Duration::zero());
}

void ClientCore::wait_to_reconnect(Duration at_least) {
    constexpr Duration at_least_max = std::chrono::hours(1);
    is_reconnecting_ = false;
    if (!is_wanted() || !options_.reconnection) return tell_if_finished();
    if (attempts_ >= options_.reconnection_attempts) {
        attempts_ = 0;
        if (on_reconnect_failed) contain("on_reconnect_failed", [&] { on_reconnect_failed(); });
        return is_over_ ? void() : tell_if_finished();
    }
    is_reconnecting_ = true;
    timer_.start(std::max(backoff_.next(loop().entropy()), std::min(at_least, at_least_max)));
}

void ClientCore::handle_delay_over() {
    if (is_over_) return;
    ++attempts_;
    if (on_reconnect_attempt) contain("on_reconnect_attempt", [&] { on_reconnect_attempt(attempts_); });
    if (!is_over_ && is_reconnecting_ && engine_ == nullptr) start_engine();
}

void ClientCore::handle_left() {
    if (is_over_ || is_wanted()) return;
    is_reconnecting_ = false;
    attempts_ = 0;
    timer_.stop();
    if (engine_ != nullptr) return engine_->close();
    tell_if_finished();
}

void ClientCore::disconnect_all() {
    for_each_active([](SocketCore& socket) { socket.disconnect(); });
}

bool ClientCore::is_finished() const noexcept {
    return engine_ == nullptr && !timer_.is_running();
}

void ClientCore::tell_if_finished() {
    if (is_finished() && on_finished) on_finished();
}

// ---- packets

bool ClientCore::send(std::string_view text, std::span<const std::string_view> attachments, bool compress) {
    if (!is_open()) return false;
    std::size_t bytes = text.size();
    for (const std::string_view octets : attachments)
        bytes += octets.size();
    // All of them or none: a packet without its attachments would be the end of the connection.
    if (bytes > options_.send_buffer_bytes_max - std::min(engine_->waiting_bytes(), options_.send_buffer_bytes_max)) {
        return false;
    }
    if (!engine_->send({.data = text, .compress = compress})) return false;
    for (const std::string_view octets : attachments)
        engine_->send({octets, true, compress});
    return true;
}

void ClientCore::on_engine_message(const engineio::Message& message) {
    handle_decoded(message.is_binary ? decoder_->receive_binary(message.data)
                                     : decoder_->receive_text(message.data, loop().now()));
}

void ClientCore::handle_decoded(PacketDecoder::Status status) {
    if (status == PacketDecoder::Status::incomplete) return;
    if (status == PacketDecoder::Status::complete) {
        handle_packet(decoder_->packet());
        if (decoder_) decoder_->release();
        return;
    }
    is_parse_error_ = true;
    report({ClientFailure::Kind::bad_packet, {}, decoder_->failure().reason, {}});
    if (engine_ != nullptr) engine_->close();
}

void ClientCore::handle_packet(const socketio::DecodedPacket& packet) {
    if (is_old() && packet.type == socketio::PacketType::connect && packet.namespace_name == "/" &&
        main_namespace_ == MainNamespace::awaited) {
        const Reference<SocketCore> main = of("/");
        main_namespace_ = main->is_joining() ? MainNamespace::taken : MainNamespace::entered;
    }
    if (!last_receiver_ || last_receiver_->nsp() != packet.namespace_name) {
        const std::lock_guard lock(sockets_mutex_);
        const auto found = std::ranges::find_if(
            sockets_, [&](const Reference<SocketCore>& socket) { return socket->nsp() == packet.namespace_name; });
        if (found == sockets_.end()) return;
        last_receiver_ = *found;
    }
    const Reference<SocketCore> receiver = last_receiver_;
    receiver->receive(packet);
}

}  // namespace parley::client
