// SPDX-License-Identifier: MIT
#include <cerrno>

#include "parley/net/backend/simulated/simulated_backend.hpp"
#include "parley/net/backend/simulated/simulated_connection.hpp"
#include "parley/net/backend/simulated/simulated_listener.hpp"
#include "parley/net/backend/simulated/simulated_stream.hpp"
#include "parley/net/system_error.hpp"

namespace parley::net::detail {
namespace {

/// Something that takes a while in the world and is then told on the loop.
class SimulatedPending : public Pending, protected SimulatedReady {
 protected:
    explicit SimulatedPending(Loop& loop) : loop_(loop) {}

    void tell_after(Duration delay) {
        world().plan(world().now() + delay, [this, alive = std::weak_ptr(alive_)] {
            if (!alive.expired()) backend().add_ready(*this);
        });
    }

    [[nodiscard]] SimulatedBackend& backend() { return static_cast<SimulatedBackend&>(loop_.backend()); }
    [[nodiscard]] SimulatedWorld& world() { return backend().world(); }

    Loop& loop_;
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

class SimulatedConnect final : public SimulatedPending {
 public:
    SimulatedConnect(Loop& loop, const Endpoint& endpoint, OnConnected on_connected)
        : SimulatedPending(loop), endpoint_(endpoint), on_connected_(std::move(on_connected)) {}
    // The other side may have accepted what nobody waits for any more.
    ~SimulatedConnect() override {
        if (connection_ != nullptr) connection_->close(SimulatedConnection::client);
    }

    void start(Duration timeout) {
        if (world().reachability(endpoint_) == Reachability::silent) {
            error_ = ETIMEDOUT;
            return tell_after(timeout);
        }
        const Duration delay = world().random_delay();
        world().plan(world().now() + delay, [this, alive = std::weak_ptr(alive_)] {
            if (!alive.expired()) reach();
        });
    }

 private:
    void reach() {
        const bool is_refused = world().reachability(endpoint_) == Reachability::refused;
        SimulatedListener* const listener =
            is_refused || world().is_hit(world().options().refusals) ? nullptr : world().listener_on(endpoint_.port());
        if (listener != nullptr) {
            connection_ = std::make_shared<SimulatedConnection>(world(), world().next_client_endpoint(), endpoint_);
            listener->add(connection_);
        }
        tell_after(world().random_delay());
    }

    void dispatch() override {
        OnConnected on_connected = std::move(on_connected_);
        if (connection_ == nullptr) return on_connected(std::unexpected(connect_error(error_, endpoint_)));
        on_connected(std::make_unique<SimulatedStream>(loop_, std::move(connection_), SimulatedConnection::client));
    }

    Endpoint endpoint_;
    OnConnected on_connected_;
    std::shared_ptr<SimulatedConnection> connection_;
    int error_ = ECONNREFUSED;
};

class SimulatedLookup final : public SimulatedPending {
 public:
    SimulatedLookup(Loop& loop, OnResolved on_resolved)
        : SimulatedPending(loop), on_resolved_(std::move(on_resolved)) {}

    void start(const std::string& host, std::uint16_t port) {
        if (const auto known = world().hosts.find(host); known != world().hosts.end()) {
            std::vector<Endpoint> endpoints;
            for (const Endpoint& endpoint : known->second)
                endpoints.push_back(endpoint.with_port(port));
            result_ = std::move(endpoints);
        } else if (const auto numeric = Endpoint::parse(host, port); numeric && !host.empty()) {
            result_ = std::vector{*numeric};
        } else {
            result_ = std::unexpected(Error{ErrorCode::not_found, "The name \"" + host + "\" does not exist."});
        }
        tell_after(world().random_delay());
    }

 private:
    void dispatch() override {
        OnResolved on_resolved = std::move(on_resolved_);
        on_resolved(std::move(result_));
    }

    OnResolved on_resolved_;
    Result<std::vector<Endpoint>> result_;
};

}  // namespace

std::unique_ptr<Pending> SimulatedBackend::connect(Loop& loop, const Endpoint& endpoint, const ConnectOptions& options,
                                                   OnConnected on_connected) {
    auto attempt = std::make_unique<SimulatedConnect>(loop, endpoint, std::move(on_connected));
    attempt->start(options.timeout);
    return attempt;
}

// A path that is not known leads to a port on which nobody listens.
std::unique_ptr<Pending> SimulatedBackend::connect_local(Loop& loop, const std::string& path,
                                                         const ConnectOptions& options, OnConnected on_connected) {
    const auto known = world_.local_sockets.find(path);
    const std::uint16_t port = known == world_.local_sockets.end() ? 0 : known->second;
    return connect(loop, Endpoint::loopback(port), options, std::move(on_connected));
}

std::unique_ptr<Pending> SimulatedBackend::resolve(Loop& loop, std::string host, std::uint16_t port,
                                                   OnResolved on_resolved) {
    auto lookup = std::make_unique<SimulatedLookup>(loop, std::move(on_resolved));
    lookup->start(host, port);
    return lookup;
}

}  // namespace parley::net::detail
