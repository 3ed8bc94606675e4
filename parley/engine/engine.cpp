// SPDX-License-Identifier: MIT
#include "parley/engine/engine.hpp"

#include <utility>

#include "parley/base/error.hpp"
#include "parley/base/random_id.hpp"

namespace parley::engine {

namespace {

engineio::Options checked(engineio::Options options) {
    if (std::string problem = engineio::check_options(options); !problem.empty())
        throw SetupError({ErrorCode::invalid_argument, std::move(problem)});
    return options;
}

web::SharedWebSocketOptions shared_options(const engineio::Options& options,
                                           const WebSocketOptions& websocket_options) {
    auto made = std::make_shared<web::WebSocketConnectionOptions>();
    made->machine.limits = websocket_options.limits;
    made->stall_timeout = websocket_options.stall_timeout;
    made->machine.message_bytes_max = options.max_http_buffer_size;
    made->outbound_bytes_soft = options.queue_bytes_soft;
    made->outbound_bytes_max = options.queue_bytes_max;
    made->turn_bytes_max = options.turn_bytes_max;
    if (websocket_options.per_message_deflate.enabled)
        made->deflate = std::make_shared<websocket::DeflatePool>(websocket_options.per_message_deflate);
    return made;
}

}  // namespace

Engine::Engine(net::Loop& loop, engineio::Options options, Observer& observer,
               const WebSocketOptions& websocket_options)
    : loop_(loop),
      options_(checked(std::move(options))),
      path_prefix_(engineio::path_prefix(options_)),
      observer_(observer),
      websocket_options_(shared_options(options_, websocket_options)),
      newcomers_(KeyedHash(loop.entropy())),
      absent_(KeyedHash(loop.entropy())),
      sessions_(0, KeyedHash(loop.entropy())),
      turn_task_(std::in_place, loop, [this] { finish_turn(); }),
      resumption_(std::in_place, loop, [this] { resume_posts(); }) {
    // Where memory is short, no WebSocket is closed because a heartbeat is due.
    ping_forms_.make_all(ping().packets);
}

Engine::~Engine() {
    retire();
    if (!turn_task_) return;
    end_waiting();
    for (const auto& [sid, session] : sessions_) {
        session->machine_.close(true, loop_.now());
        loop_.contain([&ended = *session] {
            ended.answer_poll();
            if (ended.polling_ != nullptr) ended.settle_polling();
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

std::optional<std::size_t> Engine::home(const http::RequestHead& head) const {
    if (population_ == nullptr) return std::nullopt;
    return engine_of(engineio::read_request_query(head.query()).sid, population_->size());
}

void Engine::join(std::shared_ptr<Population> population, std::size_t index) {
    population_ = std::move(population);
    index_ = index;
}

// --- room

bool Engine::has_room(const Arrival& arrival) {
    const engineio::AddressGroup address = address_group_of(arrival.request);
    const std::size_t of_address =
        population_ != nullptr ? population_->count(address) : newcomers_.count(address) + absent_.count(address);
    const bool may_come = options_.sessions_per_address_max == 0 || of_address < options_.sessions_per_address_max;
    if (may_come && !memory_->is_scarce() && make_room(!arrival.facts.is_upgrade)) return true;
    observer_.on_fact(Fact::session_refused);
    return false;
}

bool Engine::make_room(bool is_polling) {
    tell_population();
    const std::size_t sessions = population_ != nullptr ? population_->sessions() : sessions_.size() - leaving_;
    const std::size_t newcomers = population_ != nullptr ? population_->newcomers() : newcomers_.size();
    const bool is_full = sessions >= options_.sessions_max;
    const bool is_crowded = is_polling && newcomers >= options_.unconfirmed_sessions_max;
    if (!is_full && !is_crowded) return true;
    engineio::UnconfirmedSessions::Place* place = newcomers_.oldest_of_most_crowded();
    if (place == nullptr && is_full) place = absent_.oldest_of_most_crowded();
    return end_session_at(place) || (population_ != nullptr && population_->make_room_elsewhere(index_));
}

void Engine::make_room_for_another() {
    end_session_at(newcomers_.oldest_of_most_crowded());
}

bool Engine::end_session_at(engineio::UnconfirmedSessions::Place* place) {
    if (place == nullptr) return false;
    static_cast<Session::Place*>(place)->session.make_room();
    observer_.on_fact(Fact::session_made_room);
    tell_population();
    return true;
}

Session& Engine::open_session(const Arrival& arrival, std::shared_ptr<const Handshake> handshake) {
    std::unique_ptr<Session> session(new Session(
        *this, {.sid = population_ != nullptr ? session_id(loop_.entropy(), index_, population_->size())
                                              : random_id(loop_.entropy()),
                .transport = arrival.facts.is_upgrade ? engineio::Transport::websocket : engineio::Transport::polling,
                .takes_binary = !arrival.query.base64,
                .address = address_group_of(arrival.request),
                .handshake = std::move(handshake)}));
    Session& opened = *session;
    sessions_.emplace(opened.id(), std::move(session));
    tell_population();
    return opened;
}

void Engine::greet(Session& session) {
    session.contain([&] { observer_.on_session(session); });
}

// --- sessions

Session* Engine::find(std::string_view sid) {
    const auto found = sid.empty() ? sessions_.end() : sessions_.find(sid);
    if (found == sessions_.end()) return nullptr;
    Session& session = *found->second;
    // Timers are coarse: who comes behind a deadline finds it passed.
    session.handle_passed_deadline();
    return session.is_finished() ? nullptr : &session;
}

void Engine::schedule(Session& session) {
    if (session.is_scheduled_ || !turn_task_) return;
    session.is_scheduled_ = true;
    scheduled_.push_back(session);
    turn_task_->schedule();
}

// Listeners that are called here may send to any session: the list grows while it is worked off.
void Engine::finish_turn() {
    while (TurnHook* const next = scheduled_.pop_front()) {
        auto& session = static_cast<Session&>(*next);
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
    tell_population();
    memory_->reclaim();
}

void Engine::set_memory(MemoryBudget& memory) {
    memory_ = &memory;
    memory.add(*this);
    if (websocket_options_->deflate != nullptr) websocket_options_->deflate->set_memory(memory);
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

void Engine::resume_later(PostHook& post) {
    if (!resumption_) return;
    resuming_.push_back(post);
    resumption_->schedule_next_turn();
}

void Engine::resume_posts() {
    IntrusiveList<PostHook> waiting;
    waiting.take_all(resuming_);
    while (PostHook* const next = waiting.pop_front()) {
        Session& session = next->session;
        session.handle_passed_deadline();
        session.resume_post();
    }
}

void Engine::retire() noexcept {
    is_retired_ = true;
    if (middlewares_ != nullptr) middlewares_->retire();
}

void Engine::close_all() {
    end_waiting();
    for (const auto& [sid, session] : sessions_) {
        session->close(true);
        session->contain([&closed = *session] { closed.settle(); });
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

}  // namespace parley::engine
