// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "parley/engine/population.hpp"
#include "parley/net/every_loop.hpp"
#include "parley/server/options.hpp"
#include "parley/server/server.hpp"
#include "parley/web/application_group.hpp"

namespace parley::server::detail {

class ServerCore;

/// One server on all the loops of its application: its options, its part on each loop, and what is counted for all.
class ServerGroup {
 public:
    ServerGroup(ServerOptions its_options, std::shared_ptr<web::ApplicationGroup> its_application);
    ServerGroup(const ServerGroup&) = delete;
    ServerGroup& operator=(const ServerGroup&) = delete;

    AllowRequest allow_request;
    const ServerOptions options;
    const std::shared_ptr<web::ApplicationGroup> application;
    const std::shared_ptr<engine::Population> population;  // null where there is one loop
    // For each loop, the first is that of the handle. Both are complete when the server is made.
    std::vector<ServerCore*> cores;
    net::LoopGates gates;  // each is open as long as its core may be called

    [[nodiscard]] bool is_alone() const noexcept { return application->is_alone(); }
    /// The core of the loop in whose turn the caller is; null where it is in none of them, or the core is gone.
    [[nodiscard]] ServerCore* here() const noexcept;
    /// Whether what belongs to the server's threads may be done here; else a debug build ends with a sentence that
    /// names `member`.
    bool may_call(const char* member) const noexcept;

    /// Any thread: those of all loops.
    [[nodiscard]] ServerCounters counters() const;
    [[nodiscard]] std::size_t client_count() const;
    /// Any thread: where the sockets of a namespace are counted.
    [[nodiscard]] std::shared_ptr<std::atomic<std::size_t>> socket_count(std::string_view namespace_name);

 private:
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<std::atomic<std::size_t>>, std::less<>> socket_counts_;
};

}  // namespace parley::server::detail
