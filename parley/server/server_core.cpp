// SPDX-License-Identifier: MIT
#include "parley/server/server_core.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "parley/net/call_frame.hpp"
#include "parley/server/engine_options.hpp"
#include "parley/server/handshake_decision.hpp"
#include "parley/server/loop_relay.hpp"
#include "parley/server/moments.hpp"
#include "parley/server/welcome.hpp"
#include "parley/socketio/packet.hpp"
#include "parley/web/application_state.hpp"

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

ServerCore::ServerCore(std::shared_ptr<ServerGroup> group, web::ApplicationState& part)
    : group_(std::move(group)),
      index_(part.index),
      part_(&part),
      loop_(part.loop),
      gate_(std::make_shared<net::LoopGate>(loop_)),
      // Each loop has its part of it.
      reassembly_budget_(
          std::max(options().reassembly_bytes_max / group_->application->loops.size(), packet_bytes_max(options())),
          &part.memory),
      connection_options_(socketio_options(options(), reassembly_budget_)),
      tally_(options().observer, index_, part.errors),
      engine_(loop_, engine_options(options()), *this,
              engine_websocket_options(options(), group_->application->loops.size())) {}

ServerCore* ServerCore::make(Application* app, ServerOptions options) {
    std::unique_ptr<Application> own = app == nullptr ? std::make_unique<Application>() : nullptr;
    if (own) app = own.get();
    auto group = std::make_shared<ServerGroup>(std::move(options), app->part(0).group);
    if (!group->application->is_on_a_loop() && !net::may_call(*app->part(0).gate, "Server()"))
        throw SetupError({ErrorCode::invalid_argument,
                          "A Server was made on another thread than the one that runs its application: make it before "
                          "run(), or use post()."});
    const net::LoopHalt halt(group->application->loops);
    std::vector<std::unique_ptr<ServerCore>> made;
    for (web::ApplicationState* const part : group->application->members) {
        made.push_back(std::unique_ptr<ServerCore>(new ServerCore(group, *part)));
        made.back()->mount();
    }
    for (std::unique_ptr<ServerCore>& core : made) {
        group->gates.push_back(core->gate_);
        group->cores.push_back(core.release());
    }
    ServerCore& first = *group->cores.front();
    first.app_ = app;
    first.own_app_ = std::move(own);
    if (first.own_app_) app->set_fallback(welcome_page(first.engine_.options().path, first.options().serve_client));
    for (ServerCore* const core : group->cores)
        core->make_namespace("/");
    return &first;
}

void ServerCore::mount() {
    const std::string& path = engine_.options().path;
    if (part_->is_mounted(path + "/"))
        throw SetupError({ErrorCode::invalid_argument, "Another server of this application answers at '" + path +
                                                           "' already; give one of them a path of its own."});
    if (options().serve_client) {
        bundle_.emplace(path, engine_.options().cors, engine_);
        part_->add_mount(*bundle_);
    }
    engine_.set_memory(part_->memory);
    part_->add_mount(engine_);
    if (group_->population == nullptr) return;
    group_->population->add(engine_, gate_);
    engine_.join(group_->population, index_);
    make_relay_ = [this](std::string_view name, socketio::Node&) {
        return std::make_unique<LoopRelay>(*group_, index_, name);
    };
}

ServerCore::~ServerCore() {
    gate_->close();
    tally_.observer.forget();
    for (const auto& [name, nsp] : namespaces_)
        nsp->abandon();
    for (const auto& [number, client] : clients_)
        client->abandon();
    clients_.clear();
}

// Those on other threads stand still meanwhile, perhaps in the middle of a handler.
void ServerCore::destroy(ServerCore* first) {
    const std::shared_ptr<ServerGroup> group = first->group_;
    if (group->is_alone())
        net::check_thread(first->gate(), "~Server()", "call close(), and destroy it when run() has returned");
    const net::LoopHalt halt(group->application->loops);
    for (std::size_t i = group->cores.size(); i-- > 0;) {
        ServerCore* const core = group->cores[i];
        if (!core->is_detached_ && core->loop_.is_in_turn()) {
            core->retire();
        } else {
            delete core;
        }
    }
}

// Some caller on the stack may be in the middle of any of our objects: nobody is called any more from now on, but
// everything stays where it is until the turn ends.
void ServerCore::retire() {
    is_retired_ = true;
    tally_.observer.forget();
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
    if (!socketio::is_namespace_name(full) || full.size() > options().namespace_bytes_max) {
        throw SetupError({ErrorCode::invalid_argument, "The namespace '" + full +
                                                           "' cannot be: a name is valid UTF-8 without a comma, of at "
                                                           "most namespace_bytes_max octets."});
    }
    NamespaceCore& made = make_namespace(full);
    if (!group_->is_alone()) {
        net::on_every_loop(group_->gates, [group = group_.get(), full](std::size_t i) {
            if (group->cores[i]->find_namespace(full) == nullptr) group->cores[i]->make_namespace(full);
        });
    }
    return made;
}

