// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "parley/base/time.hpp"
#include "parley/http/request_parser.hpp"
#include "parley/http/response.hpp"
#include "parley/web/body_pump.hpp"
#include "parley/web/connection.hpp"
#include "parley/web/exchange.hpp"
#include "parley/web/websocket_connection.hpp"

namespace parley::web {

class ApplicationState;

/// One connection that speaks HTTP/1.1: requests in, one at a time; answers out, in their order.
///
/// See http_connection.cpp for the theory of operation.
class HttpConnection final : public Connection {
 public:
    HttpConnection(ApplicationState& application, std::unique_ptr<net::Stream> stream);
    ~HttpConnection() override;

    [[nodiscard]] ApplicationState& application() const { return application_; }
    [[nodiscard]] net::Endpoint peer() const { return stream().peer(); }
    [[nodiscard]] bool is_secure() const { return stream().is_secure(); }

    /// Goes on with a connection from another loop, where `octets` have been received but not handled.
    void begin_here(std::span<char> octets, bool is_stopping);

    // From the exchange.
    using Connection::end_without_memory;
    /// Sends the answer of the request that is due.
    void send_answer(Exchange& exchange, AnswerBody body);
    /// Sends the head of an answer whose length is not known.
    void begin_stream(Exchange& exchange);
    /// False if too much waits already, or it cannot be sent.
    bool write_part(Exchange& exchange, std::string_view part);
    void end_stream(Exchange& exchange);
    void cut_stream();
    /// The same at the end of this turn, when nobody is in the middle of anything.
    void cut_soon() {
        cut_due_ = true;
        resume_this_turn();
    }
    [[nodiscard]] std::size_t waiting_bytes() const { return is_present() ? stream().outbox().size() : 0; }
    /// Somebody wants to write as soon as nothing waits.
    void resume_for_drain() {
        if (is_present()) resume_this_turn();
    }
    /// The head of the request in progress stays where it is from now on, until the next one.
    void keep_head() { parser_->keep_head(); }
    /// The program lets no further piece of the body come, or takes them again.
    void hold_body() { body_held_since_ = now(); }
    void take_body();
    /// The exchange ends: the last handle is gone, or an upgrade took place.
    void forget_exchange();
    /// Answers 101 with `answer`, and becomes a WebSocket connection.
    WebSocketConnection* upgrade(const http::ResponseHead& answer, SharedWebSocketOptions options,
                                 WebSocketListener& listener);

    // net::StreamHandler
    void on_data(std::span<char> bytes) override {
        contain([&] { receive(bytes); });
    }
    void on_end() override {
        contain([this] { receive_end(); });
    }
    void on_drained() override {
        contain([this] { handle_drained(); });
    }
    void on_closed(std::optional<Error> /*error*/) override {
        contain([this] { handle_lost(); });
    }

    // Connection
    void begin_shutdown() override;
    void resume() override;
    void handle_timer() override;
    void abandon() override;
    void shed() override;

 private:
    enum class Stage : std::uint8_t {
        idle,       ///< between two requests, nothing of the next has come
        head,       ///< part of a head has come, or the first one is awaited
        body,       ///< a body is being received
        uploading,  ///< a request is handled while its body comes
        moving,     ///< a request belongs to another loop, and answers to earlier ones are being sent
        answering,  ///< a request is complete, its answer is not
        sending,    ///< an answer's body is being taken from its source
        closing,    ///< the last answer is on its way, or nothing is: only the end is awaited
    };

    void receive(std::span<char> bytes);
    void receive_end();
    void handle_drained();
    void handle_lost();

    /// Advances with a new share of requests: in a turn the stream and the clock call it, but what this connection does
    /// by itself goes on with the share that it has.
    void begin_share();
    void advance();
    [[nodiscard]] bool can_advance() const;
    void handle_event(const http::RequestEvent& event);
    void begin_request();
    void move_when_drained(ApplicationState& home);
    void move();
    [[nodiscard]] Response begin_exchange(std::string body = {});
    void dispatch();
    void dispatch_upload();
    void fail_upload(int status);
    [[nodiscard]] bool is_handled() const { return stage_ == Stage::answering || stage_ == Stage::uploading; }
    void dispatch_upgrade();
    void dispatch_too_large();
    [[nodiscard]] bool takes_body() const { return exchange_ != nullptr && exchange_->takes_body(); }
    void invite_body();
    void note_waiting();
    void note_retained();
    void enter(Stage stage);

    void write_answer(Exchange& exchange, AnswerBody& body);
    void begin_answer(http::ResponseHead& answer);
    void note_answer_begins();
    [[nodiscard]] std::size_t retained_bytes() const;
    void tell_drained();
    void refuse(int status);
    void finish_answer();
    /// Tells the observer that the request is over, where it is.
    void tell_done();
    void pump_body();
    void close();
    void cut();
    void abandon_exchange();

    [[nodiscard]] TimePoint deadline() const;
    [[nodiscard]] Duration answer_time_earned() const;

    ApplicationState& application_;
    ApplicationState* home_ = nullptr;  // where it moves
    std::unique_ptr<http::RequestParser> parser_;
    Exchange* exchange_ = nullptr;  // the request whose answer is due, or was sent last; see Exchange
    std::string body_;              // of the request, or what comes behind an upgrade request that is not decided
    BodyPump pump_;
    TimePoint stage_since_;
    std::uint64_t body_bytes_received_ = 0;
    TimePoint body_held_since_{};     // while the program takes none of it
    TimePoint answer_since_{};        // when the empty outbox began to fill
    std::uint64_t answer_begin_ = 0;  // what it had sent by then
    std::size_t answer_bytes_ = 0;    // of its own, put into the outbox since that was empty
    int requests_left_ = 0;           // of this turn's share
    Stage stage_ = Stage::head;
    bool advancing_ = false;
    bool upgrading_ = false;
    bool close_after_answer_ = false;
    bool reading_paused_ = false;
    bool continue_due_ = false;
    bool has_ended_ = false;  // the peer sends nothing more
    bool shutting_down_ = false;
    bool cut_due_ = false;
    bool yielded_ = false;  // this turn's share of requests is used up
};

}  // namespace parley::web
