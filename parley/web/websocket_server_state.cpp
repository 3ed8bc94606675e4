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
#include "parley/websocket/frame.hpp"

namespace parley::web {

namespace {

SharedWebSocketOptions connection_options_of(const WebSocketServerOptions& options) {
    auto translated = std::make_shared<WebSocketConnectionOptions>();
    translated->machine.message_bytes_max = options.message_bytes_max;
    translated->outbound_bytes_max = options.outbound_bytes_max;
    translated->turn_bytes_max = options.turn_bytes_max;
    translated->ping_interval = options.ping_interval;
    translated->ping_timeout = options.ping_timeout;
    translated->stall_timeout = options.stall_timeout;
    translated->machine.limits = options.limits;
    return translated;
}

std::string problem_of(const WebSocketServerOptions& options) {
    if (options.message_bytes_max == 0) return "message_bytes_max must be more than zero";
    if (options.message_bytes_max > websocket::message_bytes_possible)
        return "message_bytes_max can be 1,073,741,824 at most";
    if (options.ping_interval.count() < 0) return "ping_interval must not be less than zero; zero means never";
    if (options.ping_timeout.count() <= 0) return "ping_timeout must be more than zero";
    if (options.stall_timeout.count() <= 0) return "stall_timeout must be more than zero";
    return websocket::check_limits(options.limits, "limits");
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

SharedBuffer encode_frame(std::string_view data, bool is_binary) {
    const websocket::Opcode opcode = is_binary ? websocket::Opcode::binary : websocket::Opcode::text;
    return SharedBuffer::build(websocket::frame_size(data.size()),
                               [&](char* octets) { websocket::write_frame(octets, opcode, data); });
}

}  // namespace

WebSocketServerState::WebSocketServerState(WebSocketServerOptions options)
    : options_(checked(std::move(options))),
      connection_options_(connection_options_of(options_)),
      own_application_(std::make_unique<Application>()),
      application_(own_application_.get()),
      loop_(application_->loop()),
      gate_(application_->state_->gate) {
    application_->mount_upgrade(*this);
}

WebSocketServerState::WebSocketServerState(Application& application, std::string_view path,
                                           WebSocketServerOptions options)
    : options_(checked(std::move(options))),
      connection_options_(connection_options_of(options_)),
      path_(parse_path(path)),
      application_(&application),
      loop_(application.loop()),
      gate_(application.state_->gate) {
    if (application.state_->takes_upgrades(path))
        throw bad_path(path, "something on this application takes the WebSockets of this path already.");
    application.mount_upgrade(*this);
}

WebSocketServerState::~WebSocketServerState() {
    cut();
}

void WebSocketServerState::cut() {
    for (const WebSocket& socket : std::exchange(sockets_, {})) {
        WebSocketState& state = WebSocketState::of(socket);
        state.detach_server();
        state.terminate();
    }
}

void WebSocketServerState::destroy(WebSocketServerState* state) {
    net::check_thread(*state->gate(), "~WebSocketServer()", "call stop(), and destroy it when run() has returned");
    if (!state->is_detached_ && state->loop_.is_current()) return state->retire();
    delete state;
}

// One of our handlers may be on the stack: nobody is called any more from now on, but everything stays where it is
// until the turn ends.
void WebSocketServerState::retire() {
    alive_.reset();
    verify = nullptr;
    on_connection = nullptr;
    on_message = nullptr;
    on_close = nullptr;
    if (errors_ != nullptr) errors_->set_hook(nullptr);
    cut();
    end_.emplace(loop_, [this] { delete this; });
    end_->schedule_ending();
}

void WebSocketServerState::set_error_hook(Function<void(const HandlerFailure&)> hook) {
    if (application_ == nullptr) return;  // nothing can fail any more
    if (errors_ == nullptr) errors_ = std::make_unique<ErrorReporter>(application_->loop());
    errors_->set_hook(std::move(hook));
}

void WebSocketServerState::report_current(std::string_view where) {
    if (errors_ != nullptr && !end_) {
        errors_->report_current(where);
    } else if (application_ != nullptr) {
        application_->report_current_exception(where);
    }
}

void WebSocketServerState::report(std::string_view where, std::string_view message) {
    if (!gate_->is_here()) {
        gate_->post([this, alive = std::weak_ptr<const bool>(alive_), where = std::string(where),
                     message = std::string(message)] {
            if (!alive.expired()) report(where, message);
        });
        return;
    }
    const HandlerFailure failure{.where = where, .message = message, .exception = nullptr};
    if (errors_ != nullptr && !end_) {
        errors_->report(failure);
    } else if (application_ != nullptr) {
        application_->report(failure);
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
    WebSocket socket = (new WebSocketState(*this, request, next_id_, std::string(subprotocol)))->handle();
    WebSocketState& state = WebSocketState::of(socket);
    reserve_one(sockets_);
    WebSocketConnection* const connection = upgrade.accept(connection_options_, state);
    if (connection == nullptr) return;
    ++next_id_;
    state.attach(*connection);
    state.index = sockets_.size();
    sockets_.push_back(socket);
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
           http::is_own_origin(origin, request.head().host(), http::ConnectionScheme::either);
}

void WebSocketServerState::forget(WebSocketState& socket) {
    const std::size_t index = socket.index;
    if (index + 1 < sockets_.size()) {
        sockets_[index] = sockets_.back();
        WebSocketState::of(sockets_[index]).index = index;
    }
    sockets_.pop_back();
}

void WebSocketServerState::broadcast(std::string_view data, bool is_binary) {
    const SharedBuffer frame = encode_frame(data, is_binary);
    if (gate_->is_here()) return send_to_all(frame);
    gate_->post([this, alive = std::weak_ptr<const bool>(alive_), frame] {
        if (!alive.expired()) send_to_all(frame);
    });
}

void WebSocketServerState::send_to_all(const SharedBuffer& frame) {
    for (const WebSocket& socket : sockets_) {
        WebSocketConnection* const connection = WebSocketState::of(socket).connection();
        if (connection != nullptr) connection->send_encoded(frame);
    }
}

void WebSocketServerState::handle_detach() {
    application_ = nullptr;
    is_detached_ = true;
}

}  // namespace parley::web
