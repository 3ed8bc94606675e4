// SPDX-License-Identifier: MIT
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "parley/net/backend/backend.hpp"
#include "parley/net/backend/posix/clocks.hpp"
#include "parley/net/backend/posix/descriptor.hpp"
#include "parley/net/backend/posix/descriptor_reserve.hpp"
#include "parley/net/backend/posix/process_guard.hpp"
#include "parley/net/backend/posix/socket_calls.hpp"
#include "parley/net/backend/readiness_stream.hpp"
#include "parley/net/resolver.hpp"
#include "parley/net/system_entropy.hpp"

namespace parley::net::detail {

/// Something that has a descriptor registered with epoll.
class Pollable {
 public:
    /// The descriptor is ready for `events`. May destroy this.
    virtual void handle_events(std::uint32_t events) = 0;

    std::uint32_t ready_index = 0;  // the backend's: where in a batch this was last seen

 protected:
    ~Pollable() = default;
};

/// The backend of Linux: level-triggered epoll.
///
/// Level-triggered, because one receive per readiness then never loses anything and needs no reading until EAGAIN.
class EpollBackend final : public Backend {
 public:
    /// Throws `SetupError` when the system has no descriptor left.
    EpollBackend();
    ~EpollBackend() override;

    TimePoint now() override { return read_monotonic_clock(); }
    WallTime wall_time() override { return read_wall_clock(); }
    EntropySource& entropy() override { return entropy_; }
    bool wait(TimePoint now, TimePoint deadline) override;
    void dispatch() override;
    void wake() noexcept override;
    [[nodiscard]] int descriptor() const noexcept override { return epoll_.get(); }
    void stop() override { resolver_.reset(); }

    Result<std::unique_ptr<Listener>> listen(Loop& loop, const Endpoint& endpoint, const ListenOptions& options,
                                             OnAccept on_accept) override;
    Result<std::unique_ptr<Listener>> listen_local(Loop& loop, const std::string& path,
                                                   const LocalListenOptions& options, OnAccept on_accept) override;
    Result<std::unique_ptr<Listener>> listen_handed_over(Loop& loop, std::string refusal, OnAccept on_accept) override;
    std::unique_ptr<Pending> connect(Loop& loop, const Endpoint& endpoint, const ConnectOptions& options,
                                     OnConnected on_connected) override;
    std::unique_ptr<Pending> connect_local(Loop& loop, const std::string& path, const ConnectOptions& options,
                                           OnConnected on_connected) override;
    std::unique_ptr<Pending> resolve(Loop& loop, std::string host, std::uint16_t port, OnResolved on_resolved) override;
    Result<std::unique_ptr<SignalWatch>> on_signals(std::span<const int> signals,
                                                    Function<void(int)> on_signal) override;

    /// Registers a descriptor; false when the system refuses.
    bool add(int descriptor, std::uint32_t events, Pollable& pollable);
    void change(int descriptor, std::uint32_t events, Pollable& pollable);
    /// Takes a descriptor out before it is closed, and its events out of the batch that is being handled.
    void remove(int descriptor, Pollable& pollable);

    StreamWorkspace& workspace() { return workspace_; }
    SendMemory& send_memory() { return send_memory_; }
    DescriptorReserve& reserve() { return reserve_; }

 private:
    int wait_exactly(Duration left);

    ProcessGuard process_;  // first: the descriptors below must not be those of the standard streams
    Descriptor epoll_;
    Descriptor wake_;  // an eventfd
    DescriptorReserve reserve_;
    std::array<epoll_event, 512> batch_;
    std::uint32_t batch_size_ = 0;
    bool sleeps_exactly_ = true;  // until the system has no such call
    StreamWorkspace workspace_;
    SendMemory send_memory_;
    SystemEntropy entropy_;
    std::unique_ptr<Resolver> resolver_;
};

}  // namespace parley::net::detail
