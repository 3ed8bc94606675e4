// SPDX-License-Identifier: MIT
#include "parley/server/server.hpp"

#include <expected>
#include <utility>

#include "parley/net/call_frame.hpp"
#include "parley/net/loop_gate.hpp"
#include "parley/server/server_core.hpp"
#include "parley/task/home.hpp"
#include "parley/web/application_state.hpp"

namespace parley {

using server::detail::NamespaceCore;
using server::detail::ServerCore;
using server::detail::ServerGroup;

Server::Server(ServerOptions&& options) : Server(*ServerCore::make(nullptr, std::move(options))) {}

Server::Server(Application& app, ServerOptions&& options) : Server(*ServerCore::make(&app, std::move(options))) {}

Server::Server(ServerCore& core) : Namespace(Reference<NamespaceCore>(&core.of("/"))), core_(&core) {}

Server::~Server() {
    ServerCore::destroy(core_);
}

Namespace Server::of(TextView name) {
    if (!core_->has_application() || !core_->group().may_call("Server::of()")) return {};
    ServerCore* const here = core_->group().here();
    return Namespace(Reference<NamespaceCore>(&(here != nullptr ? here : core_)->of(name)));
}

void Server::on_error(Function<void(const EventFailure&)> handler) {
    static_cast<void>(core_->group().may_call("Server::on_error()"));
    net::give_to_every_loop(core_->group().gates, std::move(handler),
                            [group = &core_->group()](std::size_t i, Function<void(const EventFailure&)> given) {
                                group->cores[i]->set_error_handler(std::move(given));
                            });
}

ServerCounters Server::counters() const {
    return core_->group().counters();
}

std::size_t Server::clients_count() const {
    return core_->group().client_count();
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

task::Home Server::task_home() const {
    ServerCore* const here = core_->group().here();
    ServerCore* const core = here != nullptr ? here : core_;
    return {core->shared_gate(), [core] { core->report_exception(nullptr, "task"); }};
}

void Server::close() {
    // Always in a turn of its own: the caller may be a handler of a session that is about to end.
    const ServerGroup& group = core_->group();
    group.gates.front()->post([core = group.cores.front()] { core->close(); });
}

}  // namespace parley
