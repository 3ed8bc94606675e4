// SPDX-License-Identifier: MIT
#include "parley/web/websocket_server_state.hpp"

#include <algorithm>
#include <utility>

#include "parley/base/reserve_one.hpp"
#include "parley/http/origin.hpp"
#include "parley/http/request_head.hpp"
#include "parley/http/response.hpp"
#include "parley/web/application_state.hpp"
#include "parley/web/exchange.hpp"
#include "parley/websocket/deflate_parameters.hpp"
#include "parley/websocket/frame.hpp"

namespace parley::web {

namespace {

SharedWebSocketOptions connection_options_of(const WebSocketServerOptions& options, ApplicationState& application) {
    auto translated = std::make_shared<WebSocketConnectionOptions>();
    translated->machine.message_bytes_max = options.message_bytes_max;
    translated->outbound_bytes_max = options.outbound_bytes_max;
    translated->turn_bytes_max = options.turn_bytes_max;
    translated->ping_interval = options.ping_interval;
    translated->ping_timeout = options.ping_timeout;
    translated->stall_timeout = options.stall_timeout;
    translated->machine.limits = options.limits;
    if (options.per_message_deflate.enabled) {
        translated->deflate = std::make_shared<websocket::DeflatePool>(
            websocket::share_of(options.per_message_deflate, application.group->members.size()));
        translated->deflate->set_memory(application.memory);
    }
    return translated;
}

std::string problem_of(const WebSocketServerOptions& options) {
    if (options.message_bytes_max == 0) return "message_bytes_max must be more than zero";
    if (options.message_bytes_max > websocket::message_bytes_possible)
        return "message_bytes_max can be 1,073,741,824 at most";
    if (options.ping_interval.count() < 0) return "ping_interval must not be less than zero; zero means never";
    if (options.ping_timeout.count() <= 0) return "ping_timeout must be more than zero";
    if (options.stall_timeout.count() <= 0) return "stall_timeout must be more than zero";
    if (std::string problem = websocket::check_limits(options.limits, "limits"); !problem.empty()) return problem;
    return websocket::check_deflate(options.per_message_deflate, "per_message_deflate");
}

// The options with their origins as browsers send them.
WebSocketServerOptions checked(WebSocketServerOptions options) {
    if (std::string problem = problem_of(options); !problem.empty())
        throw SetupError({ErrorCode::invalid_argument, std::move(problem)});
    for (std::string& origin : options.origins) {
        Result<std::string> canonical = http::canonical_origin(origin);
        if (!canonical) throw SetupError({canonical.error().code, "origins has " + canonical.error().message});
        origin = std::move(*canonical);
    }
    return options;
}

SetupError bad_path(std::string_view path, std::string_view why) {
    return SetupError({ErrorCode::invalid_argument,
                       "The WebSocket path '" + std::string(path) + "' cannot be used: " + std::string(why)});
}

PathPattern parse_path(std::string_view path) {
    Result<PathPattern> pattern = PathPattern::parse(path, PathPattern::Extent::whole);
    if (!pattern) throw SetupError(std::move(pattern.error()));
    if (!pattern->is_literal())
        throw bad_path(path, "it is literal and has no parameters; read the query, as in request.query(\"room\").");
    return std::move(*pattern);
}

SharedBuffer encode_frame(websocket::Opcode opcode, std::string_view data) {
    return SharedBuffer::build(websocket::frame_size(data.size()),
                               [&](char* octets) { websocket::write_frame(octets, opcode, data); });
}

}  // namespace

WebSocketServerState::WebSocketServerState(std::shared_ptr<WebSocketServerGroup> group, ApplicationState& application,
                                           std::optional<PathPattern> path, WebSocketServerOptions options)
    : group_(std::move(group)),
      index_(group_->parts.size()),
      options_(std::move(options)),
      connection_options_(connection_options_of(options_, application)),
      path_(std::move(path)),
      part_(&application),
      loop_(application.loop),
      gate_(application.gate) {}

WebSocketServerState* WebSocketServerState::make(WebSocketServerOptions options) {
    options = checked(std::move(options));
    auto own = std::make_unique<Application>();
    WebSocketServerState* const made = make(*own, std::nullopt, options);
    made->own_application_ = std::move(own);
    return made;
}

WebSocketServerState* WebSocketServerState::make(Application& application, std::string_view path,
                                                 WebSocketServerOptions options) {
    options = checked(std::move(options));
    PathPattern pattern = parse_path(path);
    if (application.state_->takes_upgrades(path))
        throw bad_path(path, "something on this application takes the WebSockets of this path already.");
    return make(application, std::move(pattern), options);
}

// Mounting it says whose thread this may be.
WebSocketServerState* WebSocketServerState::make(Application& application, const std::optional<PathPattern>& path,
                                                 const WebSocketServerOptions& options) {
    auto group = std::make_shared<WebSocketServerGroup>();
    group->application = application.state_->group;
    const net::LoopHalt halt(group->application->loops);
    for (ApplicationState* const part : group->application->members) {
        group->parts.push_back(new WebSocketServerState(group, *part, path, options));
        group->gates.push_back(std::make_shared<net::LoopGate>(part->loop));
    }
    WebSocketServerState* const first = group->parts.front();
    first->application_ = &application;
    try {
        application.mount_upgrade(*first);
    } catch (...) {
        for (WebSocketServerState* const part : group->parts)
            delete part;
        throw;
    }
    for (std::size_t i = 1; i < group->parts.size(); ++i)
        group->application->members[i]->add_upgrade_handler(*group->parts[i]);
    return first;
}

WebSocketServerState::~WebSocketServerState() {
    cut();
}

void WebSocketServerState::cut() {
    std::vector<WebSocket> sockets;
    {
        const std::lock_guard lock(group_->mutex);
        sockets.swap(sockets_);
    }
    for (const WebSocket& socket : sockets) {
        WebSocketState& state = WebSocketState::of(socket);
        state.detach_server();
        state.terminate();
    }
}

bool WebSocketServerState::is_here(const char* member) const noexcept {
    return group_->application->is_on_a_loop() || net::may_call(*gate_, member);
}

// Those on other threads stand still meanwhile, perhaps in the middle of a handler.
void WebSocketServerState::destroy(WebSocketServerState* first) {
    const std::shared_ptr<WebSocketServerGroup> group = first->group_;
    if (group->application->is_alone())
        net::check_thread(*first->gate(), "~WebSocketServer()", "call stop(), and destroy it when run() has returned");
    const net::LoopHalt halt(group->application->loops);
    for (std::size_t i = group->parts.size(); i-- > 0;) {
        WebSocketServerState* const part = group->parts[i];
        group->gates[i]->close();
        if (!part->is_detached_ && part->loop_.is_in_turn()) {
            part->retire();
        } else {
            delete part;
        }
    }
}

// One of our handlers may be on the stack: nobody is called any more from now on, but everything stays where it is
// until the turn ends.
void WebSocketServerState::retire() {
    verify = nullptr;
    on_connection = nullptr;
    on_message = nullptr;
    on_close = nullptr;
    if (errors_ != nullptr) errors_->set_hook(nullptr);
    cut();
    end_.emplace(loop_, [this] { delete this; });
    end_->schedule_ending();
}

void WebSocketServerState::forget_application() noexcept {
    application_ = nullptr;
    part_ = nullptr;
}

std::size_t WebSocketServerState::size() const {
    const std::lock_guard lock(group_->mutex);
    std::size_t count = 0;
    for (const WebSocketServerState* const part : group_->parts)
        count += part->sockets_.size();
    return count;
}

std::vector<WebSocket> WebSocketServerState::sockets() const {
    const std::lock_guard lock(group_->mutex);
    std::vector<WebSocket> all;
    for (const WebSocketServerState* const part : group_->parts)
        all.insert(all.end(), part->sockets_.begin(), part->sockets_.end());
    return all;
}

void WebSocketServerState::set_error_hook(Function<void(const HandlerFailure&)> hook) {
    net::give_to_every_loop(group_->gates, std::move(hook),
                            [group = group_.get()](std::size_t i, Function<void(const HandlerFailure&)> given) {
                                WebSocketServerState& part = *group->parts[i];
                                if (part.part_ == nullptr) return;  // nothing can fail any more
                                if (part.errors_ == nullptr) part.errors_ = std::make_unique<ErrorReporter>(part.loop_);
                                part.errors_->set_hook(std::move(given));
                            });
}

void WebSocketServerState::report_current(std::string_view where) {
    if (errors_ != nullptr && !end_) {
        errors_->report_current(where);
    } else if (part_ != nullptr) {
        part_->errors.report_current(where);
    }
}

void WebSocketServerState::report(std::string_view where, std::string_view message) {
    if (!gate_->is_here()) {
        group_->gates[index_]->post(
            [this, where = std::string(where), message = std::string(message)] { report(where, message); });
        return;
    }
    const HandlerFailure failure{.where = where, .message = message, .exception = nullptr};
    if (errors_ != nullptr && !end_) {
        errors_->report(failure);
    } else if (part_ != nullptr) {
        part_->errors.report(failure);
    }
}

bool WebSocketServerState::matches(std::string_view path) const {
    if (end_) return false;
    if (!path_) return true;
    RequestPath parsed;
    PathParameters unused;
    return parsed.parse(path) && path_->matches(parsed, unused);
}

void WebSocketServerState::handle_upgrade(Request& request, Upgrade upgrade) {
    constexpr std::string_view text_type = "text/plain; charset=utf-8";
    if (!upgrade.check()) return;
    if (!is_origin_allowed(request)) return upgrade.refuse(403, text_type, "This origin may not connect.");
    if (verify) {
        WebSocketVerdict verdict = WebSocketVerdict::refuse(500);
        contain("verify", [&] { verdict = verify(request); });
        if (!verdict.is_accepted()) {
            const bool has_text = !verdict.text().empty();
            return upgrade.refuse(verdict.status(), text_type,
                                  has_text ? std::string_view(verdict.text()) : http::reason_phrase(verdict.status()));
        }
    }
    if (end_) return upgrade.refuse(503, text_type, http::reason_phrase(503));  // `verify` destroyed the server
    const std::string_view subprotocol = upgrade.choose_subprotocol(options_.subprotocols);
    WebSocket socket = (new WebSocketState(*this, request, ++group_->last_id, std::string(subprotocol)))->handle();
    WebSocketState& state = WebSocketState::of(socket);
    {
        const std::lock_guard lock(group_->mutex);
        reserve_one(sockets_);
    }
    WebSocketConnection* const connection = upgrade.accept(connection_options_, state);
    if (connection == nullptr) return;
    state.attach(*connection);
    state.index = sockets_.size();
    {
        const std::lock_guard lock(group_->mutex);
        sockets_.push_back(socket);
    }
    tell_observer(&ApplicationObserver::on_websocket_opened);
    if (!on_connection) return;
    net::Kept kept;
    kept.add(Exchange::of(request).lender());
    const net::CallFrame frame(*gate_, state.lender(), &kept);
    contain("on_connection", [&] { on_connection(state.lasting_handle(), request); });
}

bool WebSocketServerState::is_origin_allowed(const Request& request) const {
    if (options_.origins.empty() || !request.has_header("Origin")) return true;
    if (request.head().count("Origin") != 1) return false;
    const std::string_view origin = request.header("Origin");
    return std::ranges::find(options_.origins, origin) != options_.origins.end() ||
           http::is_own_origin(origin, request.host(), http::scheme_of(request.secure()));
}

// The handle goes when nobody waits for it: what the program keeps with the connection may ask for the list.
void WebSocketServerState::forget(WebSocketState& socket) {
    std::optional<WebSocket> removed;
    const std::lock_guard lock(group_->mutex);
    WebSocket& place = sockets_[socket.index];
    removed.emplace(std::move(place));
    if (socket.index + 1 < sockets_.size()) {
        place = std::move(sockets_.back());
        WebSocketState::of(place).index = socket.index;
    }
    sockets_.pop_back();
}

void WebSocketServerState::broadcast(websocket::Opcode opcode, std::string_view data, WebSocketSendOptions options) {
    const auto compress = options.compress ? websocket::Compress::yes : websocket::Compress::no;
    net::send_to_every_loop(
        group_->gates,
        [group = group_.get(), message = BroadcastMessage{encode_frame(opcode, data), data.size(), opcode, compress}](
            std::size_t i) { group->parts[i]->send_to_all(message); });
}

void WebSocketServerState::send_to_all(const BroadcastMessage& message) {
    BroadcastFrames frames(message);
    std::size_t sent = 0;
    for (const WebSocket& socket : sockets_) {
        WebSocketConnection* const connection = WebSocketState::of(socket).connection();
        if (connection != nullptr && frames.send(*connection)) ++sent;
    }
    if (sent == 0 || part_ == nullptr || !part_->observer) return;
    for (std::size_t i = 0; i < sent; ++i)
        tell_observer(&ApplicationObserver::on_websocket_sent, message.octets);
    tell_observer(&ApplicationObserver::on_websocket_broadcast, sent, message.octets);
}

void WebSocketServerState::handle_detach() {
    forget_application();
    is_detached_ = true;
}

}  // namespace parley::web
