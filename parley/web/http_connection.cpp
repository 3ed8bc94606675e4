// SPDX-License-Identifier: MIT
//
// Theory of operation. Octets come from the stream and go to the parser; `advance` takes events out of it and acts on
// them until something must be waited for. One request is handled at a time: while its answer is due, what follows
// stays unparsed, so answers leave in order and nothing queues but octets, of which a bounded number is kept.
//
//   stage       waits for                                 time limit                               then
//   idle        the first octet of a request              keep_alive_timeout, and a second         close
//   head        the rest of a head                        head_timeout, not extended by octets     408, close
//   body        the rest of a body                        body_grace, then a pace                  408, close
//   uploading   the rest of a body that is taken in       as of body; none while the handler      408, close
//               pieces, or its handler                    takes none
//   moving      the peer, to take earlier answers         stall_timeout, or a pace                 cut
//   answering   the answer, which a handler may keep      none, or that of a heartbeat             write it
//   sending     the peer, to take a long body             stall_timeout, or a pace                 cut
//   closing     the stream's orderly end                  the stream's own                         -
//
// In every stage but the last, an outbox of which the peer takes too little for stall_timeout ends the connection; more
// than a little in it stops the handling of further requests until it is drained.
#include "parley/web/http_connection.hpp"

#include <algorithm>
#include <utility>

#include "parley/web/application_state.hpp"

