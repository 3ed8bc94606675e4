// SPDX-License-Identifier: MIT
#include "parley/server/server_group.hpp"

#include <utility>

#include "parley/server/engine_options.hpp"
#include "parley/server/server_core.hpp"

namespace parley::server::detail {

ServerGroup::ServerGroup(ServerOptions its_options, std::shared_ptr<web::ApplicationGroup> its_application)
    : allow_request(std::move(its_options.allow_request)),
      options(checked(std::move(its_options))),
      application(std::move(its_application)),
      population(application->is_alone() ? nullptr : std::make_shared<engine::Population>(application->loops.size())) {}

ServerCore* ServerGroup::here() const noexcept {
    const std::size_t index = net::index_of_this_turn(gates);
    return index < gates.size() && gates[index]->is_open() ? cores[index] : nullptr;
}

bool ServerGroup::may_call(const char* member) const noexcept {
    return (!is_alone() && here() != nullptr) || net::may_call(*gates.front(), member);
}

ServerCounters ServerGroup::counters() const {
    ServerCounters all;
    for (const ServerCore* const core : cores)
        core->tally().add_to(all);
    return all;
}

std::size_t ServerGroup::client_count() const {
    std::size_t count = 0;
    for (const ServerCore* const core : cores)
        count += core->client_count();
    return count;
}

std::shared_ptr<std::atomic<std::size_t>> ServerGroup::socket_count(std::string_view namespace_name) {
    const std::lock_guard lock(mutex_);
    auto found = socket_counts_.find(namespace_name);
    if (found == socket_counts_.end()) {
        found = socket_counts_.emplace(namespace_name, std::make_shared<std::atomic<std::size_t>>(0)).first;
    }
    return found->second;
}

}  // namespace parley::server::detail
