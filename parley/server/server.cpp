// SPDX-License-Identifier: MIT
#include "parley/server/server.hpp"

#include <expected>
#include <utility>

#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/server/server_core.hpp"
#include "parley/web/application_state.hpp"

namespace parley {

using server::detail::NamespaceCore;
using server::detail::ServerCore;

Server::Server(ServerOptions&& options) : Server(*new ServerCore(nullptr, std::move(options))) {}

Server::Server(Application& app, ServerOptions&& options) : Server(*new ServerCore(&app, std::move(options))) {}

Server::Server(ServerCore& core) : Namespace(Reference<NamespaceCore>(&core.of("/"))), core_(&core) {}

Server::~Server() {
    ServerCore::destroy(core_);
}

Namespace Server::of(TextView name) {
    if (!core_->has_application() || !net::may_call(core_->gate(), "Server::of()")) return {};
    return Namespace(Reference<NamespaceCore>(&core_->of(name)));
}

void Server::on_error(Function<void(const EventFailure&)> handler) {
    net::keep(core_->gate(), handler);
    if (net::may_call(core_->gate(), "Server::on_error()")) return core_->set_error_handler(std::move(handler));
    core_->gate().post(
        [core = core_, handler = std::move(handler)]() mutable { core->set_error_handler(std::move(handler)); });
}

const ServerCounters& Server::counters() const {
    net::check_thread(core_->gate(), "Server::counters()");
    return core_->read_counters();
}

std::size_t Server::clients_count() const {
    net::check_thread(core_->gate(), "Server::clients_count()");
    return core_->client_count();
}

Application& Server::application() {
    if (!core_->has_application()) throw SetupError(web::application_gone());
    return core_->application();
}

Result<void> Server::try_listen(const ListenOptions& options) {
    if (!core_->has_application()) return std::unexpected(web::application_gone());
    return core_->application().try_listen(options);
}

int Server::port() {
    return core_->has_application() ? core_->application().port() : 0;
}

int Server::run(const RunOptions& options) {
    return application().run(options);
}

void Server::stop() {
    if (core_->has_application()) core_->application().stop();
}

void Server::post(Function<void()> function) {
    if (core_->has_application()) core_->application().post(std::move(function));
}

ScheduledCall Server::after(Delay delay, Function<void()> function) {
    return core_->has_application() ? core_->application().after(delay, std::move(function)) : ScheduledCall();
}

ScheduledCall Server::every(Delay interval, Function<void()> function) {
    return core_->has_application() ? core_->application().every(interval, std::move(function)) : ScheduledCall();
}

void Server::close() {
    // Always in a turn of its own: the caller may be a handler of a session that is about to end.
    core_->gate().post([core = core_] { core->close(); });
}

}  // namespace parley
