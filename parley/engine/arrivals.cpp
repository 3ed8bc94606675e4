// SPDX-License-Identifier: MIT
//
// The way of a request: preflights are answered; then the middlewares of the program, the checks of
// engineio/request.hpp, and its session. A handshake has none: the program is asked about it, which may wait for the
// answer, and then there is a new one.
#include "parley/engine/engine.hpp"

#include <utility>

#include "parley/base/error.hpp"
#include "parley/http/query.hpp"
#include "parley/net/call_frame.hpp"
#include "parley/web/application_state.hpp"
#include "parley/web/exchange.hpp"
#include "parley/web/http_connection.hpp"

namespace parley::engine {

namespace {

void refuse(const Arrival& arrival, engineio::RequestError error) {
    send_answer(arrival.response, engineio::answer_refusal(arrival.facts, error));
}

}  // namespace

void Engine::handle_request(Request& request, Response response) {
    receive({request, std::move(response)});
}

void Engine::handle_upgrade(Request& request, web::Upgrade) {
    receive({request, web::Exchange::of(request).response()});
}

void Engine::handle_too_large(Request& request, Response response) {
    set_headers(response, engineio::cors_headers(options_, facts_of(request)));
    send_answer(response, engineio::answer_empty(413));
}

void Engine::receive(Arrival arrival) {
    if (!arrival.facts.is_upgrade) {
        if (const std::optional<engineio::Answer> preflight = engineio::answer_preflight(options_, arrival.facts))
            return send_answer(arrival.response, *preflight);
    }
    set_headers(arrival.response, engineio::cors_headers(options_, arrival.facts));
    if (middlewares_ == nullptr) return take(std::move(arrival));
    web::RouteTable::route_through(middlewares_, web::Exchange::of(arrival.request));
}

void Engine::take(Arrival arrival) {
    Session* const session = find(arrival.query.sid);
    if (const std::optional<engineio::RequestError> error = check(arrival.facts, arrival.query, session))
        return refuse(arrival, *error);
    if (session == nullptr) return begin_handshake(std::move(arrival));
    if (arrival.facts.is_upgrade) {
        WebSocketTransport::Accepted websocket = accept(arrival, HeadersMoment::every);
        if (websocket != nullptr) session->handle_upgrade(*websocket.release());
    } else if (arrival.facts.method == "GET") {
        session->handle_poll(std::move(arrival.response));
    } else if (arrival.facts.method == "POST") {
        session->handle_post(arrival.request, std::move(arrival.response));
    } else {
        send_answer(arrival.response, engineio::answer_empty(500));
    }
}

std::optional<engineio::RequestError> Engine::check(const engineio::RequestFacts& facts,
                                                    const engineio::RequestQuery& query, Session* session) {
    if (session == nullptr) return engineio::check_request(options_, facts, query, nullptr);
    const engineio::SessionFacts known{session->transport()};
    if (const std::optional<engineio::RequestError> error = engineio::check_request(options_, facts, query, &known))
        return error;
    if (session->admit_request()) return std::nullopt;
    observer_.on_fact(Fact::request_refused);
    return engineio::RequestError::too_many_requests;
}

// --- handshakes

void Engine::begin_handshake(Arrival arrival) {
    if (!has_room(arrival)) return refuse(arrival, engineio::RequestError::too_many_sessions);
    std::shared_ptr<const Handshake> handshake = read_handshake(arrival.request);
    const std::uint64_t ticket = ++tickets_;
    const std::optional<HandshakeVerdict> verdict = observer_.judge_handshake(handshake, ticket);
    if (verdict) return finish_handshake(std::move(arrival), std::move(handshake), *verdict);
    static_cast<void>(web::Exchange::of(arrival.request).lasting_head());
    arrival.facts = facts_of(arrival.request);  // of which the views now last
    arrival.response.on_abort([this, ticket] { waiting_.erase(ticket); });
    waiting_.try_emplace(ticket, std::move(arrival), std::move(handshake));
}

void Engine::decide(std::uint64_t ticket, const HandshakeVerdict& verdict) {
    const auto waiting = waiting_.extract(ticket);
    if (waiting.empty()) return;
    loop_.contain([&] {
        auto& [arrival, handshake] = waiting.mapped();
        // Others may have come meanwhile.
        if (!verdict.refusal && !has_room(arrival)) return refuse(arrival, engineio::RequestError::too_many_sessions);
        finish_handshake(std::move(arrival), std::move(handshake), verdict);
    });
}

void Engine::finish_handshake(Arrival arrival, std::shared_ptr<const Handshake> handshake,
                              const HandshakeVerdict& verdict) {
    if (verdict.refusal) {
        return send_answer(arrival.response, engineio::answer_refusal(arrival.facts, engineio::RequestError::forbidden,
                                                                      *verdict.refusal));
    }
    if (const std::optional<engineio::RequestError> error = engineio::check_revision(arrival.query))
        return refuse(arrival, *error);
    if (arrival.facts.is_upgrade) {
        WebSocketTransport::Accepted websocket = accept(arrival, HeadersMoment::initial);
        if (websocket == nullptr || is_retired_) return;
        Session& session = open_session(arrival, std::move(handshake));
        session.attach(*websocket.release());
        return greet(session);
    }
    Session& session = open_session(arrival, std::move(handshake));
    if (options_.cookie)
        arrival.response.append("Set-Cookie", engineio::session_cookie(*options_.cookie, session.id()));
    greet(session);
    session.handle_poll(std::move(arrival.response));
}

void Engine::end_waiting() {
    for (const auto& [ticket, waiting] : std::exchange(waiting_, {}))
        loop_.contain([&] { waiting.arrival.response.send_status(503); });
}

std::shared_ptr<const Handshake> Engine::read_handshake(const Request& request) const {
    auto handshake = std::make_shared<Handshake>();
    const http::RequestHead& head = head_of(request);
    handshake->url = head.target();
    handshake->address = request.remote_address();
    handshake->query = http::QueryParameters(head.query());
    handshake->issued = loop_.wall_time_milliseconds();
    handshake->secure = request.secure();
    handshake->xdomain = head.find("origin").has_value();
    handshake->set_headers(head.headers());
    return handshake;
}

WebSocketTransport::Accepted Engine::accept(const Arrival& arrival, HeadersMoment moment) {
    web::Upgrade upgrade(arrival.response);
    if (!upgrade.check()) return nullptr;
    if (!headers_hooks_.empty()) tell_headers(arrival.response, moment);
    return WebSocketTransport::accept(upgrade, websocket_options_);
}

// --- what the program adds

void Engine::use(web::Handler middleware) {
    if (middlewares_ == nullptr) {
        middlewares_ = std::make_shared<web::RouteTable>();
        middlewares_->set_fallback([this](Request& request, Response& response, Next&) { take({request, response}); });
    }
    static_cast<void>(middlewares_->add_middleware("/", std::move(middleware)));  // a prefix of every path
}

void Engine::on_headers(HeadersMoment moment, HeadersHandler handler) {
    headers_hooks_.push_back(std::make_unique<HeadersHook>(HeadersHook{moment, std::move(handler)}));
}

void Engine::tell_headers(const Response& response, HeadersMoment moment) {
    if (moment == HeadersMoment::initial) call_headers_hooks(response, HeadersMoment::initial);
    call_headers_hooks(response, HeadersMoment::every);
}

// A hook may register another, and destroy the server or the application, of which everything stays until the turn
// ends.
void Engine::call_headers_hooks(const Response& response, HeadersMoment moment) {
    web::Exchange& exchange = web::Exchange::of(response);
    for (std::size_t i = 0; i < headers_hooks_.size(); ++i) {
        HeadersHook& hook = *headers_hooks_[i];
        if (hook.moment != moment) continue;
        if (!response.is_open() || is_retired_) return;
        web::ApplicationState& application = exchange.connection()->application();
        if (application.is_retired()) return;
        application.errors.contain("headers", [&] {
            const net::CallFrame frame(*application.gate, exchange.lender());
            hook.handler(exchange.answer.fields, exchange.request());
        });
    }
}

}  // namespace parley::engine
