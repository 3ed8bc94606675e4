// SPDX-License-Identifier: MIT
#include "parley/server/server.hpp"

#include <memory>
#include <utility>

#include "parley/server/server_core.hpp"

namespace parley {

using server::detail::NamespaceCore;
using server::detail::Reference;
using server::detail::ServerCore;

Server::Server(ServerOptions&& options) : Server(new ServerCore(nullptr, std::move(options))) {}

Server::Server(Application& app, ServerOptions&& options) : Server(new ServerCore(&app, std::move(options))) {}

Server::Server(ServerCore* core) : Namespace(Reference<NamespaceCore>(&core->of("/"))), core_(core) {}

Server::~Server() {
    ServerCore::destroy(core_);
}

Namespace Server::of(TextView name) {
    return Namespace(Reference<NamespaceCore>(&core_->of(name)));
}

void Server::on_error(Function<void(const EventFailure&)> handler) {
    core_->set_error_handler(std::move(handler));
}

const ServerCounters& Server::counters() const {
    return core_->read_counters();
}

std::size_t Server::clients_count() const {
    return core_->client_count();
}

Application& Server::application() {
    return core_->application();
}

int Server::run(const RunOptions& options) {
    const std::shared_ptr<Application> kept = core_->shared_application();  // a handler may destroy this server
    return application().run(options);
}

void Server::close() {
    // Always in a turn of its own: the caller may be a handler of a session that is about to end.
    core_->gate().post([core = core_] { core->close(); });
}

}  // namespace parley
