// SPDX-License-Identifier: MIT
#include "parley/server/engine.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "parley/base/error.hpp"
#include "parley/base/random_id.hpp"
#include "parley/http/query.hpp"
#include "parley/server/engine_request.hpp"
#include "parley/server/engine_websocket.hpp"

namespace parley::server {

namespace {

engineio::Options checked(engineio::Options options) {
    if (std::string problem = engineio::check_options(options); !problem.empty())
        throw SetupError({ErrorCode::invalid_argument, std::move(problem)});
    return options;
}

web::SharedWebSocketOptions shared_options(const engineio::Options& options,
                                           const EngineWebSocketOptions& websocket_options) {
    auto made = std::make_shared<web::WebSocketConnectionOptions>();
    made->machine.limits = websocket_options.limits;
    made->stall_timeout = websocket_options.stall_timeout;
    made->machine.message_bytes_max = options.max_http_buffer_size;
    made->outbound_bytes_soft = options.queue_bytes_soft;
    made->outbound_bytes_max = options.queue_bytes_max;
    made->turn_bytes_max = options.turn_bytes_max;
    return made;
}

}  // namespace

Engine::Engine(net::Loop& loop, engineio::Options options, EngineObserver& observer,
               const EngineWebSocketOptions& websocket_options)
    : loop_(loop),
      options_(checked(std::move(options))),
      path_prefix_(engineio::path_prefix(options_)),
      observer_(observer),
      websocket_options_(shared_options(options_, websocket_options)),
      newcomers_(KeyedHash(loop.entropy())),
      absent_(KeyedHash(loop.entropy())),
      sessions_(0, KeyedHash(loop.entropy())),
      turn_task_(std::in_place, loop, [this] { finish_turn(); }),
      resumption_(std::in_place, loop, [this] { resume_posts(); }) {}

Engine::~Engine() {
    if (!turn_task_) return;
    for (const auto& [sid, session] : sessions_) {
        session->machine_.close(true, loop_.now());
        loop_.contain([&session = *session] {
            session.answer_poll();
            session.answer_post();
        });
    }
    sessions_.clear();
}

bool Engine::matches(std::string_view path) const {
    return !is_retired_ && path.starts_with(path_prefix_);
}

std::size_t Engine::body_bytes_max(const http::RequestHead&) const {
    return options_.max_http_buffer_size;
}

// Only a session reads one.
bool Engine::wants_body(const http::RequestHead& head) const {
    return sessions_.contains(engineio::read_request_query(head.query()).sid);
}

// --- requests

void Engine::handle_request(Request& request, Response response) {
    const engineio::RequestFacts facts = facts_of(request, false);
    if (const std::optional<engineio::Answer> preflight = engineio::answer_preflight(options_, facts))
        return send_answer(response, *preflight);
    set_headers(response, engineio::cors_headers(options_, facts));

    const engineio::RequestQuery query = engineio::read_request_query(request.query_string());
    EngineSession* session = find(query.sid);
    if (const std::optional<engineio::RequestError> error = check(facts, query, session))
        return send_answer(response, engineio::answer_refusal(facts, *error));

    if (session == nullptr) {
        if (!has_room(address_group_of(request), engineio::Transport::polling))
            return send_answer(response, engineio::answer_refusal(facts, engineio::RequestError::too_many_sessions));
        std::shared_ptr<const HandshakeRequest> handshake = read_handshake(request);
        if (const std::optional<engineio::Answer> refusal = check_handshake(facts, query, *handshake))
            return send_answer(response, *refusal);
        session = &open_session(request, query, std::move(handshake));
        if (options_.cookie) response.set("Set-Cookie", engineio::session_cookie(*options_.cookie, session->id()));
        greet(*session);
        session->handle_poll(std::move(response));
    } else if (facts.method == "GET") {
        session->handle_poll(std::move(response));
    } else if (facts.method == "POST") {
        session->handle_post(request, std::move(response));
    } else {
        send_answer(response, engineio::answer_empty(500));
    }
}

void Engine::handle_too_large(Request& request, Response response) {
    set_headers(response, engineio::cors_headers(options_, facts_of(request, false)));
    send_answer(response, engineio::answer_empty(413));
}

void Engine::handle_upgrade(Request& request, web::Upgrade upgrade) {
    const engineio::RequestFacts facts = facts_of(request, true);
    const std::vector<http::HeaderField> cors = engineio::cors_headers(options_, facts);
    const std::vector<http::Header> headers = as_headers(cors);
    const auto refuse = [&](const engineio::Answer& answer) {
        std::vector<http::Header> all = headers;
        std::ranges::copy(as_headers(answer.headers), std::back_inserter(all));
        upgrade.refuse(answer.status, answer.content_type, answer.body, all);
    };

    const engineio::RequestQuery query = engineio::read_request_query(request.query_string());
    EngineSession* session = find(query.sid);
    if (const std::optional<engineio::RequestError> error = check(facts, query, session))
        return refuse(engineio::answer_refusal(facts, *error));

    std::shared_ptr<const HandshakeRequest> handshake;
    if (session == nullptr) {
        if (!has_room(address_group_of(request), engineio::Transport::websocket))
            return refuse(engineio::answer_refusal(facts, engineio::RequestError::too_many_sessions));
        handshake = read_handshake(request);
        if (const std::optional<engineio::Answer> refusal = check_handshake(facts, query, *handshake))
            return refuse(*refusal);
    }
    EngineWebSocket::Accepted websocket = EngineWebSocket::accept(upgrade, websocket_options_, headers);
    if (websocket == nullptr) return;
    if (session != nullptr) return session->handle_upgrade(*websocket.release());
    session = &open_session(request, query, std::move(handshake));
    session->attach(*websocket.release());
    greet(*session);
}

std::optional<engineio::RequestError> Engine::check(const engineio::RequestFacts& facts,
                                                    const engineio::RequestQuery& query, EngineSession* session) {
    if (session == nullptr) return engineio::check_request(options_, facts, query, nullptr);
    const engineio::SessionFacts known{session->transport()};
    if (const std::optional<engineio::RequestError> error = engineio::check_request(options_, facts, query, &known))
        return error;
    if (session->admit_request()) return std::nullopt;
    ++counters_.requests_refused;
    return engineio::RequestError::too_many_requests;
}

// --- handshakes

std::shared_ptr<const HandshakeRequest> Engine::read_handshake(const Request& request) const {
    auto handshake = std::make_shared<HandshakeRequest>();
    handshake->url = request.url();
    handshake->address = request.remote_address();
    handshake->query = http::QueryParameters(request.query_string());
    handshake->issued = loop_.wall_time_milliseconds();
    handshake->xdomain = request.has_header("origin");
    handshake->set_headers(request.headers());
    return handshake;
}

std::optional<engineio::Answer> Engine::check_handshake(const engineio::RequestFacts& facts,
                                                        const engineio::RequestQuery& query,
                                                        const HandshakeRequest& handshake) {
    if (const std::optional<std::string> message = observer_.refuse_handshake(handshake))
        return engineio::answer_refusal(facts, engineio::RequestError::forbidden, *message);
    if (const std::optional<engineio::RequestError> error = engineio::check_revision(query))
        return engineio::answer_refusal(facts, *error);
    return std::nullopt;
}

bool Engine::has_room(engineio::AddressGroup address, engineio::Transport transport) {
    const std::size_t of_address = newcomers_.count(address) + absent_.count(address);
    const bool may_come = options_.sessions_per_address_max == 0 || of_address < options_.sessions_per_address_max;
    if (may_come && !memory_->is_scarce() && make_room(transport)) return true;
    ++counters_.sessions_refused;
    return false;
}

bool Engine::make_room(engineio::Transport transport) {
    const bool is_full = sessions_.size() - leaving_ >= options_.sessions_max;
    const bool is_crowded =
        transport == engineio::Transport::polling && newcomers_.size() >= options_.unconfirmed_sessions_max;
    if (!is_full && !is_crowded) return true;
    engineio::UnconfirmedSessions::Place* place = newcomers_.oldest_of_most_crowded();
    if (place == nullptr && is_full) place = absent_.oldest_of_most_crowded();
    if (place == nullptr) return false;
    static_cast<EngineSession::Place*>(place)->session.make_room();
    ++counters_.sessions_made_room;
    return true;
}

EngineSession& Engine::open_session(const Request& request, const engineio::RequestQuery& query,
                                    std::shared_ptr<const HandshakeRequest> handshake) {
    const bool is_websocket = query.transport == to_string(engineio::Transport::websocket);
    std::unique_ptr<EngineSession> session(new EngineSession(
        *this, {.sid = random_id(loop_.entropy()),
                .transport = is_websocket ? engineio::Transport::websocket : engineio::Transport::polling,
                .takes_binary = !query.base64,
                .address = address_group_of(request),
                .handshake = std::move(handshake)}));
    EngineSession& opened = *session;
    sessions_.emplace(opened.id(), std::move(session));
    return opened;
}

void Engine::greet(EngineSession& session) {
    session.contain([&] { observer_.on_session(session); });
}

// --- sessions

EngineSession* Engine::find(std::string_view sid) {
    const auto found = sid.empty() ? sessions_.end() : sessions_.find(sid);
    if (found == sessions_.end()) return nullptr;
    EngineSession& session = *found->second;
    // Timers are coarse: who comes behind a deadline finds it passed.
    session.handle_passed_deadline();
    return session.is_finished() ? nullptr : &session;
}

void Engine::schedule(EngineSession& session) {
    if (session.is_scheduled_ || !turn_task_) return;
    session.is_scheduled_ = true;
    scheduled_.push_back(session);
    turn_task_->schedule();
}

// Listeners that are called here may send to any session: the list grows while it is worked off.
void Engine::finish_turn() {
    while (EngineTurnHook* const next = scheduled_.pop_front()) {
        auto& session = static_cast<EngineSession&>(*next);
        const bool is_done = session.contain([&] {
            session.settle();
            session.answer_poll();
        });
        session.is_scheduled_ = false;
        session.note_retained();
        if (session.is_finished()) {
            sessions_.erase(session.id());
        } else if (!is_done) {
            schedule(session);
        }
    }
    memory_->reclaim();
}

void Engine::set_memory(MemoryBudget& memory) {
    memory_ = &memory;
    memory.add(*this);
}

void Engine::measure(SizeClasses& sizes) {
    for (const auto& [sid, session] : sessions_)
        sizes.add(session->retained_);
}

void Engine::shed(std::size_t bytes_min) {
    for (const auto& [sid, session] : sessions_) {
        if (memory_->is_relieved()) return;
        if (session->retained_ < bytes_min) continue;
        memory_->note_shed();
        session->shed();
    }
}

void Engine::resume_later(EngineSession& session) {
    if (!resumption_) return;
    resuming_.push_back(session);
    resumption_->schedule_next_turn();
}

void Engine::resume_posts() {
    IntrusiveList<EnginePostHook> waiting;
    waiting.take_all(resuming_);
    while (EnginePostHook* const next = waiting.pop_front()) {
        auto& session = static_cast<EngineSession&>(*next);
        session.handle_passed_deadline();
        session.resume_post();
    }
}

void Engine::close_all() {
    for (const auto& [sid, session] : sessions_) {
        session->close(true);
        session->contain([&session = *session] { session.settle(); });
    }
}

void Engine::handle_stop() {
    observer_.on_stop();
    close_all();
}

void Engine::handle_detach() {
    close_all();
    sessions_.clear();
    memory_ = &unbounded_;
    turn_task_.reset();
    resumption_.reset();
    observer_.on_detached();
}

}  // namespace parley::server
