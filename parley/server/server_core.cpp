// SPDX-License-Identifier: MIT
#include "parley/server/server_core.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "parley/net/call_frame.hpp"
#include "parley/server/engine_options.hpp"
#include "parley/server/handshake_decision.hpp"
#include "parley/server/moments.hpp"
#include "parley/server/welcome.hpp"
#include "parley/socketio/packet.hpp"

namespace parley::server::detail {

namespace {

// A text message and as many binary ones as a packet may have, each as large as a message may be.
std::size_t packet_bytes_max(const ServerOptions& options) {
    const std::size_t messages_max = std::min(options.attachments_max, SIZE_MAX - 1) + 1;
    return std::min(options.max_http_buffer_size, SIZE_MAX / messages_max) * messages_max;
}

socketio::Options socketio_options(const ServerOptions& options, socketio::ReassemblyBudget& budget) {
    socketio::Options made;
    made.connect_timeout = options.connect_timeout;
    made.reassembly_budget = &budget;
    made.limits.namespaces_max = options.namespaces_per_client_max;
    made.limits.packet_bytes_max = packet_bytes_max(options);
    made.limits.auth_bytes_max = options.auth_bytes_max;
    made.limits.attachments_max = options.attachments_max;
    made.limits.json_depth_max = options.json_depth_max;
    made.limits.namespace_bytes_max = options.namespace_bytes_max;
    made.limits.event_name_bytes_max = options.event_name_bytes_max;
    made.limits.refused_connects_max = options.refused_connects_max;
    made.limits.connects_per_window_max = options.connects_per_window_max;
    made.attachments_timeout = options.attachments_timeout;
    made.connect_window = options.connect_window;
    return made;
}

// A large packet is not to cost its memory for ever.
constexpr std::size_t packet_bytes_kept = 64 * 1024;

}  // namespace

ServerCore::ServerCore(Application* app, ServerOptions options)
    : allow_request_(std::move(options.allow_request)),
      options_(checked(std::move(options))),
      own_app_(app == nullptr ? std::make_unique<Application>() : nullptr),
      app_(app == nullptr ? own_app_.get() : app),
      loop_(app_->loop()),
      gate_(std::make_shared<net::LoopGate>(loop_)),
      reassembly_budget_(std::max(options_.reassembly_bytes_max, packet_bytes_max(options_)), &app_->memory()),
      connection_options_(socketio_options(options_, reassembly_budget_)),
      engine_(loop_, engine_options(options_), *this, engine_websocket_options(options_)) {
    if (app_->is_mounted(engine_.options().path + "/"))
        throw SetupError({ErrorCode::invalid_argument, "Another server of this application answers at '" +
                                                           engine_.options().path +
                                                           "' already; give one of them a path of its own."});
    if (options_.serve_client) {
        bundle_.emplace(engine_.options().path, engine_.options().cors, engine_);
        app_->mount(*bundle_);
    }
    engine_.set_memory(app_->memory());
    app_->mount(engine_);
    if (own_app_) own_app_->set_fallback(welcome_page(engine_.options().path, options_.serve_client));
}

ServerCore::~ServerCore() {
    gate_->close();
    for (const auto& [name, nsp] : namespaces_)
        nsp->abandon();
    for (const auto& [number, client] : clients_)
        client->abandon();
    clients_.clear();
}

void ServerCore::destroy(ServerCore* core) {
    net::check_thread(core->gate(), "~Server()", "call close(), and destroy it when run() has returned");
    if (!core->is_detached_ && core->loop_.is_current()) return core->retire();
    delete core;
}

// Some caller on the stack may be in the middle of any of our objects: nobody is called any more from now on, but
// everything stays where it is until the turn ends.
void ServerCore::retire() {
    is_retired_ = true;
    gate_->close();
    for (const auto& [name, nsp] : namespaces_)
        nsp->forget_handlers();
    for (const auto& [number, client] : clients_)
        client->abandon();
    engine_.close_all();
    engine_.retire();
    end_.emplace(loop_, [this] { delete this; });
    end_->schedule_ending();
}

NamespaceCore* ServerCore::find_namespace(std::string_view name) const {
    const auto found = namespaces_.find(name);
    return found == namespaces_.end() ? nullptr : found->second.get();
}

NamespaceCore& ServerCore::of(std::string_view name) {
    std::string full(name.starts_with('/') ? "" : "/");
    full += name;
    if (NamespaceCore* nsp = find_namespace(full)) return *nsp;
    if (!socketio::is_namespace_name(full) || full.size() > options_.namespace_bytes_max) {
        throw SetupError({ErrorCode::invalid_argument, "The namespace '" + full +
                                                           "' cannot be: a name is valid UTF-8 without a comma, of at "
                                                           "most namespace_bytes_max octets."});
    }
    const Reference<NamespaceCore> nsp(new NamespaceCore(*this, full));
    namespaces_.emplace(std::move(full), nsp);
    if (make_relay_) nsp->node().set_relay(make_relay_(nsp->name(), nsp->node()));
    return *nsp;
}

void ServerCore::set_relays(socketio::MakeRelay make_relay) {
    make_relay_ = std::move(make_relay);
    for (const auto& [name, nsp] : namespaces_)
        nsp->node().set_relay(make_relay_ ? make_relay_(name, nsp->node()) : nullptr);
}

const ServerCounters& ServerCore::read_counters() noexcept {
    counters_.sessions_refused = engine_.counters().sessions_refused;
    counters_.sessions_made_room = engine_.counters().sessions_made_room;
    return counters_;
}

std::string& ServerCore::empty_packet() {
    if (packet_.capacity() > packet_bytes_kept) packet_ = std::string();
    packet_.clear();
    return packet_;
}

void ServerCore::call(Function<void()> callback) noexcept {
    try {
        const net::CallFrame frame(*gate_);
        callback();
    } catch (...) {
        report_current({}, "acknowledgement");
    }
}

void ServerCore::call_later(Function<void()> callback) {
    gate_->post([this, callback = std::move(callback)]() mutable { call(std::move(callback)); });
}

void ServerCore::report_exception(SocketCore* socket, std::string_view event) noexcept {
    report_current(Socket(Reference<SocketCore>(socket)), event);
}

void ServerCore::report_current(Socket socket, std::string_view event) noexcept {
    ++counters_.handlers_failed;
    std::string_view message = "something that is no std::exception";
    try {
        throw;
    } catch (const std::exception& exception) {
        message = exception.what();
    } catch (...) {
    }
    report({EventFailure::Kind::handler_threw, std::move(socket), event, message, std::current_exception()});
}

void ServerCore::report_mismatch(SocketCore* socket, std::string_view event, std::string_view message) noexcept {
    ++counters_.payloads_mismatched;
    report({EventFailure::Kind::payload_mismatch, Socket(Reference<SocketCore>(socket)), event, message, {}});
}

void ServerCore::report_answer(SocketCore& socket, std::string_view message) noexcept {
    report({EventFailure::Kind::answer_unsendable,
            Socket(Reference<SocketCore>(&socket)),
            "acknowledgement",
            message,
            {}});
}

void ServerCore::report_lost_answer(SocketCore* socket, std::string_view event) noexcept {
    ++counters_.answers_lost;
    report({EventFailure::Kind::answer_lost,
            Socket(Reference<SocketCore>(socket)),
            event,
            "no answer was given, and no copy of the Ack is left",
            {}});
}

void ServerCore::report_bad_packet(SocketCore* socket, std::string_view message) noexcept {
    ++counters_.packets_refused;
    if (!error_handler_) return;  // peers decide how often; that is for who asks for it
    report({EventFailure::Kind::bad_packet, Socket(Reference<SocketCore>(socket)), {}, message, {}});
}

// Without a handler of ours, and when it throws, it goes where the failures of the application go.
void ServerCore::report(const EventFailure& failure) noexcept {
    const net::CallFrame frame(*gate_);
    loop_.contain([&] {
        const std::string where = "Socket.IO event \"" + std::string(failure.event) + "\"";
        try {
            if (error_handler_ && !is_retired_) return error_handler_(failure);
        } catch (...) {
            if (app_ != nullptr) app_->report_current_exception(where);
            return;
        }
        if (app_ != nullptr) app_->report({.where = where, .message = failure.message, .exception = failure.exception});
    });
}

void ServerCore::tell_if_misspelt(std::string_view event, bool is_of_socket) {
    constexpr std::size_t names_max = 16;
    const bool is_of_namespace = is_of_socket && (event == "connection" || event == "connect");
    const std::string_view meant = meant_moment(event);
    if ((meant.empty() && !is_of_namespace) || app_ == nullptr || told_names_.size() >= names_max) return;
    if (std::ranges::find(told_names_, event) != told_names_.end()) return;
    told_names_.emplace_back(event);
    const std::string where = "on(\"" + std::string(event) + "\")";
    const std::string message =
        is_of_namespace
            ? "a socket has connected already when it has handlers; this belongs to the server or a namespace"
            : "this waits for an event of that name from a client; the moment is called \"" + std::string(meant) + "\"";
    app_->report({.where = where, .message = message, .exception = nullptr});
}

std::optional<engine::HandshakeVerdict> ServerCore::judge_handshake(const std::shared_ptr<const Handshake>& handshake,
                                                                    std::uint64_t ticket) {
    const engine::HandshakeVerdict refusal{.refusal = ""};
    std::optional<engine::HandshakeVerdict> verdict = engine::HandshakeVerdict();
    if (allow_request_.now_) {
        if (!allow_request_.now_(*handshake)) verdict = refusal;
    } else if (allow_request_.later_) {
        const Reference<HandshakeDecision> decision(new HandshakeDecision(gate_, engine_, handshake, ticket));
        allow_request_.later_(*handshake, HandshakeNext(decision));
        verdict = decision->end_question();
    }
    return is_retired_ ? refusal : verdict;
}

void ServerCore::on_session(engine::Session& session) {
    const std::uint64_t number = ++clients_made_;
    const auto client = clients_.emplace(number, std::make_unique<Client>(*this, session, number)).first;
    session.set_listener(*client->second);
}

void ServerCore::remove(Client& client) {
    if (!is_retired_) clients_.erase(client.number());
}

void ServerCore::on_stop() {
    end_clients();
}

void ServerCore::end_clients() {
    for (const auto& [number, client] : clients_)
        client->end_sockets(DisconnectReason::server_shutting_down);
}

void ServerCore::on_detached() {
    gate_->close();
    for (const auto& [number, client] : clients_)
        client->abandon();
    clients_.clear();
    app_ = nullptr;
    is_detached_ = true;
}

void ServerCore::close() {
    if (app_ == nullptr) return;
    end_clients();
    engine_.close_all();
    app_->stop();
}

}  // namespace parley::server::detail
