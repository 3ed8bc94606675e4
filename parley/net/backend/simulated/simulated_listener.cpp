// SPDX-License-Identifier: MIT
#include "parley/net/backend/simulated/simulated_listener.hpp"

#include <cerrno>

#include "parley/net/backend/simulated/simulated_stream.hpp"
#include "parley/net/system_error.hpp"

namespace parley::net::detail {

SimulatedListener::SimulatedListener(Loop& loop, const Endpoint& endpoint, OnAccept on_accept)
    : ReadinessListener(loop, std::move(on_accept)), loop_(loop), endpoint_(endpoint) {}

SimulatedListener::~SimulatedListener() {
    backend().world().unbind(*this);
    for (const auto& connection : waiting_)
        connection->reset(SimulatedConnection::server);
}

bool SimulatedListener::start(const ListenOptions& options) {
    const std::uint16_t port = backend().world().bind(*this, endpoint_.port(), options.reuse_port);
    endpoint_ = endpoint_.with_port(port);
    options_ = options;
    return port != 0;
}

// The world chooses among those that share a port.
Result<std::unique_ptr<Listener>> SimulatedListener::share(Loop& loop, OnAccept on_accept) const {
    auto listener = std::make_unique<SimulatedListener>(loop, endpoint_, std::move(on_accept));
    backend().world().share(*this, *listener);
    listener->options_ = options_;
    return listener;
}

void SimulatedListener::add(std::shared_ptr<SimulatedConnection> connection) {
    waiting_.push_back(std::move(connection));
    if (is_watched_) backend().add_ready(*this);
}

void SimulatedListener::dispatch() {
    if (!is_watched_ || waiting_.empty()) return;
    backend().add_ready(*this);
    handle_ready();
}

SimulatedListener::Accepted SimulatedListener::accept_one() {
    if (waiting_.empty()) return {Accepted::Kind::none_waiting, nullptr};
    if (backend().world().failing_accepts > 0) {
        --backend().world().failing_accepts;
        return {Accepted::Kind::no_descriptors, nullptr};
    }
    SimulatedWorld& world = backend().world();
    world.pause();
    const std::size_t descriptors_max = world.options().descriptors_max;
    if (descriptors_max > 0 && world.open_streams >= descriptors_max) return {Accepted::Kind::no_descriptors, nullptr};
    if (world.is_hit(world.options().accept_failures)) return fail_one();
    std::shared_ptr<SimulatedConnection> connection = std::move(waiting_.front());
    waiting_.pop_front();
    world.trace("accept");
    return {Accepted::Kind::accepted,
            std::make_unique<SimulatedStream>(loop_, std::move(connection), SimulatedConnection::server)};
}

SimulatedListener::Accepted SimulatedListener::fail_one() {
    switch (backend().world().random().below(3)) {
        case 0:
            return {Accepted::Kind::no_descriptors, nullptr};
        case 1:
            return {Accepted::Kind::no_memory, nullptr};
        default:
            waiting_.front()->reset(SimulatedConnection::server);
            waiting_.pop_front();
            return {Accepted::Kind::gone, nullptr};
    }
}

bool SimulatedListener::turn_one_away() {
    if (waiting_.empty()) return false;
    const std::shared_ptr<SimulatedConnection> connection = std::move(waiting_.front());
    waiting_.pop_front();
    if (!options_.refusal.empty()) {
        connection->receive(SimulatedConnection::server, backend().workspace().receive_buffer());
        connection->send(SimulatedConnection::server, options_.refusal);
    }
    connection->close(SimulatedConnection::server);
    return true;
}

void SimulatedListener::watch(bool acceptable) {
    is_watched_ = acceptable;
    if (is_watched_ && !waiting_.empty()) backend().add_ready(*this);
}

Result<std::unique_ptr<Listener>> SimulatedBackend::listen(Loop& loop, const Endpoint& endpoint,
                                                           const ListenOptions& options, OnAccept on_accept) {
    auto listener = std::make_unique<SimulatedListener>(loop, endpoint, std::move(on_accept));
    if (!listener->start(options)) return std::unexpected(listen_error(EADDRINUSE, endpoint));
    return listener;
}

Result<std::unique_ptr<Listener>> SimulatedBackend::listen_local(Loop& loop, const std::string& path,
                                                                 const LocalListenOptions&, OnAccept on_accept) {
    auto listener = listen(loop, Endpoint::any(0), {}, std::move(on_accept));
    if (listener) world().local_sockets[path] = (*listener)->port();
    return listener;
}

// Nobody has started a simulation.
Result<std::unique_ptr<Listener>> SimulatedBackend::listen_handed_over(Loop&, std::string, OnAccept) {
    return std::unexpected(Error{ErrorCode::not_found, "No socket is handed over in a simulation."});
}

}  // namespace parley::net::detail
