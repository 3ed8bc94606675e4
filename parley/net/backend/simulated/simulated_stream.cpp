// SPDX-License-Identifier: MIT
#include "parley/net/backend/simulated/simulated_stream.hpp"

#include <cerrno>
#include <utility>

namespace parley::net::detail {

namespace {

class DetachedSimulatedStream final : public DetachedStream {
 public:
    DetachedSimulatedStream(std::shared_ptr<SimulatedConnection> connection, SimulatedConnection::Side side)
        : connection_(std::move(connection)), side_(side) {}
    ~DetachedSimulatedStream() override {
        if (connection_ != nullptr) connection_->close(side_);
    }

 private:
    std::unique_ptr<Stream> attach(Loop& loop) override {
        return std::make_unique<SimulatedStream>(loop, std::move(connection_), side_);
    }

    std::shared_ptr<SimulatedConnection> connection_;
    SimulatedConnection::Side side_;
};

}  // namespace

SimulatedStream::SimulatedStream(Loop& loop, std::shared_ptr<SimulatedConnection> connection, Side side)
    : ReadinessStream(loop), connection_(std::move(connection)), side_(side) {
    ++world().open_streams;
}

SimulatedStream::~SimulatedStream() {
    SimulatedStream::release();
}

SimulatedStream::Readiness SimulatedStream::readiness() const {
    if (!is_watched_) return {};
    return {.readable = watched_.readable && connection_->readable(side_),
            .writable = watched_.writable && connection_->writable(side_),
            .ended = watched_.end && connection_->end_arrived(side_),
            .broken = connection_->broken(side_)};
}

void SimulatedStream::look_at_readiness() {
    const Readiness ready = readiness();
    if (ready.is_any()) backend().add_ready(*this);
}

void SimulatedStream::dispatch() {
    const Readiness ready = readiness();
    if (!ready.is_any()) return;
    // Level-triggered: looked at again in the next turn.
    backend().add_ready(*this);
    handle_ready(ready);
}

Transfer SimulatedStream::receive_some(std::span<char> into) {
    world().pause();
    return connection_->receive(side_, into);
}

Transfer SimulatedStream::send_some(std::span<const std::string_view> pieces) {
    std::string octets;
    for (const std::string_view piece : pieces)
        octets += piece;
    world().pause();
    return connection_->send(side_, octets);
}

int SimulatedStream::take_error() {
    return ECONNRESET;
}

bool SimulatedStream::watch(Interest interest) {
    if (!is_watched_ && world().is_hit(world().options().watch_failures)) return false;
    if (!is_watched_) connection_->observe(side_, [this] { look_at_readiness(); });
    is_watched_ = true;
    watched_ = interest;
    look_at_readiness();
    return true;
}

std::unique_ptr<DetachedStream> SimulatedStream::give_away() {
    auto detached = std::make_unique<DetachedSimulatedStream>(connection_, side_);
    if (is_watched_) connection_->observe(side_, {});
    leave_world();
    return detached;
}

void SimulatedStream::release() {
    if (is_released_) return;
    leave_world();
    connection_->close(side_);
}

void SimulatedStream::leave_world() {
    is_released_ = true;
    --world().open_streams;
    is_watched_ = false;
    SimulatedReady::unlink();
}

}  // namespace parley::net::detail