namespace parley::web {

namespace {

// Requests of one connection that are handled in one turn of the loop, so that one peer does not hold up the others.
constexpr int requests_per_turn_max = 16;

// Octets of answers that wait above which no further request is handled.
constexpr std::size_t waiting_bytes_max = 64 * 1024;

// A body up to this length is read, whoever wants it: the connection can then go on.
constexpr std::size_t short_body_bytes_max = 4 * 1024;

// How much longer than was said a connection stays open: the last request may be on its way.
constexpr Duration keep_alive_grace = std::chrono::seconds(1);

// Octets of requests that are kept while an answer is due; reading stops above.
constexpr std::size_t pipelined_bytes_max = 16 * 1024;

std::size_t size_of(const AnswerBody& body) {
    if (body.source != nullptr) return body.size;
    return body.shared.empty() ? body.text.size() : body.shared.size();
}

}  // namespace

HttpConnection::HttpConnection(ApplicationState& application, std::unique_ptr<net::Stream> stream)
    : Connection(application.connections, std::move(stream)),
      application_(application),
      parser_(std::make_unique<http::RequestParser>(application.http_limits)),
      stage_since_(now()) {
    wake_at(deadline());
}

HttpConnection::~HttpConnection() {
    abandon_exchange();
}

// Requests in.

void HttpConnection::receive(std::span<char> bytes) {
    if (upgrading_) {
        body_.append(bytes.data(), bytes.size());
    } else {
        parser_->receive(bytes);
        if (can_advance() && !yielded_) return begin_share();
        parser_->keep();
    }
    note_retained();
    if (!is_present()) return;
    if (!reading_paused_ && parser_->unparsed().size() + body_.size() > pipelined_bytes_max) {
        reading_paused_ = true;
        stream().pause_reading();
    }
}

void HttpConnection::receive_end() {
    has_ended_ = true;
    if (stage_ == Stage::answering) {
        // The answer is not there yet and the peer has hung up: a browser that left the page looks like this.
        abandon_exchange();
        return close();
    }
    parser_->receive_eof();
    if (!yielded_) begin_share();
}

bool HttpConnection::can_advance() const {
    const bool reads_requests = stage_ == Stage::idle || stage_ == Stage::head || stage_ == Stage::body ||
                                (stage_ == Stage::uploading && takes_body());
    return reads_requests && is_present() && stream().outbox().size() <= waiting_bytes_max;
}

void HttpConnection::begin_share() {
    requests_left_ = requests_per_turn_max;
    advance();
}

void HttpConnection::advance() {
    if (advancing_) return;
    advancing_ = true;
    while (can_advance()) {
        if (requests_left_ == 0) {
            yielded_ = true;
            resume_next_turn();
            break;
        }
        if (stage_ == Stage::uploading) {
            invite_body();
        } else {
            forget_exchange();
        }
        const std::optional<http::RequestEvent> event = parser_->next_event();
        if (!event) {
            note_waiting();
            break;
        }
        handle_event(*event);
        if (event->kind == http::RequestEvent::Kind::request_received) --requests_left_;
    }
    advancing_ = false;
    if (!is_present() || stage_ == Stage::closing) return;
    parser_->keep();
    if (reading_paused_ && parser_->unparsed().size() <= pipelined_bytes_max) {
        reading_paused_ = false;
        stream().resume_reading();
    }
    wake_at(deadline());
    note_retained();
}

// What the program shares with all, a file or a page, is not this peer's.
void HttpConnection::note_retained() {
    retain_or_shed(retained_bytes());
}

std::size_t HttpConnection::retained_bytes() const {
    std::size_t octets = parser_->kept_bytes() + body_.capacity();
    if (exchange_ != nullptr) octets += exchange_->body_capacity();
    if (!stream().outbox().empty()) octets += std::min(answer_bytes_, stream().outbox().size());
    return octets;
}

void HttpConnection::shed() {
    const bool receives = stage_ == Stage::head || stage_ == Stage::body;
    if (!receives || !stream().outbox().empty()) return cut();
    std::string().swap(body_);
    refuse(503);
    retain(0);
}

void HttpConnection::resume() {
    if (cut_due_) return cut();
    if (exchange_ != nullptr && exchange_->is_finish_due() && !pump_.is_running()) exchange_->finish(application_);
    if (!is_present()) return;
    if (is_handled() && stream().outbox().empty()) tell_drained();
    if (stage_ == Stage::answering && takes_body()) exchange_->give_whole_body();
    if (!is_present()) return;
    if (std::exchange(yielded_, false)) return begin_share();
    advance();
}

void HttpConnection::note_waiting() {
    if (stage_ == Stage::uploading) return;
    if (has_ended_ || (shutting_down_ && parser_->is_idle())) return close();
    if (parser_->is_reading_body()) return enter(Stage::body);
    if (!parser_->is_idle()) enter(Stage::head);
}

void HttpConnection::handle_event(const http::RequestEvent& event) {
    switch (event.kind) {
        case http::RequestEvent::Kind::head_received:
            return begin_request();
        case http::RequestEvent::Kind::body_received:
            body_bytes_received_ += event.body.size();
            if (stage_ == Stage::uploading) return exchange_->give_body(event.body);
            body_.append(event.body);
            return;
        case http::RequestEvent::Kind::request_received:
            if (stage_ != Stage::uploading) return dispatch();
            enter(Stage::answering);
            return exchange_->end_body();
        case http::RequestEvent::Kind::failed:
            if (stage_ == Stage::uploading) return fail_upload(event.status);
            // A body that is too large is known by its head, which says whose business that is.
            return event.status == 413 && stage_ == Stage::body ? dispatch_too_large() : refuse(event.status);
    }
}

void HttpConnection::begin_request() {
    const http::RequestHead& head = parser_->head();
    if (ApplicationState* const home = application_.home_of(head)) return move_when_drained(*home);
    body_bytes_received_ = 0;
    if (Upgrade::is_wanted(head)) {
        parser_->upgrade();
        return dispatch_upgrade();
    }
    if (!head.has_body()) return;
    const BodyRule* const rule = application_.body_rule(head);
    std::size_t body_bytes_max =
        rule != nullptr && rule->bytes_max ? *rule->bytes_max : application_.body_bytes_max(head);
    const std::uint64_t length = head.content_length().value_or(body_bytes_max);
    if (rule != nullptr && rule->is_streamed && length <= body_bytes_max) {
        parser_->set_body_limit(body_bytes_max);
        return dispatch_upload();
    }
    if (rule == nullptr && length > short_body_bytes_max && length <= body_bytes_max &&
        !application_.wants_body(head)) {
        if (!head.is_chunked()) {
            close_after_answer_ = true;
            return dispatch();
        }
        // It may be short, and is to be well-formed all the same.
        body_bytes_max = short_body_bytes_max;
    }
    parser_->set_body_limit(body_bytes_max);
    enter(Stage::body);
    if (head.expects_continue() && length <= body_bytes_max) {
        http::append_continue(stream().outbox());
        stream().flush_soon();
    }
}

// A request that belongs to another loop takes its whole connection along, before anything is done about it: everything
// of one connection stays on one loop, and the parser there begins with the same octets.

void HttpConnection::move_when_drained(ApplicationState& home) {
    home_ = &home;
    enter(Stage::moving);
    stream().flush();
    if (stream().outbox().empty()) move();
}

void HttpConnection::move() {
    std::string octets = parser_->unhandled();
    std::unique_ptr<net::DetachedStream> detached = stream().detach();
    if (detached == nullptr) return;  // it is broken, and that is about to be told
    leave();
    home_->adopt_later(std::move(detached), std::move(octets));
}

void HttpConnection::begin_here(std::span<char> octets, bool is_stopping) {
    shutting_down_ = is_stopping;
    if (!octets.empty()) on_data(octets);
}

// The handle, and those that a handler keeps, own the exchange.
Response HttpConnection::begin_exchange(std::string body) {
    exchange_ = new Exchange(*this, parser_->head(), std::move(body));
    if (application_.observer) exchange_->began = now();
    return exchange_->response();
}

void HttpConnection::dispatch() {
    enter(Stage::answering);
    const Response response = begin_exchange(std::exchange(body_, {}));
    application_.handle_request(*exchange_);
}

void HttpConnection::dispatch_upload() {
    enter(Stage::uploading);
    hold_body();
    continue_due_ = parser_->head().expects_continue();
    const Response response = begin_exchange();
    application_.handle_request(*exchange_);
}

// The time in which the program took nothing is not the peer's.
void HttpConnection::take_body() {
    if (!is_present()) return;
    if (stage_ == Stage::uploading) stage_since_ += now() - body_held_since_;
    resume_this_turn();
}

void HttpConnection::invite_body() {
    if (!std::exchange(continue_due_, false) || exchange_->is_streaming()) return;
    note_answer_begins();
    http::append_continue(stream().outbox());
    stream().flush_soon();
}

void HttpConnection::fail_upload(int status) {
    if (has_ended_) {  // it is the peer who has gone
        abandon_exchange();
        return refuse(status);
    }
    const Response response = exchange_->response();
    exchange_->forget_body_handlers();
    if (exchange_->is_streaming()) return exchange_->cut_stream();
    close_after_answer_ = true;
    enter(Stage::answering);
    application_.refuse_upload(*exchange_, status);
}

void HttpConnection::dispatch_too_large() {
    enter(Stage::answering);
    close_after_answer_ = true;
    const Response response = begin_exchange();
    application_.handle_too_large(*exchange_);
}

void HttpConnection::dispatch_upgrade() {
    enter(Stage::answering);
    upgrading_ = true;
    close_after_answer_ = true;  // whatever comes behind the head is not HTTP
    const Response response = begin_exchange();
    application_.handle_upgrade(*exchange_);
}

// Answers out.

void HttpConnection::send_answer(Exchange& exchange, AnswerBody body) {
    contain([&] { write_answer(exchange, body); });
}

void HttpConnection::write_answer(Exchange& exchange, AnswerBody& body) {
    const http::RequestHead& head = parser_->head();
    http::ResponseHead& answer = exchange.answer;
    answer.framing.content_length = size_of(body);
    begin_answer(answer);
    if (head.method() == "HEAD" || http::is_bodiless(answer.status)) body = {};
    exchange.body_bytes = size_of(body);
    if (body.source != nullptr) {
        pump_.start(std::move(body.source), body.size);
        enter(Stage::sending);
        return pump_body();
    }
    if (body.shared.empty()) {
        stream().outbox().append(body.text);
        answer_bytes_ += body.text.size();
    } else {
        stream().outbox().append(body.shared);
    }
    finish_answer();
}

void HttpConnection::begin_answer(http::ResponseHead& answer) {
    const http::RequestHead& head = parser_->head();
    // What is left of a body that nobody takes any more is not waited for.
    close_after_answer_ = close_after_answer_ || !head.keep_alive() || shutting_down_ || stage_ == Stage::uploading;
    answer.framing.close = close_after_answer_;
    answer.framing.keep_alive = application_.keep_alive_lines;
    if (answer.status == 426) answer.framing.upgrade = "websocket";  // RFC 9110 §15.5.22
    note_answer_begins();
    http::append_response_head(stream().outbox(), answer, application_.date());
}

void HttpConnection::note_answer_begins() {
    if (!stream().outbox().empty()) return;
    answer_since_ = now();
    answer_begin_ = stream().outbox().passed();
    answer_bytes_ = 0;
}

// Streamed answers.

void HttpConnection::begin_stream(Exchange& exchange) {
    contain([&] {
        const bool is_old = parser_->head().minor_version() == 0;  // chunks came with HTTP/1.1
        close_after_answer_ = close_after_answer_ || is_old;
        exchange.answer.framing.chunked = !is_old;
        exchange.answer.framing.until_close = is_old;
        begin_answer(exchange.answer);
        stage_since_ = now();
        stream().flush_soon();
        wake_at(deadline());
    });
}

bool HttpConnection::write_part(Exchange& exchange, std::string_view part) {
    if (part.empty()) return true;
    if (stream().outbox().size() >= application_.options.answer_bytes_waiting_max) return false;
    bool is_written = false;
    contain([&] {
        note_answer_begins();
        if (exchange.answer.framing.chunked) {
            http::append_chunk(stream().outbox(), part);
        } else {
            stream().outbox().append(part);
        }
        answer_bytes_ += part.size();
        exchange.body_bytes += part.size();
        stage_since_ = now();
        retain(retained_bytes());
        stream().flush_soon();
        wake_at(deadline());
        is_written = true;
    });
    return is_written;
}

void HttpConnection::end_stream(Exchange& exchange) {
    contain([&] {
        const bool has_body = parser_->head().method() != "HEAD" && !http::is_bodiless(exchange.answer.status);
        if (exchange.answer.framing.chunked && has_body) http::append_last_chunk(stream().outbox());
        finish_answer();
    });
}

void HttpConnection::cut_stream() {
    cut();
}

void HttpConnection::tell_drained() {
    if (exchange_ == nullptr || !exchange_->awaits_drain()) return;
    exchange_->handle_drained();
}

void HttpConnection::pump_body() {
    const BodyPump::Outcome outcome = pump_.pump(stream().outbox());
    if (outcome == BodyPump::Outcome::failed) return cut();
    if (outcome == BodyPump::Outcome::finished) return finish_answer();
    stream().flush_soon();
    wake_at(deadline());
}

void HttpConnection::finish_answer() {
    stream().flush_soon();
    if (exchange_ != nullptr && exchange_->note_sent()) resume_this_turn();
    tell_done();
    if (close_after_answer_) return close();
    enter(Stage::idle);
    if (!advancing_) resume_this_turn();
}

void HttpConnection::tell_done() {
    if (application_.observer && exchange_ != nullptr) exchange_->tell_done(application_, body_bytes_received_);
}

void HttpConnection::handle_drained() {
    if (stage_ == Stage::moving) return move();
    if (pump_.is_running()) return pump_body();
    if (is_handled()) {
        if (exchange_ == nullptr) return;
        if (exchange_->is_streaming()) {
            retain(retained_bytes());
            wake_at(deadline());
        }
        tell_drained();
        if (!is_present() || stage_ != Stage::uploading) return;
    }
    if (can_advance() && !yielded_) begin_share();
}

void HttpConnection::refuse(int status) {
    if (stage_ != Stage::closing)  // else it was told as a request whose peer has gone
        application_.observer.tell(&ApplicationObserver::on_request_done,
                                   RequestSummary{.status = status, .is_complete = true});
    http::ResponseHead answer;
    answer.status = status;
    answer.fields.set("Content-Type", "text/plain; charset=utf-8");
    if (status == 503) answer.fields.set("Retry-After", "2");
    if (status == 405) answer.fields.set("Allow", http::supported_methods);
    const std::string_view text = http::reason_phrase(status);
    answer.framing.content_length = text.size();
    answer.framing.close = true;
    http::append_response_head(stream().outbox(), answer, application_.date());
    stream().outbox().append(text);
    close();
}

// What may fail comes first: once this has left, the stream must have a new owner.
WebSocketConnection* HttpConnection::upgrade(const http::ResponseHead& answer, SharedWebSocketOptions options,
                                             WebSocketListener& listener) {
    std::string early_bytes;
    std::unique_ptr<WebSocketConnection> connection;
    const bool is_done = loop().contain([&] {
        http::append_response_head(stream().outbox(), answer, application_.date());
        early_bytes.assign(parser_->unparsed().data(), parser_->unparsed().size());
        early_bytes += body_;
        parser_->keep();
        stream().flush_soon();
        // The memory comes before the arguments ([expr.new]).
        connection.reset(new WebSocketConnection(table(), leave(), std::move(options), listener));
    });
    if (!is_done) {
        end_without_memory();
        return nullptr;
    }
    WebSocketConnection* const upgraded = connection.get();
    table().add(std::move(connection));
    upgraded->start(early_bytes);
    if (shutting_down_) upgraded->begin_shutdown();
    exchange_->complete_by_upgrade(std::move(parser_));
    tell_done();
    exchange_ = nullptr;
    return upgraded;
}

// The end.

void HttpConnection::close() {
    enter(Stage::closing);
    stream().close();
}

void HttpConnection::cut() {
    abandon_exchange();
    leave();
}

void HttpConnection::handle_lost() {
    cut();
}

void HttpConnection::begin_shutdown() {
    shutting_down_ = true;
    if (exchange_ != nullptr && exchange_->is_open() && exchange_->is_endless()) return exchange_->stop();
    const bool awaits_request = stage_ == Stage::idle || stage_ == Stage::head;
    if (!awaits_request || !parser_->is_idle()) return;
    if (!stream().outbox().empty()) return close();
    cut();
}

void HttpConnection::abandon() {
    abandon_exchange();
}

void HttpConnection::forget_exchange() {
    if (exchange_ == nullptr) return;
    if (pump_.is_running()) exchange_->body_bytes -= pump_.left();
    tell_done();
    Exchange& exchange = *std::exchange(exchange_, nullptr);
    if (!exchange.is_finish_due()) return exchange.forget();
    const Response guard = exchange.response();
    exchange.finish(application_);
    exchange.forget();
}

void HttpConnection::abandon_exchange() {
    if (exchange_ == nullptr) return;
    if (!exchange_->is_open()) return forget_exchange();
    tell_done();
    stage_ = Stage::closing;
    std::exchange(exchange_, nullptr)->end_with_connection(std::move(parser_));
}

// Time.

void HttpConnection::enter(Stage stage) {
    if (stage_ == stage) return;
    stage_ = stage;
    stage_since_ = now();
}

TimePoint HttpConnection::deadline() const {
    if (stage_ == Stage::closing) return no_deadline;
    const ApplicationOptions& options = application_.options;
    if (!stream().outbox().empty() && stage_ != Stage::head && stage_ != Stage::body)
        return std::min(stream().last_progress(), answer_since_ + answer_time_earned()) + options.stall_timeout;
    switch (stage_) {
        case Stage::idle:
            return stage_since_ + options.keep_alive_timeout + keep_alive_grace;
        case Stage::head:
            return stage_since_ + options.head_timeout;
        case Stage::uploading:
            if (!takes_body()) return no_deadline;
            [[fallthrough]];
        case Stage::body: {
            const auto pace = std::max<std::size_t>(options.body_bytes_per_second_min, 1);
            const Duration earned = std::chrono::milliseconds(body_bytes_received_ * 1000 / pace);
            return stage_since_ + std::max<Duration>(options.body_grace, earned);
        }
        case Stage::answering: {
            const Duration interval = exchange_ != nullptr ? exchange_->heartbeat_interval() : Duration{};
            return interval > Duration{} ? stage_since_ + interval : no_deadline;
        }
        default:
            return no_deadline;
    }
}

Duration HttpConnection::answer_time_earned() const {
    const auto pace = std::max<std::size_t>(application_.options.answer_bytes_per_second_min, 1);
    return std::chrono::milliseconds((stream().outbox().passed() - answer_begin_) * 1000 / pace);
}

void HttpConnection::handle_timer() {
    if (now() < deadline()) return wake_at(deadline());
    if (stage_ == Stage::body || (stage_ == Stage::head && parser_->is_reading_head())) return refuse(408);
    if (!stream().outbox().empty()) return cut();
    if (stage_ == Stage::uploading) return fail_upload(408);
    if (stage_ == Stage::answering) return exchange_->beat();
    close();
}

}  // namespace parley::web