NamespaceCore& ServerCore::make_namespace(const std::string& full_name) {
    const Reference<NamespaceCore> nsp(new NamespaceCore(*this, full_name));
    namespaces_.emplace(full_name, nsp);
    if (make_relay_) nsp->node().set_relay(make_relay_(nsp->name(), nsp->node()));
    return *nsp;
}

void ServerCore::set_relays(socketio::MakeRelay make_relay) {
    make_relay_ = std::move(make_relay);
    for (const auto& [name, nsp] : namespaces_)
        nsp->node().set_relay(make_relay_ ? make_relay_(name, nsp->node()) : nullptr);
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
    tally_.count(ServerFact::handler_failed);
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
    tally_.count(ServerFact::payload_mismatched);
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
    tally_.count(ServerFact::answer_lost);
    report({EventFailure::Kind::answer_lost,
            Socket(Reference<SocketCore>(socket)),
            event,
            "no answer was given, and no copy of the Ack is left",
            {}});
}

void ServerCore::report_bad_packet(SocketCore* socket, std::string_view message) noexcept {
    tally_.count(ServerFact::packet_refused);
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
            if (part_ != nullptr) part_->errors.report_current(where);
            return;
        }
        if (part_ != nullptr)
            part_->errors.report({.where = where, .message = failure.message, .exception = failure.exception});
    });
}

void ServerCore::tell_if_misspelt(std::string_view event, bool is_of_socket) {
    constexpr std::size_t names_max = 16;
    const bool is_of_namespace = is_of_socket && (event == "connection" || event == "connect");
    const std::string_view meant = meant_moment(event);
    if ((meant.empty() && !is_of_namespace) || part_ == nullptr || told_names_.size() >= names_max) return;
    if (std::ranges::find(told_names_, event) != told_names_.end()) return;
    told_names_.emplace_back(event);
    const std::string where = "on(\"" + std::string(event) + "\")";
    const std::string message =
        is_of_namespace
            ? "a socket has connected already when it has handlers; this belongs to the server or a namespace"
            : "this waits for an event of that name from a client; the moment is called \"" + std::string(meant) + "\"";
    part_->errors.report({.where = where, .message = message, .exception = nullptr});
}

std::optional<engine::HandshakeVerdict> ServerCore::judge_handshake(const std::shared_ptr<const Handshake>& handshake,
                                                                    std::uint64_t ticket) {
    const engine::HandshakeVerdict refusal{.refusal = ""};
    std::optional<engine::HandshakeVerdict> verdict = engine::HandshakeVerdict();
    if (group_->allow_request.now_) {
        if (!group_->allow_request.now_(*handshake)) verdict = refusal;
    } else if (group_->allow_request.later_) {
        const Reference<HandshakeDecision> decision(new HandshakeDecision(gate_, engine_, handshake, ticket));
        group_->allow_request.later_(*handshake, HandshakeNext(decision));
        verdict = decision->end_question();
    }
    return is_retired_ ? refusal : verdict;
}

void ServerCore::on_fact(engine::Fact fact) noexcept {
    switch (fact) {
        case engine::Fact::session_refused:
            return tally_.count(ServerFact::session_refused);
        case engine::Fact::session_made_room:
            return tally_.count(ServerFact::session_made_room);
        case engine::Fact::request_refused:
            return tally_.count(ServerFact::request_refused);
    }
}

void ServerCore::on_session(engine::Session& session) {
    const std::uint64_t number = ++clients_made_;
    const auto client = clients_.emplace(number, std::make_unique<Client>(*this, session, number)).first;
    session.set_listener(*client->second);
    client_count_.set(clients_.size());
    tally_.observer.tell(&ServerObserver::on_session_opened, session.transport());
}

void ServerCore::remove(Client& client) {
    if (is_retired_) return;
    clients_.erase(client.number());
    client_count_.set(clients_.size());
}

void ServerCore::on_stop() {
    end_clients();
}

void ServerCore::end_clients() {
    for (const auto& [number, client] : clients_)
        client->end_sockets(DisconnectReason::server_shutting_down);
}

void ServerCore::forget_application() noexcept {
    app_ = nullptr;
    part_ = nullptr;
}

void ServerCore::on_detached() {
    gate_->close();
    tally_.observer.forget();
    for (const auto& [number, client] : clients_)
        client->abandon();
    clients_.clear();
    client_count_.set(0);
    forget_application();
    is_detached_ = true;
}

// A loop that is too busy for it until the run has ended does not end those who come in the next one.
void ServerCore::close() {
    if (part_ == nullptr) return;
    net::send_to_every_loop(group_->gates, [group = group_.get(), run = part_->runs()](std::size_t i) {
        ServerCore& core = *group->cores[i];
        if (core.part_ == nullptr || core.part_->runs() != run) return;
        core.end_clients();
        core.engine_.close_all();
    });
    part_->stop();
}

}  // namespace parley::server::detail
