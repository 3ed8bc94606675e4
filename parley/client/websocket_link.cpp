// SPDX-License-Identifier: MIT
//
// Stage      what happens                          what follows                                   next
// --------   -----------------------------------   --------------------------------------------   ---------
// dialing    there is a connection                 the request of the handshake is sent           handshake
// handshake  101 as it must be                     on_link_open                                   open
// handshake  any other answer                      its body is read, a little of it               refused
// refused    the answer is over                    on_link_failed                                 ended
// open       a message                             on_link_message                                open
// open       close()                               the Close frame                                closing
// open       the end, an error, its time is up     on_link_closed, what is left to send leaves    leaving
// closing    the end, an error, its time is up     on_link_closed, what is left to send leaves    leaving
// leaving    the stream has closed                 on_link_gone                                   ended
// other      the end, an error, its time is up     on_link_failed                                 ended
#include "parley/client/websocket_link.hpp"

#include <algorithm>

#include "parley/client/retry_after.hpp"
#include "parley/net/mailbox.hpp"
#include "parley/websocket/client_handshake.hpp"

namespace parley::client {
namespace {

// Of the body of a refusal: enough for the sentence of a server, and no more.
constexpr std::size_t refusal_bytes_max = 4'096;

constexpr const char* websocket_error = "websocket error";

ConnectError failure(const char* message, Error cause) {
    ConnectError error;
    error.message = message;
    error.is_tls = cause.code == ErrorCode::tls_failed;
    error.description = std::move(cause.message);
    return error;
}

ConnectError failure(const char* message, std::string description) {
    return failure(message, Error{ErrorCode::disconnected, std::move(description)});
}

}  // namespace

WebSocketLink::WebSocketLink(Home home, const WebSocketLinkOptions& options, WebSocketLinkListener& listener)
    : Ending(std::move(home)),
      options_(options),
      listener_(&listener),
      machine_(options.machine, loop().entropy()),
      timer_(loop(), [this] { handle_deadline(); }),
      open_deadline_(loop().deadline_after(options.open_timeout)) {}

WebSocketLink::Owner WebSocketLink::connect(Home home, const http::Url& url, const WebSocketLinkOptions& options,
                                            WebSocketLinkListener& listener) {
    Owner link(new WebSocketLink(std::move(home), options, listener));
    link->dial(url);
    link->arm_timer();
    return link;
}

void WebSocketLink::abandon() noexcept {
    listener_ = nullptr;
    if (stage_ != Stage::leaving) stage_ = Stage::ended;
    timer_.stop();
    dial_.reset();
}

// The loop may end before the goodbye is said.
bool WebSocketLink::stays() noexcept {
    is_alone_ = stage_ == Stage::leaving && gate()->mailbox().add(*this);
    return is_alone_;
}

void WebSocketLink::handle_loop_end() noexcept {
    stream_.reset();
    go();
}

// ---- the way to an open connection

void WebSocketLink::dial(const http::Url& url) {
    dial_ = Dialer(loop(), options_.dial).dial(url, [this, url](Result<std::unique_ptr<net::Stream>> stream) {
        const std::unique_ptr<Dial> dialed = std::move(dial_);
        if (!stream) return fail(failure(websocket_error, std::move(stream.error())));
        stream_ = std::move(*stream);
        stream_->set_handler(*this);
        send_request(url);
    });
}

void WebSocketLink::send_request(const http::Url& url) {
    key_ = websocket::make_key(loop().entropy());
    std::string request = "GET " + url.target() + " HTTP/1.1\r\nHost: " + url.host_header() +
                          "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                          "Sec-WebSocket-Key: " +
                          key_ + "\r\n";
    const char* separator = "Sec-WebSocket-Protocol: ";
    for (const std::string& subprotocol : options_.subprotocols) {
        request.append(separator).append(subprotocol);
        separator = ", ";
    }
    if (!options_.subprotocols.empty()) request += "\r\n";
    if (const std::string offer = websocket::deflate_offer(options_.deflate); !offer.empty())
        request.append("Sec-WebSocket-Extensions: ").append(offer).append("\r\n");
    for (const HttpHeader& header : options_.headers)
        request.append(header.name).append(": ").append(header.value).append("\r\n");
    request += "\r\n";
    stream_->outbox().append(request);
    stream_->flush_soon();
    answer_.emplace();
    answer_->expect(http::ResponseTo::upgrade);
    stage_ = Stage::handshake;
}

void WebSocketLink::read_answer(std::span<char> octets) {
    using Kind = http::ResponseEvent::Kind;
    answer_->receive(octets);
    while (stage_ == Stage::handshake || stage_ == Stage::refused) {
        const std::optional<http::ResponseEvent> event = answer_->next_event();
        if (!event) return;
        if (event->kind == Kind::failed) {
            return fail(failure(websocket_error, "The server did not answer as HTTP: " + std::string(event->reason)));
        }
        if (stage_ == Stage::refused) {
            read_refusal(*event);
        } else if (event->kind == Kind::head_received && answer_->head().status() != 101) {
            stage_ = Stage::refused;
            answer_->set_body_limit(UINT64_MAX);  // what is too much is not kept
            refusal_ = failure(websocket_error, "The server answered " + std::to_string(answer_->head().status()) +
                                                    " instead of 101 (Switching Protocols).");
            refusal_.status = answer_->head().status();
            refusal_.retry_after = parse_retry_after(answer_->head().find("Retry-After").value_or(""));
        } else if (event->kind == Kind::left_http) {
            open();
        }
    }
}

void WebSocketLink::read_refusal(const http::ResponseEvent& event) {
    using Kind = http::ResponseEvent::Kind;
    if (event.kind == Kind::body_received) {
        refusal_.body.append(event.body.substr(0, refusal_bytes_max - refusal_.body.size()));
        if (refusal_.body.size() < refusal_bytes_max) return;
    }
    fail(std::move(refusal_));
}

void WebSocketLink::open() {
    Result<websocket::HandshakeChoice> choice = websocket::check_handshake_answer(
        answer_->head(), {.key = key_, .subprotocols = options_.subprotocols, .deflate = options_.deflate});
    if (!choice) return fail(failure(websocket_error, "The server " + choice.error().message + "."));
    subprotocol_ = std::move(choice->subprotocol);
    if (choice->deflate) {
        deflate_ = std::make_unique<websocket::DeflatePool>(options_.deflate);
        machine_.use_deflate(std::make_unique<websocket::DeflateExtension>(*deflate_, *choice->deflate,
                                                                           websocket::DeflateExtension::Role::client));
    }
    stage_ = Stage::open;
    open_deadline_ = no_deadline;
    listener_->on_link_open();
    if (is_live()) receive(answer_->unparsed());
    answer_.reset();
    std::string().swap(key_);
}

// ---- messages

void WebSocketLink::on_data(std::span<char> octets) {
    loop().contain([&] {
        if (is_live()) return receive(octets);
        if (stage_ == Stage::handshake || stage_ == Stage::refused) {
            read_answer(octets);
            arm_timer();
        }
    });
}

std::span<char> WebSocketLink::receive_window() {
    try {
        return is_live() ? machine_.receive_window() : std::span<char>();
    } catch (const std::bad_alloc&) {
        return {};
    }
}

void WebSocketLink::receive(std::span<char> octets) {
    machine_.receive(octets, loop().now());
    drain();
}

void WebSocketLink::drain() {
    while (is_live()) {
        const std::optional<websocket::Event> event = machine_.next_event(stream_->outbox());
        if (!event) break;
        if (event->kind == websocket::Event::Kind::closed) return end(event->closed);
        if (stage_ == Stage::open) listener_->on_link_message(event->message);
    }
    if (!is_live()) return;
    if (!stream_->outbox().empty()) stream_->flush_soon();
    arm_timer();
}

template <typename Append>
bool WebSocketLink::send(Append&& append) {
    if (stage_ != Stage::open || waiting_bytes() > options_.send_buffer_bytes_max) return false;
    if (!append(stream_->outbox())) return false;
    stream_->flush_soon();
    return true;
}

bool WebSocketLink::send_text(std::string_view text, websocket::Compress compress) {
    return send([&](Outbox& outbox) { return machine_.send_text(text, outbox, compress); });
}

bool WebSocketLink::send_text(char prefix, std::string_view text, websocket::Compress compress) {
    return send([&](Outbox& outbox) { return machine_.send_text(prefix, text, outbox, compress); });
}

bool WebSocketLink::send_binary(std::string_view octets, websocket::Compress compress) {
    return send([&](Outbox& outbox) { return machine_.send_binary(octets, outbox, compress); });
}

bool WebSocketLink::ping(std::string_view payload) {
    return send([&](Outbox& outbox) { return machine_.ping(payload, outbox); });
}

std::size_t WebSocketLink::waiting_bytes() const noexcept {
    return stream_ != nullptr ? stream_->outbox().size() : 0;
}

// ---- the end

void WebSocketLink::close(const websocket::CloseStatus& status) {
    if (stage_ == Stage::open) {
        if (!machine_.close(status, loop().now(), stream_->outbox())) return;
        stage_ = Stage::closing;
        stream_->flush_soon();
        arm_timer();
    } else if (stage_ != Stage::closing && stage_ != Stage::leaving) {
        abandon();
    }
}

void WebSocketLink::on_end() {
    loop().contain([&] { handle_end(); });
}

void WebSocketLink::handle_end() {
    if (is_live()) {
        machine_.receive_eof(loop().now());
        return drain();
    }
    if (stage_ == Stage::refused) {
        answer_->receive_eof();
        return fail(std::move(refusal_));
    }
    fail(failure(websocket_error, "The server closed the connection before it had answered."));
}

void WebSocketLink::on_closed(std::optional<Error> error) {
    loop().contain([&] {
        if (is_live()) end({websocket::CloseCode::abnormal, WebSocketCloseCause::connection_lost, {}});
        if (stage_ == Stage::leaving || stage_ == Stage::ended) return leave();
        if (stage_ == Stage::refused) return fail(std::move(refusal_));
        fail(failure(websocket_error, error ? std::move(*error) : Error{{}, "The connection was lost."}));
    });
}

void WebSocketLink::handle_deadline() {
    loop().contain([&] {
        if (!is_live()) return fail(failure("timeout", "The server did not answer in time."));
        machine_.handle_deadline(loop().now(), stream_->outbox());
        drain();
    });
}

void WebSocketLink::fail(ConnectError error) {
    if (stage_ == Stage::ended) return;
    WebSocketLinkListener* const listener = listener_;
    abandon();
    if (listener != nullptr) listener->on_link_failed(std::move(error));
}

// What the machine has left, a Close frame, goes before the end; the server closes first, or has its time for it.
void WebSocketLink::end(const websocket::Closed& closed) {
    if (!is_live()) return;
    stage_ = Stage::leaving;
    timer_.stop();
    stream_->close();
    if (listener_ != nullptr) listener_->on_link_closed(closed);
}

void WebSocketLink::leave() {
    stage_ = Stage::ended;
    if (is_alone_) {
        gate()->mailbox().remove(*this);
        return go();
    }
    WebSocketLinkListener* const listener = listener_;
    abandon();
    if (listener != nullptr) listener->on_link_gone();
}

void WebSocketLink::arm_timer() {
    timer_.start_at(is_live() ? machine_.next_deadline() : open_deadline_);
}

}  // namespace parley::client
